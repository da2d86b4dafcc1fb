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

  static func refusal(_ fault: RequestHead.Fault) -> Reply {
    error(fault.status, fault.status == 413 ? "TooLarge" : "InvalidInput", fault.message)
  }

  /// The bytes of the HTTP response.
  func response(closes: Bool, isHead: Bool = false) -> [UInt8] {
    var text = "HTTP/1.1 \(status) \(Self.phrases[status] ?? "Unknown")\r\n"
    text += "Content-Type: \(contentType)\r\nContent-Length: \(body.count)\r\n"
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\r\n" }
    text += "Connection: \(closes ? "close" : "keep-alive")\r\n\r\n"
    return Array(text.utf8) + (isHead ? [] : body)
  }

  private static let phrases = [
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed",
    406: "Not Acceptable", 413: "Content Too Large", 422: "Unprocessable Content",
    431: "Request Header Fields Too Large", 499: "Client Closed Request", 500: "Internal Server Error",
    501: "Not Implemented", 503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
  ]
}
