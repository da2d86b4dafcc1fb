/// A VTK image file (`.vti`): a structured grid with fields; ParaView and pyvista open it.
public enum VTIFile {
  /// The bytes of a file. Fields have `nodeCount` or `cellCount` entries in the grid's own order, which is VTK's.
  public static func encode(_ grid: StructuredGrid, fields: [Field]) -> [UInt8] {
    func three<T>(_ values: [T], _ fill: T) -> String {
      (values + [T](repeating: fill, count: 3 - values.count)).map { "\($0)" }.joined(separator: " ")
    }
    let cells = grid.cells + [Int](repeating: 0, count: 3 - grid.dimension)
    let extent = cells.map { "0 \($0)" }.joined(separator: " ")
    var document = VTKDocument(type: "ImageData")
    document.open("Piece", [("Extent", extent)])
    document.add(fields: fields, nodeCount: grid.nodeCount, cellCount: grid.cellCount)
    document.close("Piece")
    return document.bytes(datasetAttributes: [
      ("WholeExtent", extent), ("Origin", three(grid.origin, 0)), ("Spacing", three(grid.spacing, 1)),
    ])
  }
}
