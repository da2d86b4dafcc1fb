/// P, the map from cell values to nodal integrals (Pρ)_a = Σ_e ρ_e ∫_e N_a, and its transpose. In parallel.
struct CellSpread: Sendable {
  /// ∫ N over each cell for each of its nodes, in the order of the cells, in m² or m³. `[places]`
  private let integrals: [Double]
  private let connectivity: CellConnectivity
  private let places: NodePlaces

  init(_ mesh: UnstructuredMesh) {
    let samplings = CellSamplings(mesh)
    var integrals = [Double](repeating: 0, count: mesh.cellNodes.count)
    var first = 0
    for cell in 0..<mesh.cellCount {
      samplings.withCell(cell) { sampling, x in
        for q in sampling.weights.indices {
          let weight = sampling.measure(point: q, x)
          for a in 0..<sampling.nodeCount {
            integrals[first + a] += weight * sampling.values[q * sampling.nodeCount + a]
          }
        }
        first += sampling.nodeCount
      }
    }
    self.init(
      CellConnectivity(nodeCount: mesh.nodeCount, starts: mesh.cellStarts, nodes: mesh.cellNodes), integrals)
  }

  /// On a grid every corner of a cell has the same part of its volume.
  init(_ grid: StructuredGrid) {
    let corners = 1 << grid.dimension
    self.init(
      CellConnectivity(grid),
      [Double](repeating: grid.cellVolume / Double(corners), count: grid.cellCount * corners))
  }

  private init(_ connectivity: CellConnectivity, _ integrals: [Double]) {
    self.connectivity = connectivity
    self.integrals = integrals
    places = NodePlaces(connectivity)
  }

  var cellCount: Int { connectivity.cellCount }
  var nodeCount: Int { connectivity.nodeCount }

  /// P ρ. `[cellCount]` to `[nodeCount]`
  func toNodes(_ values: DenseVector) -> DenseVector {
    precondition(values.count == connectivity.cellCount, "\(values.count) values for \(connectivity.cellCount) cells")
    let spread = [Double](unsafeUninitializedCapacity: integrals.count) { buffer, initialized in
      let shared = UncheckedShared(buffer.baseAddress!)
      withPointers(values) { a in
        concurrentlyForEach(count: connectivity.cellCount, block: 8192) { cells in
          let spread = shared.value
          for cell in cells {
            let value = a.value.values[cell]
            for place in Int(a.value.starts[cell])..<Int(a.value.starts[cell &+ 1]) {
              spread[place] = value * a.value.integrals[place]
            }
          }
        }
      }
      initialized = integrals.count
    }
    return places.gather(spread, components: 1)
  }

  /// Pᵀ u. `[nodeCount]` to `[cellCount]`
  func toCells(_ values: DenseVector) -> DenseVector {
    precondition(values.count == connectivity.nodeCount, "\(values.count) values for \(connectivity.nodeCount) nodes")
    return DenseVector(count: connectivity.cellCount) { sums in
      let shared = UncheckedShared(sums.baseAddress!)
      withPointers(values) { a in
        concurrentlyForEach(count: connectivity.cellCount, block: 8192) { cells in
          for cell in cells {
            var sum = 0.0
            for place in Int(a.value.starts[cell])..<Int(a.value.starts[cell &+ 1]) {
              sum += a.value.integrals[place] * a.value.values[Int(a.value.nodes[place])]
            }
            shared.value[cell] = sum
          }
        }
      }
    }
  }

  private struct Pointers {
    let values: UnsafePointer<Double>
    let integrals: UnsafePointer<Double>
    let starts: UnsafePointer<Int32>
    let nodes: UnsafePointer<Int32>
  }

  private func withPointers(_ values: DenseVector, _ body: (UncheckedShared<Pointers>) -> Void) {
    values.withUnsafeBufferPointer { values in
      integrals.withUnsafeBufferPointer { integrals in
        connectivity.starts.withUnsafeBufferPointer { starts in
          connectivity.nodes.withUnsafeBufferPointer { nodes in
            body(
              UncheckedShared(
                Pointers(
                  values: values.baseAddress!, integrals: integrals.baseAddress!, starts: starts.baseAddress!,
                  nodes: nodes.baseAddress!)))
          }
        }
      }
    }
  }
}
