import DifferentiableCore

/// Forces that a fluid's constants ask for and that every scheme takes alike, added to the accelerations that the scheme
/// finds itself: surface tension, and the friction of fluids that are not Newtonian.
///
/// They sort anew, which a scheme without them does not pay for.
final class AddedForces<L: PairLanes, D: SpaceDimension> {
  private let arena: PairArena<L, D>
  private let tension: SurfaceTensionForce<L, D>?
  private let friction: RheologyForce<L, D>?

  /// Nil where the fluid asks for none.
  init?(_ system: ParticleSystem, _ numerics: ParticleNumerics) {
    guard system.fluid.surfaceTension != nil || system.fluid.rheology != nil else { return nil }
    arena = PairArena(system, numerics)
    tension = SurfaceTensionForce(arena)
    friction = RheologyForce(arena)
  }

  /// Adds to the accelerations `[fluidCount, dimension]` at a state `[position | velocity]`.
  func add(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    to accelerations: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try arena.place(state, parameters, time: time)
    tension?.add(parameters, to: accelerations)
    friction?.add(parameters, to: accelerations)
  }

  /// Adds to `stateSeed` and `gradient` what a seed on the accelerations is worth.
  func pull(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    seed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try arena.place(state, parameters, time: time)
    arena.positionSeed.clear(count: arena.count)
    arena.velocitySeed.clear(count: arena.count)
    arena.gatherSeed(seed)
    tension?.pull(parameters, gradient: gradient)
    friction?.pull(parameters, gradient: gradient)
    arena.scatterSeeds(parameters, into: stateSeed, gradient, time: time)
  }
}
