import DifferentiableCore
import Foundation
import TestSupport
import Testing

@testable import SmoothedParticles

@Suite("Added forces")
struct AddedForceTests {
  /// A disordered patch of fluid in the open, turning and stretching.
  private func patch(_ m: Int, _ fluid: FluidPhase) -> ParticleSystem {
    var system = VortexSample.system(m)
    system.box = ParticleBox(lower: [-1, -1], upper: [2, 2], isPeriodic: [false, false])
    system.fluid = fluid
    system.positions = Array(VortexSample.disordered(system).elements[..<(2 * m * m)])
    for i in 0..<m * m {
      let x = system.positions[2 * i] - 0.5, y = system.positions[2 * i + 1] - 0.5
      system.velocities[2 * i] = 0.5 * x - 0.3 * y + 0.2
      system.velocities[2 * i + 1] = 0.3 * x - 0.5 * y + 0.7 * x * y
    }
    return system
  }

  private func simulations(_ system: ParticleSystem) -> [ParticleSimulation] {
    let numerics = ChannelSample.numerics(spacing: system.masses[0].squareRoot())
    // Whose pairs pull aside, and yet turn nothing.
    var corrected = ContinuityScheme(soundSpeed: 10, artificialViscosity: 0.1)
    corrected.correctsGradients = true
    return [
      ParticleSimulation(
        system, scheme: SummationScheme(soundSpeed: 10), numerics: numerics, fixedTimeStep: 0.002),
      ParticleSimulation(
        system, scheme: ContinuityScheme(soundSpeed: 10, artificialViscosity: 0.1), numerics: numerics,
        fixedTimeStep: 0.002),
      ParticleSimulation(
        system, scheme: IncompressibleScheme(extent: .freeSurface, longestTimeStep: 1), numerics: numerics,
        fixedTimeStep: 0.005),
      ParticleSimulation(system, scheme: corrected, numerics: numerics, fixedTimeStep: 0.002),
    ]
  }

  private func run(_ simulation: ParticleSimulation, steps: Int) throws -> DenseVector {
    let rollout = Rollout(simulation, until: .steps(steps))
    var workspace = rollout.makeWorkspace()
    return try rollout.solve(simulation.system.parameters, in: &workspace)
  }

  /// Momentum along both axes and angular momentum about the origin.
  private func momenta(_ state: ArraySlice<Double>, _ system: ParticleSystem) -> [Double] {
    let n = system.particleCount, s = state.startIndex
    return (0..<n).reduce(into: [0.0, 0.0, 0.0]) { sums, i in
      let x = state[s + 2 * i], y = state[s + 2 * i + 1], mass = system.masses[i]
      let u = state[s + 2 * n + 2 * i], v = state[s + 2 * n + 2 * i + 1]
      sums[0] += mass * u
      sums[1] += mass * v
      sums[2] += mass * (x * v - y * u)
    }
  }

