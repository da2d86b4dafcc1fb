/// A named, shaped part of a vector: `displacement [nodeCount, 3] m`. For files, pictures and other programs.
public struct Block: Sendable, Hashable {
  public var name: String
  /// Row-major extents; their product is the number of entries.
  public var shape: [Int]
  /// The SI unit; `1` for a pure number.
  public var unit: String

  public init(_ name: String, shape: [Int], unit: String = "1") {
    self.name = name
    self.shape = shape
    self.unit = unit
  }

  public var count: Int { shape.reduce(1, *) }
}
