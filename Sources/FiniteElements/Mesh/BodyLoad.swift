/// A load per volume proportional to each cell's source coefficient, spread to its nodes: self-weight, heat in material.
///
/// f = Σ_e b_e g ∫_e N, with g the load per volume at unit coefficient: N/m³ per axis, or W/m³.
public struct BodyLoad: SourceLoad {
  private let components: Int
  private let perVolume: [Double]
  /// ∫ N over each cell for each of its nodes, in the order of the cells. `[places]`
  private let integrals: [Double]
  private let connectivity: CellConnectivity
  private let places: NodePlaces

  /// - Parameter thickness: out of the plane (m), two dimensions only.
  public init(_ mesh: UnstructuredMesh, perVolume: [Double], thickness: Double = 1) {
    let samplings = CellSamplings(mesh)
    let scale = mesh.dimension == 2 ? thickness : 1
    var integrals: [Double] = []
    integrals.reserveCapacity(mesh.cellNodes.count)
    for cell in 0..<mesh.cellCount {
      let first = integrals.count
      samplings.withCell(cell) { sampling, x in
        for _ in 0..<sampling.nodeCount { integrals.append(0) }
        for q in sampling.weights.indices {
          let weight = scale * sampling.measure(point: q, x)
          for a in 0..<sampling.nodeCount {
            integrals[first + a] += weight * sampling.values[q * sampling.nodeCount + a]
          }
        }
      }
    }
    self.init(
      CellConnectivity(nodeCount: mesh.nodeCount, starts: mesh.cellStarts, nodes: mesh.cellNodes), integrals, perVolume)
  }

  /// On a grid every corner of a cell gets the same part of its load.
  public init(_ grid: StructuredGrid, perVolume: [Double], thickness: Double = 1) {
    let corners = 1 << grid.dimension
    let part = grid.cellVolume * (grid.dimension == 2 ? thickness : 1) / Double(corners)
    self.init(
      CellConnectivity(grid), [Double](repeating: part, count: grid.cellCount * corners), perVolume)
  }

  private init(_ connectivity: CellConnectivity, _ integrals: [Double], _ perVolume: [Double]) {
    self.connectivity = connectivity
    self.integrals = integrals
    self.perVolume = perVolume
    components = perVolume.count
    places = NodePlaces(connectivity)
  }

  public func load(of source: DenseVector) -> DenseVector {
    precondition(source.count == connectivity.cellCount, "\(source.count) sources for \(connectivity.cellCount) cells")
    let spread = [Double](unsafeUninitializedCapacity: integrals.count) { buffer, initialized in
      let shared = UncheckedShared(buffer.baseAddress!)
      withPointers(source) { a in
        concurrentlyForEach(count: connectivity.cellCount, block: 8192) { cells in
          let spread = shared.value
          for cell in cells {
            let coefficient = a.value.values[cell]
            for place in Int(a.value.starts[cell])..<Int(a.value.starts[cell &+ 1]) {
              spread[place] = coefficient * a.value.integrals[place]
            }
          }
        }
      }
      initialized = integrals.count
    }
    let scalar = places.gather(spread, components: 1)
    if perVolume == [1] { return scalar }
    let d = components
    return DenseVector(count: scalar.count * d) { load in
      for node in 0..<scalar.count { for r in 0..<d { load[node * d + r] = scalar[node] * perVolume[r] } }
    }
  }

  public func pullback(_ lambda: DenseVector) -> DenseVector {
    if lambda.isEmpty { return DenseVector(zeros: connectivity.cellCount) }
    precondition(lambda.count == connectivity.nodeCount * components, "a seed of \(lambda.count) entries")
    let d = components
    // What a unit load per volume at each node would do.
    let work =
      perVolume == [1]
      ? lambda
      : DenseVector(count: connectivity.nodeCount) { work in
        for node in 0..<work.count { work[node] = (0..<d).reduce(0) { $0 + lambda[node * d + $1] * perVolume[$1] } }
      }
    return DenseVector(count: connectivity.cellCount) { gradient in
      let shared = UncheckedShared(gradient.baseAddress!)
      withPointers(work) { a in
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

extension CellConnectivity {
  /// The cells of a grid, corners in lexicographic order.
  public init(_ grid: StructuredGrid) {
    let corners = 1 << grid.dimension
    let nx = grid.cells[0], ny = grid.cells[1], nz = grid.dimension == 3 ? grid.cells[2] : 1
    let row = nx + 1, layer = row * (ny + 1)
    var nodes: [Int32] = []
    nodes.reserveCapacity(grid.cellCount * corners)
    for k in 0..<nz {
      for j in 0..<ny {
        for i in 0..<nx {
          let base = i + row * j + layer * k
          for c in 0..<corners {
            nodes.append(Int32(base + (c & 1) + row * ((c >> 1) & 1) + layer * (c >> 2)))
          }
        }
      }
    }
    self.init(nodeCount: grid.nodeCount, nodesPerCell: corners, nodes: nodes)
  }
}
