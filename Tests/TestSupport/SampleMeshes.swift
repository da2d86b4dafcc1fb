import FiniteElements

/// Meshes of a unit square or cube for tests, each for one element.
public enum SampleMeshes {
  /// The unit box cut into `cells` boxes an axis, each box into cells of `shape`, inner nodes moved at random by
  /// `jitter` of a box's width; all of it scaled by `stretch` along the axes.
  public static func box(
    _ shape: CellShape, cells n: Int, jitter: Double = 0, stretch: [Double] = [1, 1, 1], seed: UInt64 = 1
  ) -> UnstructuredMesh {
    let dimension = shape.dimension
    let grid = StructuredGrid(
      size: [Double](repeating: 1, count: dimension), cells: [Int](repeating: n, count: dimension))
    var generator = SeededGenerator(seed: seed)
    var points: [Double] = []
    for node in 0..<grid.nodeCount {
      let isInside = grid.position(ofNode: node).allSatisfy { $0 > 0 && $0 < n }
      for (x, factor) in zip(grid.point(ofNode: node), stretch) {
        let shift = (2 * generator.uniform() - 1) * jitter / Double(n)
        points.append((isInside ? x + shift : x) * factor)
      }
    }
    // Corners of a box are lexicographic: 0 to 7, bits x, y, z.
    let pieces: [[Int]] =
      switch shape {
      case .tri3: [[0, 1, 3], [0, 3, 2]]
      case .quad4: [[0, 1, 3, 2]]
      case .tet4:
        // Kuhn's six tetrahedra around the diagonal from 0 to 7.
        [[0, 1, 3, 7], [0, 3, 2, 7], [0, 2, 6, 7], [0, 6, 4, 7], [0, 4, 5, 7], [0, 5, 1, 7]]
      case .hex8: [[0, 1, 3, 2, 4, 5, 7, 6]]
      case .line2: []
      }
    var nodes: [Int32] = []
    for cell in 0..<grid.cellCount {
      let corners = grid.nodes(ofCell: cell)
      for piece in pieces { for corner in piece { nodes.append(Int32(corners[corner])) } }
    }
    do {
      return try UnstructuredMesh(dimension: dimension, points: points, blocks: [.init(shape, nodes: nodes)])
    } catch {
      preconditionFailure("the sample mesh is broken: \(error)")
    }
  }

  /// Triangles and quadrilaterals side by side.
  public static func mixed(cells n: Int) -> UnstructuredMesh {
    let quads = box(.quad4, cells: n)
    let triangles = box(.tri3, cells: n)
    let half = { (mesh: UnstructuredMesh, left: Bool) in
      (0..<mesh.cellCount).filter { (mesh.centroid(ofCell: $0)[0] < 0.5) == left }
        .flatMap { mesh.nodes(ofCell: $0).map(Int32.init) }
    }
    do {
      return try UnstructuredMesh(
        dimension: 2, points: quads.points,
        blocks: [.init(.quad4, nodes: half(quads, true)), .init(.tri3, nodes: half(triangles, false))])
    } catch {
      preconditionFailure("the sample mesh is broken: \(error)")
    }
  }
}