  @Test("linear momentum is kept to round-off with every force, by every scheme")
  func momentum() throws {
    let fluid = FluidPhase(
      restDensity: 1, viscosity: 0.01, surfaceTension: SurfaceTension(cohesion: 0.5, area: 0.3),
      rheology: Rheology(consistency: 0.02, exponent: 0.7, yieldStress: 0.01, leastShearRate: 0.2))
    for simulation in simulations(patch(7, fluid)) {
      let system = simulation.system
      let before = momenta(system.parameters.elements[...], system)
      let after = momenta(try run(simulation, steps: 3).elements[...], system)
      for axis in 0..<2 { #expect(abs(after[axis] - before[axis]) < 1e-14, "\(simulation.scheme)") }
      // Friction and differences of normals are not central.
      #expect(abs(after[2] - before[2]) > 1e-9)
    }
  }

  @Test("angular momentum is kept to round-off by cohesion, pressure and artificial viscosity")
  func angularMomentum() throws {
    let fluid = FluidPhase(restDensity: 1, surfaceTension: SurfaceTension(cohesion: 0.5))
    for simulation in simulations(patch(7, fluid)) {
      let system = simulation.system
      let before = momenta(system.parameters.elements[...], system)
      let after = momenta(try run(simulation, steps: 3).elements[...], system)
      #expect(abs(after[2] - before[2]) < 1e-14, "\(simulation.scheme)")
    }
  }

  @Test("the spline of cohesion has its slope, its ends and its tension")
  func spline() {
    let spline = CohesionSpline<PairDoubles>(support: 2, dimension: 2)
    func value(_ r: Double) -> Double { spline.value(.broadcast(r)).v[0] }
    for r in [0.3, 0.9, 0.99, 1.01, 1.5, 1.9] {
      let slope = (value(r + 1e-6) - value(r - 1e-6)) / 2e-6
      #expect(abs(slope - spline.slope(.broadcast(r)).v[0]) < 1e-7)
    }
    #expect(value(2) == 0 && value(2.5) == 0 && value(0.5) < 0 && value(1.5) > 0)
    // Half the work that parts the plane.
    let tension = (0..<4000).reduce(0.0) { sum, k in
      let r = (Double(k) + 0.5) * 2 / 4000
      return sum + value(r) * r * r * r / 3 * 2 / 4000
    }
    #expect(abs(tension - 1) < 1e-6)
  }

  @Test("an oval of fluid is pulled round")
  func oval() throws {
    var system = patch(8, FluidPhase(restDensity: 1, surfaceTension: SurfaceTension(cohesion: 1, area: 1)))
    for i in 0..<system.particleCount {
      system.positions[2 * i] = 0.5 + 1.25 * (system.positions[2 * i] - 0.5)
      system.positions[2 * i + 1] = 0.5 + 0.8 * (system.positions[2 * i + 1] - 0.5)
    }
    system.velocities = system.velocities.map { _ in 0 }
    let n = system.particleCount
    let state = try run(simulations(system)[2], steps: 4)
    // The long axis shortens, the short one grows.
    var inward = [0.0, 0.0]
    for i in 0..<n { for axis in 0..<2 { inward[axis] -= (state[2 * i + axis] - 0.5) * state[2 * n + 2 * i + axis] } }
    #expect(inward[0] > 0 && inward[0] > inward[1], "\(inward)")
  }

  @Test("the slopes of a rheology are those of its viscosity")
  func slopes() {
    let law = Rheology(consistency: 0.7, exponent: 0.6, yieldStress: 0.3, stressGrowth: 2, leastShearRate: 0.1)
    let rate = 1.7, slopes = law.slopes(rate), step = 1e-6
    #expect(abs((law.viscosity(rate + step) - law.viscosity(rate - step)) / (2 * step) - slopes.rate) < 1e-9)
    for (k, path) in [\Rheology.consistency, \.exponent, \.yieldStress].enumerated() {
      var more = law, less = law
      more[keyPath: path] += step
      less[keyPath: path] -= step
      #expect(abs((more.viscosity(rate) - less.viscosity(rate)) / (2 * step) - slopes.constants[k]) < 1e-9)
    }
    #expect(abs(law.viscosity(rate) * rate - (0.7 * pow(rate, 0.6) + 0.3 * (1 - exp(-2 * rate)))) < 1e-12)
  }

  /// A channel from wall to wall that begins with its exact profile, and its relative error after a while.
  private func channelError(
    across: Int, _ rheology: Rheology, pull: Double, profile: (Double) -> Double, time: Double
  ) throws -> Double {
    var system = ChannelSample.system(along: 8, across: across, gravity: [pull, 0])
    system.fluid.rheology = rheology
    let n = system.particleCount
    for i in 0..<n { system.velocities[2 * i] = profile(system.positions[2 * i + 1] - 0.5) }
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: 10, artificialViscosity: 0),
      numerics: ChannelSample.numerics(spacing: 1 / Double(across)))
    let rollout = Rollout(simulation, until: .time(time, mostSteps: 100_000))
    var workspace = rollout.makeWorkspace()
    let state = try rollout.solve(system.parameters, in: &workspace)
    var error = 0.0, size = 0.0
    for i in 0..<n {
      let exact = profile(state[2 * i + 1] - 0.5), found = state[2 * n + 2 * i]
      error += (found - exact) * (found - exact)
      size += exact * exact
    }
    return (error / size).squareRoot()
  }

  /// n/(n+1) (G/K)^(1/n) [(H/2)^(1+1/n) - |y|^(1+1/n)], here for n = 1/2 and a fastest speed of one.
  private static func thinning(_ y: Double) -> Double { 1 - 8 * abs(y * y * y) }

  @Test("the profile of a thinning fluid between walls stays")
  func thinningChannel() throws {
    let law = Rheology(consistency: 1, exponent: 0.5, leastShearRate: 0.5)
    let error = try channelError(
      across: 8, law, pull: 24.0.squareRoot(), profile: Self.thinning, time: 0.05)
    // 2.9 % with so few particles across.
    #expect(error < 0.04, "\(error)")
  }
}
