/// The inverses of the diagonal blocks: of a node's unknowns, or of any runs of as many unknowns.
///
/// It sees how strongly the components of a node are coupled, which the diagonal alone does not. Source: Saad, Iterative
/// Methods for Sparse Linear Systems, 2nd ed. (2003), section 4.1.1.
public struct BlockJacobiPreconditioner<Operator: AssemblableOperator>: PreconditionerFactory {
  /// The inverse blocks of one operator. `[blockCount, blockSize, blockSize]`
  public struct Prepared: Preconditioner {
    let inverses: DiagonalBlocks

    public var work: PreconditionerWork {
      let entries = Double(inverses.values.count), size = Double(inverses.blockSize)
      return PreconditionerWork(preparation: entries * size, application: entries)
    }

    public func apply(_ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
      let b = inverses.blockSize
      let shared = UncheckedShared((r: r, z: z))
      inverses.values.withUnsafeBufferPointer { values in
        let values = UncheckedShared(values.baseAddress!)
        concurrentlyForEach(count: inverses.blockCount, block: 4096) { range in
          let (r, z) = shared.value
          for block in range {
            let m = values.value + block &* b &* b
            for i in 0..<b {
              var sum = 0.0
              for j in 0..<b { sum += m[i &* b &+ j] * r[block &* b &+ j] }
              z[block &* b &+ i] = sum
            }
          }
        }
      }
    }
  }

  public let name = "block-jacobi"
  /// Unknowns in a block: the components of a node.
  public let blockSize: Int

  public init(blockSize: Int) {
    precondition(blockSize > 0, "a block has at least one unknown")
    self.blockSize = blockSize
  }

  public func prepare(_ a: Operator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
    guard a.dimension % blockSize == 0 else {
      throw SolveFailure(.unsupported, "\(a.dimension) unknowns do not fall into blocks of \(blockSize)")
    }
    var blocks = DiagonalBlocks(a.assembled(), blockSize: blockSize)
    try blocks.invert()
    return Prepared(inverses: blocks)
  }
}

/// The diagonal blocks of a symmetric matrix, row-major.
struct DiagonalBlocks: Sendable {
  let blockSize: Int
  /// `[blockCount, blockSize, blockSize]`
  var values: [Double]
  var blockCount: Int { values.count / (blockSize * blockSize) }

  init(_ matrix: SymmetricSparseMatrix, blockSize b: Int) {
    blockSize = b
    values = [Double](repeating: 0, count: matrix.dimension * b)
    let pattern = matrix.pattern
    for j in 0..<matrix.dimension {
      let first = j / b * b
      for k in Int(pattern.columnStarts[j])..<Int(pattern.columnStarts[j + 1]) {
        let i = Int(pattern.rows[k])
        if i >= first + b { break }
        values[first * b + (i - first) * b + j - first] = matrix.values[k]
        values[first * b + (j - first) * b + i - first] = matrix.values[k]
      }
    }
  }

  /// - Throws: where a block is not positive definite.
  mutating func invert() throws(SolveFailure) {
    let b = blockSize
    var factor = DenseCholesky(capacity: b)
    for block in 0..<blockCount {
      let base = block * b * b
      let isDefinite = values.withUnsafeBufferPointer { factor.factor($0.baseAddress! + base, count: b) }
      guard isDefinite else {
        throw SolveFailure(
          .singular, "the diagonal block of unknowns \(block * b) to \(block * b + b - 1) is not positive definite")
      }
      for j in 0..<b {
        var column = [Double](repeating: 0, count: b)
        column[j] = 1
        column.withUnsafeMutableBufferPointer { factor.solve($0.baseAddress!) }
        for i in 0..<b { values[base + i * b + j] = column[i] }
      }
    }
  }
}
