/// The levels of smoothed aggregation for one matrix, as a symmetric positive definite V-cycle. One caller at a time.
public final class AggregationHierarchy: Preconditioner {
  private let levels: [AggregationLevel]
  /// The coarsest level: a dense factor, or sweeps where groups stopped growing before it was small.
  private let coarsestFactor: DenseCholesky?
  private let coarsestSmoother: BlockGaussSeidel?
  private let coarsest: CoarsestFields
  /// The scaling of the finest level to a unit diagonal. `[dimension]`
  private let scaling: [Double]
  /// Unknowns of each level, finest first.
  public let levelSizes: [Int]
  /// Stored entries on all levels over those of the finest.
  public let operatorComplexity: Double

  /// Multiply-adds of the products that made the levels, and of the dense factor.
  private let preparationWork: Double

  public var work: PreconditionerWork {
    var application = Double(2 * scaling.count)
    for level in levels { application += level.multiplyAdds }
    let n = Double(levelSizes[levelSizes.count - 1])
    return PreconditionerWork(preparation: preparationWork, application: application + n * n)
  }

  private static let mostLevels = 20
  /// A coarse level with more than this part of the unknowns of the finer one is not worth its cost.
  private static let leastCoarsening = 0.8
  private static let largestDenseFactor = 1500

  init(_ original: SymmetricSparseMatrix, _ nullspace: NearNullspace, threshold: Double, coarsestSize: Int)
    throws(SolveFailure)
  {
    let m = nullspace.vectors.count
    var matrix = BlockRows(original, blockSize: nullspace.blockSize)
    scaling = try Self.unitDiagonal(&matrix, original.diagonal())
    var candidates = Self.candidates(nullspace, matrix, scaling)
    var levels: [AggregationLevel] = []
    var sizes = [original.dimension]
    var entries = [matrix.values.count]
    var strength = threshold
    var work = 0.0
    while sizes[sizes.count - 1] > coarsestSize, levels.count < Self.mostLevels {
      try CancellationFlag.check()
      let aggregates = Aggregates(matrix, threshold: strength)
      let size = aggregates.count * m
      if size == 0 || Double(size) > Self.leastCoarsening * Double(sizes[sizes.count - 1]) { break }
      let tentative = TentativeProlongation(
        aggregates, candidates: candidates, blockSize: matrix.rowBlock, vectorCount: m)
      var prolongation = try Self.smoothed(tentative.matrix, by: matrix)
      let image = matrix.times(prolongation), restriction = prolongation.transposed()
      var coarse = restriction.timesSymmetrically(image)
      // Half of the coarse matrix is computed; eight products bound the spectrum.
      work += matrix.multiplyAdds(times: tentative.matrix) + matrix.multiplyAdds(times: prolongation)
      work += restriction.multiplyAdds(times: image) / 2 + 8 * Double(matrix.values.count)
      candidates = tentative.coarseCandidates
      Self.rescale(&coarse, &prolongation, &candidates)
      levels.append(try AggregationLevel(matrix, prolongation: prolongation))
      matrix = coarse
      sizes.append(size)
      entries.append(matrix.values.count)
      strength /= 2
    }
    self.levels = levels
    levelSizes = sizes
    operatorComplexity = Double(entries.reduce(0, +)) / Double(entries[0])
    let last = sizes[sizes.count - 1]
    preparationWork = work + (last <= Self.largestDenseFactor ? Double(last * last) * Double(last) / 6 : 0)
    if last <= Self.largestDenseFactor {
      coarsestFactor = Self.denseFactor(matrix)
      coarsestSmoother = nil
    } else {
      coarsestFactor = nil
      coarsestSmoother = try BlockGaussSeidel(matrix)
    }
    coarsest = CoarsestFields(count: last)
  }

  // MARK: - Making levels

