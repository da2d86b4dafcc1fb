/// The sorted fields of `ParticleShifting` and of its adjoint.
final class ShiftFields<L: PairLanes, D: SpaceDimension> {
  typealias Scalar = L.Scalar

  private let count: Int
  private let kernel: KernelLanes<L>
  private let weights: ShiftWeights<L>
  private let restDensity: Double
  private let volume: SortedField<Scalar>
  private let fluid: SortedField<Scalar>
  private let shift: SortedVectors<Scalar>
  /// By the momentum carried along, m/s².
  let acceleration: SortedVectors<Scalar>
  private let shiftSeed: SortedVectors<Scalar>

  /// - Parameters:
  ///   - spacing: of the particles, m.
  ///   - count: of fluid and wall particles.
  init(
    _ shifting: ParticleShifting, _ numerics: ParticleNumerics, soundSpeed: Double, restDensity: Double,
    spacing: Double, count: Int, dimension: Int
  ) {
    self.count = count
    self.restDensity = restDensity
    let h = numerics.smoothingLength
    kernel = KernelLanes(numerics.kernel, smoothingLength: h, dimension: dimension)
    let beside = numerics.kernel.evaluate(spacing, smoothingLength: h, dimension: dimension).value
    let fourth = beside * beside * beside * beside
    weights = ShiftWeights(
      kernel: kernel, factor: Scalar(-shifting.strength * h * soundSpeed),
      pairing: fourth > 0 ? Scalar(shifting.pairing / fourth) : 0)
    volume = SortedField(count: count)
    fluid = SortedField(count: count)
    shift = SortedVectors(count: count, dimension: dimension)
    acceleration = SortedVectors(count: count, dimension: dimension)
    shiftSeed = SortedVectors(count: count, dimension: dimension)
  }

  /// Finds how fast the particles shift.
  ///
  /// - Parameters:
  ///   - grid: sorted.
  ///   - positions: in its order.
  ///   - masses: one a particle, the fluid's first, kg.
  ///   - fluidCount: how many of them shift.
  func find(_ grid: CellGrid, _ positions: SortedPositions<L>, masses: [Double], fluidCount: Int) {
    for s in 0..<count {
      let i = Int(grid.order[s])
      volume.pointer[s] = Scalar(masses[i] / restDensity)
      fluid.pointer[s] = i < fluidCount ? 1 : 0
    }
    grid.sweep(
      positions,
      ShiftVelocity<L, D>(weights: weights, volume: volume.values, fluid: fluid.values, shift: shift))
  }

  /// Writes w to the rates of position.
  func store(_ grid: CellGrid, into rates: UnsafeMutablePointer<Double>, dimension: Int) {
    for s in 0..<count where fluid.pointer[s] > 0 {
      let p = rates + Int(grid.order[s]) &* dimension
      p[0] = Double(shift.x.pointer[s])
      if dimension > 1 { p[1] = Double(shift.y.pointer[s]) }
      if dimension > 2 { p[2] = Double(shift.z.pointer[s]) }
    }
  }

  func carry(_ grid: CellGrid, _ positions: SortedPositions<L>, velocity: SortedVectors<Scalar>) {
    grid.sweep(
      positions,
      ShiftedMomentum<L, D>(
        kernel: kernel, volume: volume.values, fluid: fluid.values, velocity: velocity, shift: shift,
        acceleration: acceleration))
  }

  /// Adds to the seeds on positions and velocities what the seeds on w and on the acceleration are worth.
  ///
  /// - Parameters:
  ///   - grid: sorted.
  ///   - positions: in its order.
  ///   - velocity: in its order.
  ///   - rateSeed: on the rates of position, in the order before sorting; nil where they are not seeded.
  ///   - seed: on the acceleration over the mass, sorted; nil where it is not seeded.
  ///   - positionSeed: added to.
  ///   - velocitySeed: added to.
  ///   - dimension: of space.
  func pull(
    _ grid: CellGrid, _ positions: SortedPositions<L>, velocity: SortedVectors<Scalar>,
    rateSeed: UnsafePointer<Double>?, seed: SortedVectors<Scalar>?, positionSeed: SortedVectors<Scalar>,
    velocitySeed: SortedVectors<Scalar>, dimension: Int
  ) {
    for s in 0..<count {
      var found: (Scalar, Scalar, Scalar) = (0, 0, 0)
      if fluid.pointer[s] > 0, let rateSeed {
        let p = rateSeed + Int(grid.order[s]) &* dimension
        found = (Scalar(p[0]), dimension > 1 ? Scalar(p[1]) : 0, dimension > 2 ? Scalar(p[2]) : 0)
      }
      shiftSeed.x.pointer[s] = found.0
      shiftSeed.y.pointer[s] = found.1
      if dimension > 2 { shiftSeed.z.pointer[s] = found.2 }
    }
    if let seed {
      grid.sweep(
        positions,
        ShiftedMomentumAdjoint<L, D>(
          kernel: kernel, restDensity: Scalar(restDensity), volume: volume.values, velocity: velocity, shift: shift,
          seed: seed, positionSeed: positionSeed, velocitySeed: velocitySeed, shiftSeed: shiftSeed))
      // Walls do not shift.
      for s in 0..<count where fluid.pointer[s] == 0 {
        shiftSeed.x.pointer[s] = 0
        shiftSeed.y.pointer[s] = 0
        if dimension > 2 { shiftSeed.z.pointer[s] = 0 }
      }
    }
    grid.sweep(
      positions,
      ShiftVelocityAdjoint<L, D>(
        weights: weights, volume: volume.values, seed: shiftSeed, positionSeed: positionSeed))
  }
}
