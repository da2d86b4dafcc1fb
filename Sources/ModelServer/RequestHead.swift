/// The line and the headers of a request, read as RFC 9112 has them.
struct RequestHead: Sendable, Equatable {
  /// Why bytes are no head: the HTTP status and a sentence.
  struct Fault: Error, Equatable {
    var status: Int
    var message: String
  }

  enum Body: Sendable, Equatable {
    case bytes(Int)
    case chunked
  }

  var method: String
  /// The target without its query, percent-decoded.
  var path: String
  /// By names in lower case; several of one name are joined by commas.
  var headers: [String: String]
  var body: Body
  /// Whether the client means to send another request.
  var keepsAlive: Bool
  /// Whether the client waits to be told to go on before it sends the body.
  var awaitsContinue: Bool

  /// Reads what stands before the empty line that ends a head.
  init(_ bytes: some Collection<UInt8>) throws(Fault) {
    let text = String(decoding: bytes, as: UTF8.self)
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\r\n" || $0 == "\n" }[...]
    let first = (lines.popFirst() ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard first.count == 3, Self.isToken(first[0]), !first[1].isEmpty, !first[1].contains(where: Self.isControl) else {
      throw Fault(status: 400, message: "the request line is not METHOD TARGET HTTP/1.1")
    }
    guard first[2] == "HTTP/1.1" || first[2] == "HTTP/1.0" else {
      throw Fault(status: first[2].hasPrefix("HTTP/") ? 505 : 400, message: "expected HTTP/1.1")
    }
    headers = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":"), Self.isToken(line[..<colon]) else {
        throw Fault(status: 400, message: "a header is not NAME: VALUE")
      }
      let value = line[line.index(after: colon)...].trimming { $0 == " " || $0 == "\t" }
      guard !value.contains(where: Self.isControl) else {
        throw Fault(status: 400, message: "a header contains a control character")
      }
      headers[line[..<colon].lowercased(), default: ""] +=
        (headers[line[..<colon].lowercased()] == nil ? "" : ", ") + value
    }
    method = String(first[0])
    let target = first[1].prefix { $0 != "?" && $0 != "#" }
    path = target.removingPercentEncoding ?? String(target)
    body = try Self.body(headers)
    let options = (headers["connection"] ?? "").lowercased().split(separator: ",").map { $0.trimming { $0 == " " } }
    keepsAlive = first[2] == "HTTP/1.1" ? !options.contains("close") : options.contains("keep-alive")
    awaitsContinue = first[2] == "HTTP/1.1" && headers["expect"]?.lowercased() == "100-continue"
  }

  /// Two lengths, or a length and chunks, are how requests are smuggled past others: they are refused.
  private static func body(_ headers: [String: String]) throws(Fault) -> Body {
    if let coding = headers["transfer-encoding"] {
      guard headers["content-length"] == nil else {
        throw Fault(status: 400, message: "both Content-Length and Transfer-Encoding are given")
      }
      guard coding.lowercased() == "chunked" else {
        throw Fault(status: 501, message: "the only transfer coding here is chunked")
      }
      return .chunked
    }
    guard let lengths = headers["content-length"] else { return .bytes(0) }
    let all = Set(lengths.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimming { $0 == " " } })
    guard all.count == 1, let text = all.first, text.utf8.allSatisfy({ (48...57).contains($0) }), let count = Int(text)
    else { throw Fault(status: 400, message: "Content-Length is not one number of bytes") }
    return .bytes(count)
  }

  private static func isToken(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        switch $0 {
        case 48...57, 65...90, 97...122: true
        default: "!#$%&'*+-.^_`|~".utf8.contains($0)
        }
      }
  }

  private static func isControl(_ character: Character) -> Bool {
    character.unicodeScalars.contains { $0.value < 32 && $0.value != 9 || $0.value == 127 }
  }
}

extension Substring {
  fileprivate func trimming(_ isTrimmed: (Character) -> Bool) -> String {
    var rest = self
    while let last = rest.last, isTrimmed(last) { rest.removeLast() }
    return String(rest.drop(while: isTrimmed))
  }
}
