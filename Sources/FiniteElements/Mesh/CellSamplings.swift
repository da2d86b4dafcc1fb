/// Each cell of a mesh with the sampling of its element and the coordinates of its nodes.
struct CellSamplings: Sendable {
  private let mesh: UnstructuredMesh
  private let samplings: [ElementSampling]
  /// Index into `samplings` of each cell.
  private let kinds: [UInt8]

  init(_ mesh: UnstructuredMesh) {
    self.mesh = mesh
    samplings = mesh.blocks.map { ElementSampling(ElementTable.element(on: $0.shape)) }
    kinds = mesh.blocks.enumerated().flatMap { [UInt8](repeating: UInt8($0), count: $1.cellCount) }
  }

  var nodeCounts: [Int] { kinds.map { samplings[Int($0)].nodeCount } }

  func withCell(_ cell: Int, _ body: (ElementSampling, UnsafePointer<SIMD3<Double>>) -> Void) {
    let sampling = samplings[Int(kinds[cell])]
    let first = Int(mesh.cellStarts[cell])
    withUnsafeTemporaryAllocation(of: SIMD3<Double>.self, capacity: sampling.nodeCount) { x in
      for a in 0..<sampling.nodeCount { x[a] = mesh.position(ofNode: Int(mesh.cellNodes[first + a])) }
      body(sampling, x.baseAddress!)
    }
  }
}

/// Where each node stands in the cells' lists of nodes: sums over cells, gathered by node.
struct NodePlaces: Sendable {
  private let starts: [Int32]
  private let places: [Int32]

  init(_ connectivity: CellConnectivity) {
    var starts = [Int32](repeating: 0, count: connectivity.nodeCount + 1)
    for node in connectivity.nodes { starts[Int(node) + 1] += 1 }
    for node in 0..<connectivity.nodeCount { starts[node + 1] += starts[node] }
    var next = starts
    var places = [Int32](repeating: 0, count: connectivity.nodes.count)
    for (place, node) in connectivity.nodes.enumerated() {
      places[Int(next[Int(node)])] = Int32(place)
      next[Int(node)] += 1
    }
    self.starts = starts
    self.places = places
  }

  /// The sum over cells of values given by place. `[places, components]` to `[nodeCount, components]`
  func gather(_ values: [Double], components d: Int) -> DenseVector {
    let nodeCount = starts.count - 1
    return DenseVector(count: nodeCount * d) { sums in
      values.withUnsafeBufferPointer { values in
        let shared = UncheckedShared((sums: sums.baseAddress!, values: values.baseAddress!))
        concurrentlyForEach(count: nodeCount, block: 4096) { nodes in
          let sums = shared.value.sums, values = shared.value.values
          for node in nodes {
            for r in 0..<d {
              var sum = 0.0
              for k in Int(starts[node])..<Int(starts[node + 1]) { sum += values[Int(places[k]) * d + r] }
              sums[node * d + r] = sum
            }
          }
        }
      }
    }
  }
}
