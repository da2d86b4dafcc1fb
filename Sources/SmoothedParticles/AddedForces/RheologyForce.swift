/// The friction of a fluid that is not Newtonian on an arena: gradients of the velocity among fluid, exact for linear
/// ones at walls and surfaces too, viscosities, and the forces; and back.
final class RheologyForce<L: PairLanes, D: SpaceDimension> {
  typealias Scalar = L.Scalar

  private let arena: PairArena<L, D>
  private let rheology: Rheology
  private let start: Int
  private let walls: WallFields<Scalar>?
  private let mirrored: SortedVectors<Scalar>
  private let grip: SortedField<Scalar>
  private let viscosity: SortedField<Scalar>
  private let viscositySeed: SortedField<Scalar>
  /// ∇ of each component of the velocity, 1/s.
  private let gradients: [SortedVectors<Scalar>]
  private let gradientSeeds: [SortedVectors<Scalar>]
  private let inverses: SymmetricMatrices<Scalar>
  private let seed: SortedVectors<Scalar>
  private let seeds: ContinuitySeeds<Scalar>
  /// Zeros: a pressure that nothing reads, and what comes back for it.
  private let nothing: SortedField<Scalar>

  init?(_ arena: PairArena<L, D>) {
    guard let start = arena.offsets.rheology, let rheology = arena.system.fluid.rheology else { return nil }
    self.arena = arena
    self.rheology = rheology
    self.start = start
    let count = arena.count, dimension = arena.dimension
    walls = arena.system.walls.count > 0 ? WallFields(count: count, dimension: dimension) : nil
    mirrored = SortedVectors(count: count, dimension: dimension)
    grip = SortedField(count: count)
    viscosity = SortedField(count: count)
    viscositySeed = SortedField(count: count)
    gradients = (0..<dimension).map { _ in SortedVectors(count: count, dimension: dimension) }
    gradientSeeds = (0..<dimension).map { _ in SortedVectors(count: count, dimension: dimension) }
    inverses = SymmetricMatrices(count: count, dimension: dimension)
    seed = SortedVectors(count: count, dimension: dimension)
    seeds = ContinuitySeeds(count: count, dimension: dimension)
    nothing = SortedField(count: count)
    nothing.pointer.update(repeating: 0, count: count)
  }

  private func component(_ vectors: SortedVectors<Scalar>, _ axis: Int) -> SortedField<Scalar> {
    [vectors.x, vectors.y, vectors.z][axis]
  }

  /// 2 D_ab at a place, 1/s.
  private func twiceStrain(_ place: Int, _ a: Int, _ b: Int) -> Double {
    Double(component(gradients[a], b).pointer[place]) + Double(component(gradients[b], a).pointer[place])
  }

  /// γ̇ at a place, 1/s.
  private func shearRate(_ place: Int) -> Double {
    var square = rheology.leastShearRate * rheology.leastShearRate
    for a in 0..<arena.dimension {
      for b in 0..<arena.dimension {
        let twice = twiceStrain(place, a, b)
        square += twice * twice / 2
      }
    }
    return square.squareRoot()
  }

  /// The law with the constants of the parameters.
  private func law(_ parameters: UnsafePointer<Double>) -> Rheology {
    var law = rheology
    law.consistency = parameters[start]
    law.exponent = parameters[start + 1]
    law.yieldStress = parameters[start + 2]
    return law
  }

