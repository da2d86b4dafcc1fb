extension UnstructuredMesh {
  /// Volumes and centroids, or the first cell that is not sound.
  static func measure(_ dimension: Int, _ points: [Double], _ blocks: [CellBlock]) throws(MeshError)
    -> (volumes: [Double], centroids: [Double])
  {
    let nodeCount = Int32(points.count / dimension)
    var volumes: [Double] = []
    var centroids: [Double] = []
    for block in blocks {
      let n = block.shape.nodeCount
      var corners = [SIMD3<Double>](repeating: .zero, count: n)
      for first in stride(from: 0, to: block.nodes.count, by: n) {
        let cell = volumes.count
        for k in 0..<n {
          let node = block.nodes[first + k]
          guard node >= 0 && node < nodeCount else {
            throw MeshError("it names node \(node), of \(nodeCount)", cell: cell)
          }
          for earlier in 0..<k where block.nodes[first + earlier] == node {
            throw MeshError("it names a node twice", cell: cell)
          }
          corners[k] = position(points, dimension, Int(node))
        }
        let worst = block.shape.cornerJacobians(corners).reduce(Double.infinity) { $1.isNaN ? -.infinity : min($0, $1) }
        guard worst > 0 else { throw Self.inverted(block.shape, corners, cell) }
        volumes.append(block.shape.measure(corners))
        let centre = corners.reduce(.zero, +) / Double(n)
        for axis in 0..<dimension { centroids.append(centre[axis]) }
      }
    }
    return (volumes, centroids)
  }

  private static func inverted(_ shape: CellShape, _ corners: [SIMD3<Double>], _ cell: Int) -> MeshError {
    let measure = shape.measure(corners)
    let what = shape.dimension == 2 ? "area" : "volume"
    if measure > 0 {
      return MeshError(
        "the \(shape.rawValue) is folded at a corner (its \(what) is positive, a corner's is not)", cell: cell)
    }
    let order =
      shape.dimension == 2 ? "; its nodes must go round counter-clockwise" : "; the order of its nodes is reversed"
    return MeshError(
      "the \(shape.rawValue) is inverted or flat: its \(what) is \(measure)" + (measure < 0 ? order : ""), cell: cell)
  }

  static func requireEveryNodeInACell(_ nodeCount: Int, _ cellNodes: [Int32]) throws(MeshError) {
    var used = [Bool](repeating: false, count: nodeCount)
    for node in cellNodes { used[Int(node)] = true }
    if let node = used.firstIndex(of: false) {
      throw MeshError("it belongs to no cell; remove it, or save the cells around it too", node: node)
    }
  }
}
