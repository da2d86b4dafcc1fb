/// Where a value of a scene was written: a place in a file, or an override given on the command line.
public struct SourceMark: Sendable, Hashable, CustomStringConvertible {
  /// The file as the user named it, or the whole text of an override such as `--set optimizer.mma.move-limit=0.1`.
  public let source: String
  /// Counted from 1; 0 in an override, which has no lines.
  public let line: Int
  /// Counted from 1 in Unicode scalars; 0 in an override.
  public let column: Int

  public init(source: String, line: Int, column: Int) {
    self.source = source
    self.line = line
    self.column = column
  }

  /// The mark of everything that an override says.
  public static func override(_ text: String) -> SourceMark {
    SourceMark(source: "--set \(text)", line: 0, column: 0)
  }

  public var isOverride: Bool { line == 0 }

  /// `scene.yaml:3:7`, or the override itself.
  public var description: String { isOverride ? source : "\(source):\(line):\(column)" }
}
