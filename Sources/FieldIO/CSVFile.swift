/// Comma-separated values (RFC 4180, but lines end with a line feed): one header line, then rows.
///
/// Numbers are written with the fewest digits that read back to the same bits.
public struct CSVFile: Sendable {
  public private(set) var text: String
  public let columns: [String]

  public init(columns: [String]) {
    self.columns = columns
    text = columns.map(Self.quoted).joined(separator: ",") + "\n"
  }

  public enum Entry: Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    case real(Double)
    case integer(Int)
    case text(String)

    public init(floatLiteral value: Double) { self = .real(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(stringLiteral value: String) { self = .text(value) }
  }

  public mutating func append(_ row: [Entry]) {
    precondition(row.count == columns.count, "a row of \(row.count) entries in a table of \(columns.count) columns")
    text += row.map(Self.field).joined(separator: ",") + "\n"
  }

  public var bytes: [UInt8] { Array(text.utf8) }

  private static func field(_ entry: Entry) -> String {
    switch entry {
    case .real(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .text(let value): quoted(value)
    }
  }

  private static func quoted(_ text: String) -> String {
    let special: Set<Character> = [",", "\"", "\n", "\r", "\r\n"]
    guard text.contains(where: special.contains) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
