/// Linear elasticity or steady diffusion on an unstructured mesh, one coefficient per cell, assembled.
///
/// Cell matrices at unit coefficient are computed once, in parallel; each set of coefficients then only gathers them.
public struct MeshStiffness: CellwiseStiffness {
  public typealias Operator = SymmetricSparseMatrix

  public typealias Assumption = GridStiffness.Assumption

  public let mesh: UnstructuredMesh
  public let assembler: CellwiseAssembler
  /// Where each node stands in the cells' lists of nodes, ascending.
  private let places: NodePlaces

  /// The stiffness of a bilinear form, given at unit coefficient.
  public init(_ mesh: UnstructuredMesh, _ integrand: some CellIntegrand) {
    self.mesh = mesh
    let connectivity = CellConnectivity(nodeCount: mesh.nodeCount, starts: mesh.cellStarts, nodes: mesh.cellNodes)
    let matrices = Self.cellMatrices(mesh, integrand)
    assembler = CellwiseAssembler(
      connectivity: connectivity, matrices: matrices, matrixOfCell: (0..<Int32(mesh.cellCount)).map { $0 })
    places = NodePlaces(connectivity)
  }

  /// Linear elasticity.
  /// - Parameters:
  ///   - mesh: in two or three dimensions.
  ///   - poissonRatio: between -1 and 1/2, both excluded.
  ///   - assumption: `solid` in three dimensions (the default there), plane stress (default) or plane strain in two.
  ///   - thickness: out of the plane (m), two dimensions only.
  public static func elasticity(
    _ mesh: UnstructuredMesh, poissonRatio: Double, assumption: Assumption? = nil, thickness: Double = 1
  ) -> MeshStiffness {
    precondition(poissonRatio > -1 && poissonRatio < 0.5, "Poisson's ratio \(poissonRatio) is not between -1 and 1/2")
    precondition(thickness > 0, "a thickness of \(thickness) m is not positive")
    let assumption = assumption ?? (mesh.dimension == 3 ? .solid : .planeStress)
    precondition((assumption == .solid) == (mesh.dimension == 3), "\(assumption) does not fit \(mesh.dimension) axes")
    return MeshStiffness(
      mesh,
      ElasticityIntegrand(
        poissonRatio: poissonRatio, planeStress: assumption == .planeStress, thickness: thickness))
  }

  /// Steady diffusion: heat, Darcy flow, Poisson's equation. The thickness is out of the plane (m), for two dimensions
  /// only.
  public static func diffusion(_ mesh: UnstructuredMesh, thickness: Double = 1) -> MeshStiffness {
    precondition(thickness > 0, "a thickness of \(thickness) m is not positive")
    return MeshStiffness(mesh, DiffusionIntegrand(thickness: thickness))
  }

  public var domain: any Domain { mesh }
  public var componentsPerNode: Int { assembler.componentsPerNode }

