import LinearSolvers

extension PressureSystem {
  /// The operator as a matrix, for studies of solvers: the sweeps over pairs of a step never need it.
  ///
  /// With C_k the row of velocities that multipliers give particle k, A = Σ_k m_k C_kᵀ C_k + σ. Without the projection that
  /// takes the mean away where the fluid fills its container.
  ///
  /// - Throws: Where rigid bodies take part: theirs is a dense part.
  public func matrix() throws(SolveFailure) -> SymmetricSparseMatrix {
    guard !hasBodies else {
      throw SolveFailure(.unsupported, "the pressure's matrix is for fluid and walls, and here are rigid bodies")
    }
    let n = rightSide.count
    var own = [SIMD3<Double>](repeating: .zero, count: n)
    var others = [[(particle: Int, slope: SIMD3<Double>)]](repeating: [], count: n)
    forEachPair { i, j, slope in
      if i < n {
        own[i] += masses[j] * slope
        if j < n { others[i].append((j, slope)) }
      }
      if j < n {
        own[j] -= masses[i] * slope
        if i < n { others[j].append((i, -slope)) }
      }
    }
    for k in 0..<n { own[k] /= masses[k] }
    var starts: [Int32] = [0], rows: [Int32] = [], values: [Double] = []
    var sums = [Double](repeating: 0, count: n)
    var isTouched = [Bool](repeating: false, count: n)
    for column in 0..<n {
      var touched: [Int] = []
      func add(_ k: Int, _ coefficient: SIMD3<Double>) {
        let weighted = masses[k] * coefficient
        for (row, slope) in [(k, own[k])] + others[k] where row >= column {
          if !isTouched[row] {
            isTouched[row] = true
            touched.append(row)
          }
          sums[row] += (weighted * slope).sum()
        }
      }
      add(column, own[column])
      // ∇W is antisymmetric.
      for (k, slope) in others[column] { add(k, -slope) }
      touched.sort()
      for row in touched {
        rows.append(Int32(row))
        values.append(sums[row] + (row == column ? give : 0))
        sums[row] = 0
        isTouched[row] = false
      }
      starts.append(Int32(rows.count))
    }
    return SymmetricSparseMatrix(pattern: SparsePattern(columnStarts: starts, rows: rows), values: values)
  }

  /// Calls `body` with i, j and ∇_i W_ij for each pair within the support of which one is fluid.
  private func forEachPair(_ body: (Int, Int, SIMD3<Double>) -> Void) {
    let n = rightSide.count, support = numerics.support
    let points = masses.indices.map { i in
      SIMD3(
        allPositions[i * dimension], dimension > 1 ? allPositions[i * dimension + 1] : 0,
        dimension > 2 ? allPositions[i * dimension + 2] : 0)
    }
    let order = points.indices.sorted { (points[$0].x, $0) < (points[$1].x, $1) }
    for (place, i) in order.enumerated() {
      for j in order[(place + 1)...] {
        if !box.isPeriodic[0] && points[j].x - points[i].x >= support { break }
        if i >= n && j >= n { continue }
        var e = points[i] - points[j]
        for axis in 0..<dimension where box.isPeriodic[axis] {
          e[axis] -= (e[axis] / box.length(axis)).rounded() * box.length(axis)
        }
        let r = (e * e).sum().squareRoot()
        if r >= support || r == 0 { continue }
        let slope = numerics.kernel.evaluate(r, smoothingLength: numerics.smoothingLength, dimension: dimension).slope
        body(i, j, slope / r * e)
      }
    }
  }
}
