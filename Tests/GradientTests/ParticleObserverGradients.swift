import Backsolve
import TestSupport
import Testing

extension GradientTable {
  /// Two steps of a fluid in a channel that is shaken along a spline, as the observer sees it at the end or on the way.
  private static func row(
    _ name: String, scheme: ParticleScheme = .continuity(ContinuityScheme(soundSpeed: 5, artificialViscosity: 0.1)),
    _ observe: (ParticleGroup) -> any Observer
  ) -> GradientCase {
    var system: ParticleSystem
    if case .summation = scheme {
      system = VortexSample.system(8)
    } else {
      system = ChannelSample.system(along: 8, across: 4, viscosity: 0.1, gravity: [0.5, -1], lidVelocity: 0.7)
    }
    system.accelerationHistory = AccelerationHistory(
      coefficients: [1, -2, 0.5, 1, 2, 0, -1, 3, 0.5, 0.5, 1, -1], dimension: 2, duration: 0.03)
    let spacing = system.masses[0].squareRoot()
    let simulation = ParticleSimulation(
      system, scheme: scheme, numerics: ChannelSample.numerics(spacing: spacing), integration: .verlet,
      fixedTimeStep: 0.01)
    let rollout = Rollout(
      simulation, until: .steps(2),
      observers: [observe(ParticleGroup(system)), observe(ParticleGroup(system, 3..<11))])
    return observed(name, rollout, at: VortexSample.disordered(system))
  }

  /// The observed numbers alone.
  static func observed(_ name: String, _ rollout: Rollout<ParticleSimulation>, at parameters: DenseVector)
    -> GradientCase
  {
    let first = rollout.stepper.stateBlocks.entryCount
    return GradientCase(
      "particles, observed: \(name)", at: parameters, firstStep: 1e-3,
      image: { parameters in
        var workspace = rollout.makeWorkspace()
        return DenseVector(Array(try rollout.solve(parameters, in: &workspace).elements[first...]))
      },
      pullback: { seed, parameters in
        if seed.isEmpty { return .zero }
        var workspace = rollout.makeWorkspace()
        let linearization = try rollout.linearize(at: parameters, in: &workspace)
        return try linearization.pullback(DenseVector([Double](repeating: 0, count: first) + seed.elements))
      })
  }

  static let particleObservers: [GradientCase] = [
    row("kinetic energy") { KineticEnergy($0) },
    row("kinetic energy over time", scheme: .summation(SummationScheme(soundSpeed: 10))) {
      KineticEnergy($0, .throughout)
    },
    row("mean position") { MeanPosition($0, along: [0.6, 0.8]) },
    row("mean squared distance") { MeanSquaredDistance($0, to: [0.3, 0.4]) },
    row("mass in a box") { MassInBox($0, from: [0.2, -.infinity], to: [1, 0.6], edgeWidth: 0.1, .instant(0.01)) },
    row("momentum") { Momentum($0, along: [0.6, 0.8]) },
    row("splash height") { SplashHeight($0, width: 0.1) },
    row("splash height over time") { ExponentialHeight($0, above: 0.5, width: 0.2) },
    row("mean of landed particles") {
      LandedParticles($0, .mean, along: [1, 0], below: 0.4, edgeWidth: 0.1)
    },
    row("spread of landed particles") {
      LandedParticles($0, .spread, along: [0.6, 0.8], below: 0.4, edgeWidth: 0.1, .instant(0.01))
    },
    row("mixing") { group in
      DyeVariance(group.system, dyed: 3..<14, resolution: 0.3)
    },
    row("transport distance") {
      TransportDistance($0, to: [0.3, 0.4, 0.9, 0.2, 1.2, 0.7], blur: 0.2, tolerance: 1e-11)
    },
  ]

  @Test(arguments: particleObservers)
  func particleObserver(_ row: GradientCase) throws { try row.check() }
}
