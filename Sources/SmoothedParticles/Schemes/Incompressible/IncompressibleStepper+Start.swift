import DifferentiableCore

/// What a `PressureStart` sees and gives, in the order of the state, and how it gets into sorted order.
extension IncompressibleStepper {
  /// Puts a start into sorted order; false where there is none that serves.
  func begin(_ x: Vector, at start: DenseVector, isBounded: Bool) -> Bool {
    guard start.count == fluidCount, start.isFinite else { return false }
    sort(start, into: x)
    if isBounded { for s in 0..<count { x[s] = max(x[s], 0) } }
    removeMean(x)
    return true
  }

  /// The system of a solve, for a `PressureStart`.
  func pressureSystem(_ solve: PressureSystem.Solve, _ limits: PressureSolver.Limits, step dt: Double)
    -> PressureSystem
  {
    findDiagonal()
    let total = count * dimension
    return PressureSystem(
      solve: solve, timeStep: dt, dimension: dimension, rightSide: unsorted(rightSide), diagonal: unsorted(mu),
      isBounded: scheme.extent == .freeSurface, tolerance: limits.tolerance,
      allPositions: Array(UnsafeBufferPointer(start: particles.positions, count: total)),
      masses: particles.masses.map { $0 / crowding }, give: give, numerics: numerics, box: system.box,
      hasBodies: bodies != nil
    ) { [self] x in
      let vectors = Vector.allocate(capacity: 2 * count)
      defer { vectors.deallocate() }
      vectors.initialize(repeating: 0, count: 2 * count)
      sort(x, into: vectors)
      applyOperator(vectors, vectors + count)
      return unsorted(vectors + count)
    }
  }

  /// One number for each particle of fluid, into sorted order, zero at solids.
  private func sort(_ values: DenseVector, into x: Vector) {
    for s in 0..<count {
      let i = Int(grid.order[s])
      x[s] = i < fluidCount ? values[i] : 0
    }
  }

  /// From sorted order to one number for each particle of fluid.
  func unsorted(_ x: Vector) -> DenseVector {
    var values = DenseVector(zeros: fluidCount)
    for s in 0..<count {
      let i = Int(grid.order[s])
      if i < fluidCount { values[i] = x[s] }
    }
    return values
  }
}