  private func prepare(_ law: Rheology) {
    let count = arena.count, isNoSlip = arena.system.walls.friction == .noSlip
    for axis in 0..<arena.dimension {
      arena.grid.sweep(
        arena.sortedPositions,
        DensityGradient<L, D>(
          kernel: arena.kernel, volume: arena.fluidVolume.values, excess: component(arena.velocity, axis).values,
          gradient: gradients[axis], inverses: inverses))
    }
    mirrored.copy(arena.velocity, count: count)
    walls?.extrapolate(
      arena.grid, arena.sortedPositions, arena.kernel, gravity: LaneVector<L, D>.zero,
      restDensity: arena.system.fluid.restDensity, velocity: arena.velocity, excess: nothing, pressure: nothing,
      fluid: arena.fluid)
    for s in 0..<count {
      if arena.fluid.pointer[s] > 0 {
        grip.pointer[s] = 1
        viscosity.pointer[s] = Scalar(law.viscosity(shearRate(s)))
      } else {
        grip.pointer[s] = isNoSlip ? 1 : 0
        viscosity.pointer[s] = 0
        for gradient in gradients {
          gradient.x.pointer[s] = 0
          gradient.y.pointer[s] = 0
          if arena.dimension > 2 { gradient.z.pointer[s] = 0 }
        }
        if isNoSlip { walls?.mirror(arena.velocity, into: mirrored, at: s) }
      }
    }
  }

  /// Adds to the accelerations of the fluid, on an arena that was placed.
  func add(_ parameters: UnsafePointer<Double>, to accelerations: UnsafeMutablePointer<Double>) {
    prepare(law(parameters))
    arena.grid.sweep(
      arena.sortedPositions,
      VariableFriction<L, D>(
        kernel: arena.kernel, volume: arena.volume.values, fluid: arena.fluid.values, grip: grip.values,
        viscosity: viscosity.values, velocity: mirrored, force: arena.force))
    arena.scatterForce(adding: accelerations)
  }

  /// Adds to the arena's seeds and the gradient what the seed in `arena.force` is worth.
  func pull(_ parameters: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) {
    let law = law(parameters), count = arena.count, dimension = arena.dimension
    prepare(law)
    seed.copy(arena.force, count: count)
    seeds.velocity.clear(count: count)
    for field in [seeds.density, seeds.pressure, seeds.volume] { field.pointer.update(repeating: 0, count: count) }
    arena.grid.sweep(
      arena.sortedPositions,
      VariableFrictionAdjoint<L, D>(
        kernel: arena.kernel, volume: arena.volume.values, fluid: arena.fluid.values, grip: grip.values,
        viscosity: viscosity.values, velocity: mirrored, seed: seed, positionSeed: seeds.position,
        velocitySeed: seeds.mirrored, viscositySeed: viscositySeed.pointer))
    walls?.pull(
      arena.grid, arena.sortedPositions, arena.kernel, gravity: LaneVector<L, D>.zero,
      restDensity: arena.system.fluid.restDensity, velocity: arena.velocity, excess: nothing, pressure: nothing,
      fluid: arena.fluid, mirrors: arena.system.walls.friction == .noSlip, seeds: seeds)
    seeds.velocity.add(seeds.mirrored, times: 1, count: count)
    for seed in gradientSeeds { seed.clear(count: count) }
    for s in 0..<count where arena.fluid.pointer[s] > 0 {
      let rate = shearRate(s), slopes = law.slopes(rate), worth = Double(viscositySeed.pointer[s])
      for (k, slope) in slopes.constants.enumerated() { gradient[start + k] += worth * slope }
      // dγ̇/d(∂v_a/∂x_b) = 2 D_ab/γ̇
      for a in 0..<dimension {
        for b in 0..<dimension {
          component(gradientSeeds[a], b).pointer[s] = Scalar(worth * slopes.rate * twiceStrain(s, a, b) / rate)
        }
        inverses.multiply(gradientSeeds[a], at: s)
      }
    }
    for axis in 0..<dimension {
      arena.grid.sweep(
        arena.sortedPositions,
        DensityGradientAdjoint<L, D>(
          kernel: arena.kernel, volume: arena.fluidVolume.values, excess: component(arena.velocity, axis).values,
          gradient: gradients[axis], seed: gradientSeeds[axis], positionSeed: seeds.position,
          densitySeed: component(seeds.velocity, axis).pointer, volumeSeed: seeds.volume.pointer))
    }
    arena.positionSeed.add(seeds.position, times: 1, count: count)
    arena.velocitySeed.add(seeds.velocity, times: 1, count: count)
  }
}
