/// Assembles K(c) = Σ_e c_e Pᵀ_e K_e P_e into a symmetric sparse matrix: pattern and contributions once, values anew
/// for every vector of cell coefficients.
///
/// Every block of the matrix (a pair of nodes) knows the cells that add to it, in the order of the cells, and gathers
/// them in registers. Columns are independent, so the work is shared between threads without colours, atomics or a
/// change of bits.
public struct CellwiseAssembler: Sendable {
  public let connectivity: CellConnectivity
  public let matrices: CellMatrices
  /// Shared by all matrices this assembler makes.
  public let pattern: SparsePattern
  let plan: BlockGatherPlan

  /// - Parameters:
  ///   - connectivity: the nodes of every cell, in the order of the cell matrices.
  ///   - matrices: the distinct cell matrices.
  ///   - matrixOfCell: index into `matrices` for each cell; nil where all cells share the only one or where there
  ///     is one for each cell.
  public init(connectivity: CellConnectivity, matrices: CellMatrices, matrixOfCell: [Int32]? = nil) {
    precondition(
      matrixOfCell != nil || matrices.count == 1 || matrices.count == connectivity.cellCount,
      "\(matrices.count) cell matrices for \(connectivity.cellCount) cells")
    self.connectivity = connectivity
    self.matrices = matrices
    plan = BlockGatherPlan(connectivity: connectivity, matrices: matrices, matrixOfCell: matrixOfCell)
    pattern = plan.pattern(components: matrices.components)
  }

  public var componentsPerNode: Int { matrices.components }

  /// K(c), with the rows and columns of constrained unknowns replaced by those of the identity.
  ///
  /// - Parameters:
  ///   - coefficients: c. `[cellCount]`
  ///   - constrained: true at constrained unknowns, `[dimension]`; empty where there is none.
  public func assemble(coefficients: DenseVector, constrained: [Bool] = []) -> SymmetricSparseMatrix {
    SymmetricSparseMatrix(
      pattern: pattern,
      values: [Double](unsafeUninitializedCapacity: pattern.entryCount) { buffer, initialized in
        fill(buffer.baseAddress!, coefficients, constrained)
        initialized = pattern.entryCount
      })
  }

  /// Puts K(c) into a matrix made by this assembler, without new memory.
  public func refill(
    _ matrix: inout SymmetricSparseMatrix, coefficients: DenseVector, constrained: [Bool] = []
  ) {
    precondition(matrix.pattern === pattern, "the matrix is not of this assembler")
    matrix.values.withUnsafeMutableBufferPointer { fill($0.baseAddress!, coefficients, constrained) }
  }

  private func fill(_ values: UnsafeMutablePointer<Double>, _ coefficients: DenseVector, _ constrained: [Bool]) {
    precondition(
      coefficients.count == connectivity.cellCount,
      "\(coefficients.count) coefficients for \(connectivity.cellCount) cells")
    precondition(
      constrained.isEmpty || constrained.count == pattern.dimension,
      "a mask of \(constrained.count) entries for \(pattern.dimension) unknowns")
    plan.withPointers(pattern, matrices, coefficients) { pointers in
      let shared = UncheckedShared((pointers: pointers, values: values))
      concurrentlyForEach(count: connectivity.nodeCount, block: 2048) { nodes in
        switch matrices.components {
        case 1: gatherScalars(nodes, shared.value.pointers, shared.value.values)
        case 2: gatherPairs(nodes, shared.value.pointers, shared.value.values)
        case 3: gatherTriples(nodes, shared.value.pointers, shared.value.values)
        default: gatherBlocks(nodes, matrices.components, shared.value.pointers, shared.value.values)
        }
        if !constrained.isEmpty {
          setIdentity(nodes, matrices.components, constrained, shared.value.pointers, shared.value.values)
        }
      }
    }
  }

  /// Zeroes the constrained rows and columns in the columns of some nodes and puts 1 on their diagonal.
  private func setIdentity(
    _ nodes: Range<Int>, _ d: Int, _ constrained: [Bool], _ a: GatherPointers, _ values: UnsafeMutablePointer<Double>
  ) {
    constrained.withUnsafeBufferPointer { constrained in
      let mask = constrained.baseAddress!
      let first = nodes.lowerBound &* d, end = nodes.upperBound &* d
      var j = first
      while j < end {
        var k = Int(a.columnStarts[j])
        let columnEnd = Int(a.columnStarts[j &+ 1])
        if mask[j] {
          (values + k).update(repeating: 0, count: columnEnd &- k)
          values[k] = 1
        } else {
          while k < columnEnd {
            if mask[Int(a.rows[k])] { values[k] = 0 }
            k &+= 1
          }
        }
        j &+= 1
      }
    }
  }
}