  public func makeOperator(coefficients: DenseVector, constrained: ConstrainedUnknowns) throws(SolveFailure)
    -> SymmetricSparseMatrix
  {
    precondition(coefficients.count == mesh.cellCount, "\(coefficients.count) coefficients for \(mesh.cellCount) cells")
    precondition(constrained.mask.count == unknownCount, "constraints of another set of unknowns")
    guard coefficients.elements.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw SolveFailure(.nonFinite, "a stiffness coefficient is negative or not finite")
    }
    return assembler.assemble(coefficients: coefficients, constrained: constrained.mask)
  }

  public func apply(coefficients: DenseVector, to u: DenseVector) -> DenseVector {
    precondition(coefficients.count == mesh.cellCount, "\(coefficients.count) coefficients for \(mesh.cellCount) cells")
    precondition(u.count == unknownCount, "\(u.count) values for \(unknownCount) unknowns")
    let d = componentsPerNode
    let forces = cellProducts(u) { cell, _, product, force in
      let c = coefficients[cell]
      for k in 0..<product.count { force[k] = c * product[k] }
    }
    return places.gather(forces, components: d)
  }

  public func cellEnergies(_ lambda: DenseVector, _ u: DenseVector) -> DenseVector {
    if lambda.isEmpty || u.isEmpty { return DenseVector(zeros: mesh.cellCount) }
    precondition(lambda.count == unknownCount && u.count == unknownCount, "vectors of another set of unknowns")
    let d = componentsPerNode
    return DenseVector(count: mesh.cellCount) { energies in
      let shared = UncheckedShared(energies.baseAddress!)
      forEachCellProduct(u) { cell, nodes, product in
        var energy = 0.0
        for (p, node) in nodes.enumerated() {
          for r in 0..<d { energy += lambda.elements[Int(node) * d + r] * product[p * d + r] }
        }
        shared.value[cell] = energy
      }
    }
  }

  // MARK: - Products of cell matrices

  /// `body` for every cell, in parallel, with K_e u_e at unit coefficient.
  private func forEachCellProduct(
    _ u: DenseVector, _ body: @Sendable (Int, UnsafeBufferPointer<Int32>, UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    let d = componentsPerNode
    let connectivity = assembler.connectivity
    let matrices = assembler.matrices
    let largest = d * mesh.blocks.reduce(0) { max($0, $1.shape.nodeCount) }
    u.withUnsafeBufferPointer { u in
      matrices.blocks.withUnsafeBufferPointer { blocks in
        connectivity.nodes.withUnsafeBufferPointer { allNodes in
          let shared = UncheckedShared((u: u.baseAddress!, blocks: blocks.baseAddress!, nodes: allNodes.baseAddress!))
          concurrentlyForEach(count: mesh.cellCount, block: 1024) { cells in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: largest) { product in
              for cell in cells {
                let first = Int(connectivity.starts[cell])
                let count = Int(connectivity.starts[cell + 1]) - first
                let nodes = shared.value.nodes + first
                let used = UnsafeMutableBufferPointer(rebasing: product[..<(count * d)])
                multiply(
                  shared.value.blocks + matrices.blockStarts[cell] * d * d, nodes, count, d, shared.value.u,
                  used.baseAddress!)
                body(cell, UnsafeBufferPointer(start: nodes, count: count), used)
              }
            }
          }
        }
      }
    }
  }

  /// A value per place of a node in a cell and component, written by `body`. `[cellNodes.count, components]`
  private func cellProducts(
    _ u: DenseVector,
    _ body:
      @Sendable (
        Int, UnsafeBufferPointer<Int32>, UnsafeMutableBufferPointer<Double>, UnsafeMutablePointer<Double>
      ) -> Void
  ) -> [Double] {
    let d = componentsPerNode
    let starts = assembler.connectivity.starts
    let count = mesh.cellNodes.count * d
    return [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      let shared = UncheckedShared(buffer.baseAddress!)
      forEachCellProduct(u) { cell, nodes, product in
        body(cell, nodes, product, shared.value + Int(starts[cell]) * d)
      }
      initialized = count
    }
  }

  private static func cellMatrices(_ mesh: UnstructuredMesh, _ integrand: some CellIntegrand) -> CellMatrices {
    let samplings = CellSamplings(mesh)
    let d = integrand.componentsPerNode(dimension: mesh.dimension)
    return CellMatrices(components: d, nodeCounts: samplings.nodeCounts) { cell, matrix in
      samplings.withCell(cell) { sampling, x in
        withUnsafeTemporaryAllocation(of: SIMD3<Double>.self, capacity: sampling.nodeCount) { gradients in
          for q in sampling.weights.indices {
            let weight = sampling.mapGradients(point: q, x, into: gradients.baseAddress!)
            integrand.add(
              gradients.baseAddress!, nodeCount: sampling.nodeCount, dimension: mesh.dimension, weight: weight,
              to: matrix)
          }
        }
      }
    }
  }
}

/// y_p = Σ_q B_pq u_q over the blocks of one cell matrix.
private func multiply(
  _ blocks: UnsafePointer<Double>, _ nodes: UnsafePointer<Int32>, _ count: Int, _ d: Int, _ u: UnsafePointer<Double>,
  _ y: UnsafeMutablePointer<Double>
) {
  y.update(repeating: 0, count: count * d)
  var block = blocks
  var p = 0
  while p < count {
    let row = y + p &* d
    var q = 0
    while q < count {
      let x = u + Int(nodes[q]) &* d
      var c = 0
      while c < d {
        let value = x[c]
        var r = 0
        while r < d {
          row[r] += block[r] * value
          r &+= 1
        }
        block += d
        c &+= 1
      }
      q &+= 1
    }
    p &+= 1
  }
}
