/// Cells and nodes in space: what a structured grid and an unstructured mesh have in common. Knows no solver.
public protocol Domain: Sendable {
  /// 2 or 3.
  var dimension: Int { get }
  var nodeCount: Int { get }
  var cellCount: Int { get }
  /// Coordinates in m, `dimension` entries.
  func point(ofNode node: Int) -> [Double]
  func centroid(ofCell cell: Int) -> [Double]
  /// Area (2D, m²) or volume (3D, m³) of a cell.
  func volume(ofCell cell: Int) -> Double
  func nodes(ofCell cell: Int) -> [Int]
}

extension Domain {
  /// Volumes of all cells. `[cellCount]`
  public var cellVolumes: DenseVector { DenseVector((0..<cellCount).map { volume(ofCell: $0) }) }
}

extension StructuredGrid: Domain {
  public func volume(ofCell cell: Int) -> Double { cellVolume }
}
