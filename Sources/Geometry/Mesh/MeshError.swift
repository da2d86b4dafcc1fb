/// What is wrong with a mesh, and where: one value with file, line and cell.
public struct MeshError: Error, Sendable, Equatable, CustomStringConvertible {
  public var message: String
  public var file: String?
  /// The line of the file, from 1.
  public var line: Int?
  /// The cell as the file numbers it; the index of the cell where there is no file.
  public var cell: Int?
  /// The node as the file numbers it; the index of the node where there is no file.
  public var node: Int?

  public init(_ message: String, file: String? = nil, line: Int? = nil, cell: Int? = nil, node: Int? = nil) {
    self.message = message
    self.file = file
    self.line = line
    self.cell = cell
    self.node = node
  }

  public var description: String {
    var place = [file, line.map(String.init)].compactMap { $0 }.joined(separator: ":")
    if !place.isEmpty { place += ": " }
    if let cell { place += "cell \(cell): " }
    if let node { place += "node \(node): " }
    return place + message
  }
}
