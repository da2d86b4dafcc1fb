import DifferentiableCore

extension ParticleSystem {
  /// The same system with its particles spread evenly over what they fill: shifted until the summed densities differ from
  /// their mean by less than a tolerance, root mean square.
  ///
  /// A start for flows that fill a periodic box; on a lattice particles fall into rows, which real flows do not have.
  ///
  /// - Parameters:
  ///   - numerics: the kernel; the sums are taken in double precision.
  ///   - tolerance: relative to the mean density.
  ///   - mostSteps: before the attempt is given up with `.stalled`.
  /// - Returns: the system, with the velocities as they were.
  public func relaxed(_ numerics: ParticleNumerics, tolerance: Double = 1e-3, mostSteps: Int = 2000)
    throws(SolveFailure) -> ParticleSystem
  {
    dimension == 3
      ? try relaxed(numerics, tolerance: tolerance, mostSteps: mostSteps, in: Space.self)
      : try relaxed(numerics, tolerance: tolerance, mostSteps: mostSteps, in: Plane.self)
  }

  private func relaxed<D: SpaceDimension>(
    _ numerics: ParticleNumerics, tolerance: Double, mostSteps: Int, in space: D.Type
  ) throws(SolveFailure) -> ParticleSystem {
    let count = particleCount, dimension = dimension, h = numerics.smoothingLength
    let grid = CellGrid(box: box, support: numerics.support)
    let kernel = KernelLanes<PairDoubles>(numerics.kernel, smoothingLength: h, dimension: dimension)
    let position = SortedVectors<Double>(count: count, dimension: dimension)
    let shift = SortedVectors<Double>(count: count, dimension: dimension)
    let mass = SortedField<Double>(count: count), density = SortedField<Double>(count: count)
    let volume = SortedField<Double>(count: count), fluid = SortedField<Double>(count: count)
    var places = positions, spread = Double.infinity
    // One step moves a particle by half of h² ∇(Σ V W), below what would overshoot.
    let weights = ShiftWeights<PairDoubles>(kernel: kernel, factor: -0.5 * h * h, pairing: 0)
    for _ in 0...mostSteps {
      try places.withUnsafeMutableBufferPointer { (buffer) throws(SolveFailure) in
        let places = buffer.baseAddress!
        box.wrap(places, count: count)
        try grid.sort(places, count: count)
        grid.order.withUnsafeBufferPointer { order in
          position.gather(places, order: order.baseAddress!, count: count, dimension: dimension, origin: box.lower)
        }
        for s in 0..<count {
          mass.pointer[s] = masses[Int(grid.order[s])]
          volume.pointer[s] = mass.pointer[s] / self.fluid.restDensity
        }
        let sorted = SortedPositions<PairDoubles>(
          x: position.x.values, y: position.y.values, z: position.z.values)
        grid.sweep(
          sorted, SummationDensity<PairDoubles, D>(kernel: kernel, mass: mass.values, density: density.pointer))
        var mean = 0.0, square = 0.0
        for s in 0..<count { mean += density.pointer[s] / Double(count) }
        for s in 0..<count { square += (density.pointer[s] / mean - 1) * (density.pointer[s] / mean - 1) }
        spread = (square / Double(count)).squareRoot()
        if spread < tolerance { return }
        grid.sweep(
          sorted,
          ShiftVelocity<PairDoubles, D>(
            weights: weights, volume: volume.values, fluid: fluid.values, shift: shift))
        grid.order.withUnsafeBufferPointer { order in
          shift.scatter(adding: places, order: order.baseAddress!, count: count, dimension: dimension)
        }
      }
      if spread < tolerance {
        var system = self
        system.positions = places
        return system
      }
    }
    throw SolveFailure(.stalled, "the particles' density still differs by \(spread) of its mean")
  }
}