  /// Scales a matrix to a unit diagonal; returns the scaling.
  private static func unitDiagonal(_ matrix: inout BlockRows, _ diagonal: DenseVector) throws(SolveFailure) -> [Double]
  {
    var scaling = diagonal.elements
    for i in scaling.indices {
      guard scaling[i] > 0, scaling[i].isFinite else {
        throw SolveFailure(.singular, "the diagonal entry of unknown \(i) is \(scaling[i]), not a positive number")
      }
      scaling[i] = 1 / scaling[i].squareRoot()
    }
    scale(&matrix, rows: scaling, columns: scaling)
    return scaling
  }

  private static func scale(_ matrix: inout BlockRows, rows: [Double]?, columns: [Double]?) {
    let b = matrix.rowBlock, m = matrix.columnBlock
    for row in 0..<matrix.rowCount {
      for k in matrix.rowStarts[row]..<matrix.rowStarts[row + 1] {
        let first = Int(matrix.columns[k]) * m
        for i in 0..<b {
          for j in 0..<m {
            matrix.values[(k * b + i) * m + j] *= (rows?[row * b + i] ?? 1) * (columns?[first + j] ?? 1)
          }
        }
      }
    }
  }

  /// The near nullspace of the scaled matrix by unknown, zero at unknowns that are coupled to nothing.
  private static func candidates(_ nullspace: NearNullspace, _ matrix: BlockRows, _ scaling: [Double]) -> [Double] {
    let m = nullspace.vectors.count, b = matrix.rowBlock
    var candidates = [Double](repeating: 0, count: scaling.count * m)
    for row in 0..<matrix.rowCount {
      for i in 0..<b {
        let unknown = row * b + i
        var isCoupled = false
        for k in matrix.rowStarts[row]..<matrix.rowStarts[row + 1] {
          for j in 0..<b where matrix.values[(k * b + i) * b + j] != 0 {
            if Int(matrix.columns[k]) * b + j != unknown { isCoupled = true }
          }
        }
        if !isCoupled { continue }
        for (j, vector) in nullspace.vectors.enumerated() {
          candidates[unknown * m + j] = vector[unknown] / scaling[unknown]
        }
      }
    }
    return candidates
  }

  /// (I - ω A) T with ω = 4/3 over the largest eigenvalue.
  private static func smoothed(_ tentative: BlockRows, by matrix: BlockRows) throws(SolveFailure) -> BlockRows {
    let largest = try SpectralBound.largest(dimension: matrix.rowCount * matrix.rowBlock, steps: 8) { matrix.apply($0) }
    var product = matrix.times(tentative)
    let omega = 4 / (3 * largest)
    for p in product.values.indices { product.values[p] *= -omega }
    let size = tentative.blockSize
    // The diagonal of A puts every block of T into the product's pattern.
    for row in 0..<tentative.rowCount {
      for k in tentative.rowStarts[row]..<tentative.rowStarts[row + 1] {
        for l in product.rowStarts[row]..<product.rowStarts[row + 1] where product.columns[l] == tentative.columns[k] {
          for p in 0..<size { product.values[l * size + p] += tentative.values[k * size + p] }
        }
      }
    }
    return product
  }

  /// Scales a coarse matrix to a unit diagonal, and its prolongation and candidates with it. An unknown that stands for
  /// nothing gets the diagonal one.
  private static func rescale(_ coarse: inout BlockRows, _ prolongation: inout BlockRows, _ candidates: inout [Double])
  {
    let m = coarse.rowBlock
    var scaling = [Double](repeating: 1, count: coarse.rowCount * m)
    for row in 0..<coarse.rowCount {
      for k in coarse.rowStarts[row]..<coarse.rowStarts[row + 1] where Int(coarse.columns[k]) == row {
        for i in 0..<m {
          let value = coarse.values[(k * m + i) * m + i]
          if value > 1e-14 {
            scaling[row * m + i] = 1 / value.squareRoot()
          } else {
            coarse.values[(k * m + i) * m + i] = 1
          }
        }
      }
    }
    scale(&coarse, rows: scaling, columns: scaling)
    scale(&prolongation, rows: nil, columns: scaling)
    let count = candidates.count / scaling.count
    for unknown in scaling.indices {
      for j in 0..<count { candidates[unknown * count + j] /= scaling[unknown] }
    }
  }

