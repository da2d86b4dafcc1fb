/// A VTK unstructured file (`.vtu`): any mesh of this project with fields; ParaView, meshio and pyvista open it.
public enum VTUFile {
  /// The bytes of a file. Fields have `nodeCount` or `cellCount` entries.
  ///
  /// Cells with 3 or 4 nodes in 2D are triangles and quadrilaterals, with 4 or 8 in 3D tetrahedra and hexahedra. A
  /// structured grid's cells are brought from lexicographic corners into VTK's order around the cell.
  public static func encode(_ domain: some Domain, fields: [Field]) -> [UInt8] {
    var points: [Double] = []
    points.reserveCapacity(3 * domain.nodeCount)
    for node in 0..<domain.nodeCount {
      let point = domain.point(ofNode: node)
      points += point
      if point.count == 2 { points.append(0) }
    }
    var connectivity: [Int64] = [], offsets: [Int64] = [], types: [UInt8] = []
    for cell in 0..<domain.cellCount {
      let nodes = domain.nodesAroundCell(cell)
      connectivity += nodes.map(Int64.init)
      offsets.append(Int64(connectivity.count))
      types.append(cellType(nodeCount: nodes.count, dimension: domain.dimension))
    }
    var document = VTKDocument(type: "UnstructuredGrid")
    document.open("Piece", [("NumberOfPoints", "\(domain.nodeCount)"), ("NumberOfCells", "\(domain.cellCount)")])
    document.add(fields: fields, nodeCount: domain.nodeCount, cellCount: domain.cellCount)
    document.open("Points")
    document.add("Points", components: 3, reals: points)
    document.close("Points")
    document.open("Cells")
    document.add("connectivity", integers: connectivity)
    document.add("offsets", integers: offsets)
    document.add("types", bytes: types)
    document.close("Cells")
    document.close("Piece")
    return document.bytes(datasetAttributes: [])
  }

  /// The number VTK gives a linear cell (vtkCellType.h).
  private static func cellType(nodeCount: Int, dimension: Int) -> UInt8 {
    switch (dimension, nodeCount) {
    case (2, 3): 5
    case (2, 4): 9
    case (3, 4): 10
    case (3, 8): 12
    default: preconditionFailure("a cell of \(nodeCount) nodes in \(dimension)D is no linear VTK cell of this project")
    }
  }
}
