/// The text of a scene after the checks that come before YAML: encoding, size, control characters, tabs.
struct SceneText {
  /// Larger files hold data, which belongs in a mesh, a mask or a field file.
  static let largestFile = 1 << 20

  let source: String
  /// Valid UTF-8 with LF line ends, without byte-order mark.
  let text: String

  init(bytes: [UInt8], source: String) throws(SceneErrors) {
    func failed(_ problem: String, line: Int = 1, column: Int = 1, remedy: String? = nil) -> SceneErrors {
      let mark = SourceMark(source: source, line: line, column: column)
      return SceneErrors([SceneDiagnostic(mark: mark, problem: problem, remedy: remedy)])
    }
    guard bytes.count <= Self.largestFile else {
      throw failed(
        "the file holds \(bytes.count) bytes, more than the \(Self.largestFile) a scene may have",
        remedy: "put meshes and masks in files of their own")
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw failed("the file is UTF-16", remedy: "save it as UTF-8")
    }
    var body = bytes[...]
    if body.starts(with: [0xEF, 0xBB, 0xBF]) { body = body.dropFirst(3) }
    func place(ofByte offset: Int) -> (line: Int, column: Int) {
      let before = body[..<offset]
      let line = before.count { $0 == 10 } + 1
      let lineStart = before.lastIndex(of: 10).map { $0 + 1 } ?? body.startIndex
      // A column is a Unicode scalar: count the bytes that start one.
      return (line, before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1)
    }
    if let offset = firstInvalidUTF8(in: body) {
      let (line, column) = place(ofByte: offset)
      throw failed(
        "byte 0x\(String(body[offset], radix: 16, uppercase: true)) is not UTF-8", line: line, column: column,
        remedy: "save the file as UTF-8")
    }
    for (offset, byte) in zip(body.indices, body)
    where byte < 32 && byte != 10 && byte != 13 && byte != 9 || byte == 127 {
      let (line, column) = place(ofByte: offset)
      let name = byte == 0 ? "a NUL byte" : "the control character 0x\(String(byte, radix: 16, uppercase: true))"
      throw failed("the file holds \(name)", line: line, column: column, remedy: "a scene is plain text")
    }
    for offset in body.indices where body[offset] == 9 {
      let lineStart = body[..<offset].lastIndex(of: 10).map { $0 + 1 } ?? body.startIndex
      if body[lineStart..<offset].allSatisfy({ $0 == 32 || $0 == 9 }) {
        let (line, column) = place(ofByte: offset)
        throw failed("a tab indents this line", line: line, column: column, remedy: "indent with spaces")
      }
    }
    self.source = source
    var lines = [UInt8]()
    lines.reserveCapacity(body.count)
    for (offset, byte) in zip(body.indices, body) {
      if byte != 13 {
        lines.append(byte)
      } else if offset + 1 == body.endIndex || body[offset + 1] != 10 {
        lines.append(10)
      }
    }
    text = String(decoding: lines, as: UTF8.self)
  }
}

/// The index of the first byte that is not well-formed UTF-8 (Unicode 15, table 3-7).
private func firstInvalidUTF8(in bytes: ArraySlice<UInt8>) -> Int? {
  var index = bytes.startIndex
  while index < bytes.endIndex {
    let first = bytes[index]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0x00...0x7F:
      index += 1
      continue
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEC, 0xEE...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return index
    }
    guard index + length <= bytes.endIndex, second.contains(bytes[index + 1]),
      bytes[(index + 2)..<(index + length)].allSatisfy({ (0x80...0xBF).contains($0) })
    else { return index }
    index += length
  }
  return nil
}