  private static func denseFactor(_ matrix: BlockRows) -> DenseCholesky {
    let b = matrix.rowBlock, n = matrix.rowCount * b
    var dense = [Double](repeating: 0, count: n * n)
    for row in 0..<matrix.rowCount {
      for k in matrix.rowStarts[row]..<matrix.rowStarts[row + 1] {
        for i in 0..<b {
          for j in 0..<b {
            dense[(row * b + i) * n + Int(matrix.columns[k]) * b + j] = matrix.values[(k * b + i) * b + j]
          }
        }
      }
    }
    var factor = DenseCholesky(capacity: n)
    _ = dense.withUnsafeBufferPointer { factor.factor($0.baseAddress!, count: n) }
    return factor
  }

  // MARK: - The cycle

  /// z = M⁻¹ r.
  public func apply(_ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
    let right = levels.first?.right.baseAddress ?? coarsest.right.baseAddress!
    // Single precision sees residuals of about unit size, whatever their units.
    var largest = 0.0
    for i in scaling.indices { largest = max(largest, abs(scaling[i] * r[i])) }
    guard largest > 0, largest.isFinite else {
      z.update(repeating: largest == 0 ? 0 : .nan, count: scaling.count)
      return
    }
    for i in scaling.indices { right[i] = Float(scaling[i] * r[i] / largest) }
    cycle()
    let iterate = levels.first?.iterate.baseAddress ?? coarsest.iterate.baseAddress!
    for i in scaling.indices { z[i] = scaling[i] * largest * Double(iterate[i]) }
  }

  private func cycle() {
    for (index, level) in levels.enumerated() {
      level.smoother.descendFromZero(UnsafePointer(level.right.baseAddress!), level.iterate.baseAddress!)
      level.smoother.residualAfterDescent(UnsafePointer(level.iterate.baseAddress!), level.residual.baseAddress!)
      level.restrict(
        into: index + 1 < levels.count ? levels[index + 1].right.baseAddress! : coarsest.right.baseAddress!)
    }
    solveCoarsest()
    for index in levels.indices.reversed() {
      let level = levels[index]
      let coarse = index + 1 < levels.count ? levels[index + 1].iterate : coarsest.iterate
      level.prolong(UnsafePointer(coarse.baseAddress!))
      level.smoother.ascend(UnsafePointer(level.right.baseAddress!), level.iterate.baseAddress!)
    }
  }

  private func solveCoarsest() {
    let right = coarsest.right.baseAddress!, iterate = coarsest.iterate.baseAddress!
    if let coarsestFactor {
      let work = coarsest.work.baseAddress!
      for i in coarsest.right.indices { work[i] = Double(right[i]) }
      coarsestFactor.solve(work)
      for i in coarsest.right.indices { iterate[i] = Float(work[i]) }
    } else if let coarsestSmoother {
      coarsestSmoother.descendFromZero(UnsafePointer(right), iterate)
      coarsestSmoother.ascend(UnsafePointer(right), iterate)
    }
  }
}

/// Right side and iterate of the coarsest level.
private final class CoarsestFields {
  let right: UnsafeMutableBufferPointer<Float>
  let iterate: UnsafeMutableBufferPointer<Float>
  let work: UnsafeMutableBufferPointer<Double>

  init(count: Int) {
    right = .allocate(capacity: count)
    iterate = .allocate(capacity: count)
    work = .allocate(capacity: count)
  }

  deinit {
    right.deallocate()
    iterate.deallocate()
    work.deallocate()
  }
}
