/// A VTK file of points (`.vtp`), such as particles, with fields; ParaView and pyvista open it.
public enum VTPFile {
  /// The bytes of a file.
  ///
  /// - Parameters:
  ///   - positions: `[count, dimension]` in m.
  ///   - dimension: 2 or 3; points in the plane get z = 0.
  ///   - fields: at the nodes, one node a point.
  public static func encode(positions: [Double], dimension: Int, fields: [Field]) -> [UInt8] {
    precondition((2...3).contains(dimension) && positions.count % dimension == 0, "points in 2D or 3D")
    precondition(fields.allSatisfy { $0.location == .nodes }, "points have no cells")
    let count = positions.count / dimension
    var points: [Double] = []
    if dimension == 3 {
      points = positions
    } else {
      points.reserveCapacity(3 * count)
      for i in 0..<count {
        points.append(positions[2 * i])
        points.append(positions[2 * i + 1])
        points.append(0)
      }
    }
    var document = VTKDocument(type: "PolyData")
    document.open("Piece", [("NumberOfPoints", "\(count)"), ("NumberOfVerts", "\(count)")])
    document.add(fields: fields, nodeCount: count, cellCount: count)
    document.open("Points")
    document.add("Points", components: 3, reals: points)
    document.close("Points")
    document.open("Verts")
    document.add("connectivity", integers: (0..<count).map { Int64($0) })
    document.add("offsets", integers: (0..<count).map { Int64($0 + 1) })
    document.close("Verts")
    document.close("Piece")
    return document.bytes(datasetAttributes: [])
  }
}
