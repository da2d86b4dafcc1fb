import Scenes

/// An answer to a request.
public struct Reply: Sendable, Equatable {
  public var status: Int
  public var body: [UInt8]
  public var contentType: String
  public var headers: [String: String] = [:]

  public init(status: Int = 200, json: JSONValue) {
    self.status = status
    body = JSONWriter.bytes(json)
    contentType = "application/json"
  }

  public init(status: Int = 200, text: String, contentType: String) {
    self.status = status
    body = Array(text.utf8)
    self.contentType = contentType
  }

  /// UM-Bridge's form, which serves every other mistake here too.
  public static func error(_ status: Int, _ type: String, _ message: String) -> Reply {
    Reply(status: status, json: ["error": ["type": .string(type), "message": .string(message)]])
  }
}
