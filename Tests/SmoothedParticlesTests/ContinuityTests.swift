import DifferentiableCore
import TestSupport
import Testing

@testable import SmoothedParticles

@Suite("Continuity scheme")
struct ContinuityTests {
  private func run(_ simulation: ParticleSimulation, at parameters: DenseVector, steps: Int) throws -> DenseVector {
    let rollout = Rollout(simulation, until: .steps(steps))
    var workspace = rollout.makeWorkspace()
    return try rollout.solve(parameters, in: &workspace)
  }

  private func vortices(_ m: Int, precision: ParticlePrecision = .double, shifting: ParticleShifting? = nil)
    -> ParticleSimulation
  {
    ParticleSimulation(
      VortexSample.system(m),
      scheme: ContinuityScheme(soundSpeed: 10, artificialViscosity: 0.1, shifting: shifting),
      numerics: ChannelSample.numerics(spacing: 1 / Double(m), precision: precision),
      fixedTimeStep: 0.02 / Double(m))
  }

  @Test("momentum is kept to round-off", arguments: [nil, ParticleShifting(pairing: 0.2)])
  func momentum(_ shifting: ParticleShifting?) throws {
    let simulation = vortices(8, shifting: shifting)
    let system = simulation.system, n = system.particleCount
    let state = try run(simulation, at: VortexSample.disordered(system), steps: 5)
    for axis in 0..<2 {
      var before = 0.0, after = 0.0, size = 0.0
      for i in 0..<n {
        before += system.masses[i] * system.velocities[2 * i + axis]
        after += system.masses[i] * state[2 * n + 2 * i + axis]
        size += system.masses[i] * abs(state[2 * n + 2 * i + axis])
      }
      #expect(abs(after - before) < 1e-13 * size)
    }
  }

  @Test("one and two threads give the same bits, walls included", arguments: ParticlePrecision.allCases)
  func threads(_ precision: ParticlePrecision) throws {
    let system = ChannelSample.system(along: 8, across: 4, viscosity: 0.1, gravity: [1, -1], lidVelocity: 1)
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: 10),
      numerics: ChannelSample.numerics(spacing: 0.25, precision: precision), fixedTimeStep: 0.005)
    let before = Threads.count
    defer { Threads.limit(to: before) }
    Threads.limit(to: 1)
    let alone = try run(simulation, at: system.parameters, steps: 3)
    Threads.limit(to: 2)
    #expect(try run(simulation, at: system.parameters, steps: 3) == alone)
  }

  @Test("between two walls a column with the pressure of rest stays at rest")
  func hydrostatic() throws {
    let speed = 100.0, gravity = 1.0, step = 1e-4, across = 8
    var system = ChannelSample.system(along: 8, across: across, gravity: [0, -gravity], friction: .freeSlip)
    // The density above by p = c² (ρ - ρ0) = g (1 - y) ρ0.
    system.densities = (0..<system.particleCount).map {
      1 + gravity * (1 - system.positions[2 * $0 + 1]) / (speed * speed)
    }
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: speed, equationOfState: .linear),
      numerics: ParticleNumerics(kernel: .quintic, smoothingLength: 1 / Double(across), precision: .double),
      fixedTimeStep: step)
    let n = system.particleCount
    let state = try run(simulation, at: system.parameters, steps: 1)
    var sideways = 0.0, fall = 0.0, drift = 0.0
    for i in 0..<n {
      sideways = max(sideways, abs(state[2 * n + 2 * i]))
      fall = max(fall, abs(state[2 * n + 2 * i + 1]))
      drift = max(drift, abs(state[4 * n + i] - (system.densities?[i] ?? 0)))
    }
    #expect(sideways < 1e-12)
    #expect(fall < 0.01 * gravity * step, "falls with \(fall / step) m/s^2")
    // The diffusion leaves a fluid at rest alone: what is left is the compression by the fall, which the density feels
    // within the same step. Diffusion of the whole density would leave 1e-7.
    #expect(drift < fall * step * Double(across))
  }

  @Test("a disturbed lattice relaxes to even density")
  func relaxation() throws {
    var system = VortexSample.system(10)
    system.positions = Array(VortexSample.disordered(system).elements[..<200])
    let numerics = ParticleNumerics(kernel: .quintic, smoothingLength: 0.1)
    let relaxed = try system.relaxed(numerics, tolerance: 2e-3)
    let simulation = ParticleSimulation(
      relaxed, scheme: SummationScheme(soundSpeed: 10), numerics: numerics, fixedTimeStep: 1e-6)
    // The density that the simulation itself finds.
    let densities = try run(simulation, at: relaxed.parameters, steps: 1).elements[400...]
    let mean = densities.reduce(0, +) / 100
    let square = densities.reduce(0) { $0 + ($1 / mean - 1) * ($1 / mean - 1) } / 100
    #expect(square.squareRoot() < 2.1e-3)
    let failure = #expect(throws: SolveFailure.self) { try system.relaxed(numerics, tolerance: 1e-9, mostSteps: 1) }
    #expect(failure?.kind == .stalled)
  }

  @Test("renormalized diffusion leaves a density that is linear in space alone, at a free surface too")
  func linearDensity() throws {
    var system = ChannelSample.system(along: 8, across: 6, gravity: [0, 0], hasLid: false)
    system.positions = Array(VortexSample.disordered(system).elements[..<system.positions.count])
    system.densities = (0..<system.particleCount).map { 1 - 0.1 * system.positions[2 * $0 + 1] }
    let n = system.particleCount, step = 1e-7
    func drift(_ diffusion: DensityDiffusion) throws -> Double {
      let simulation = ParticleSimulation(
        system,
        scheme: ContinuityScheme(
          soundSpeed: 1, equationOfState: .linear, artificialViscosity: 0, diffusion: diffusion),
        numerics: ChannelSample.numerics(spacing: 1 / 6.0), fixedTimeStep: step)
      let state = try run(simulation, at: system.parameters, steps: 1)
      return (0..<n).reduce(0.0) { max($0, abs(state[4 * n + $1] - (system.densities?[$1] ?? 0))) } / step
    }
    #expect(try drift(.renormalized) < 0.002 * drift(.plain))
  }

  @Test("single precision follows double")
  func precisions() throws {
    let single = try run(vortices(8, precision: .single), at: VortexSample.disordered(VortexSample.system(8)), steps: 3)
    let double = try run(vortices(8), at: VortexSample.disordered(VortexSample.system(8)), steps: 3)
    #expect((single - double).largestMagnitude < 1e-5)
  }

  @Test("walls with a summed density are refused, not ignored")
  func summation() throws {
    let system = ChannelSample.system(along: 8, across: 4, gravity: [0, -1])
    let simulation = ParticleSimulation(
      system, scheme: SummationScheme(soundSpeed: 10), numerics: ChannelSample.numerics(spacing: 0.25))
    let failure = #expect(throws: SolveFailure.self) { try run(simulation, at: system.parameters, steps: 1) }
    #expect(failure?.kind == .unsupported)
  }

  @Test("the force on a wall where the scheme knows none is refused, not zero")
  func unknownForces() throws {
    let system = ChannelSample.system(along: 8, across: 4, gravity: [0, -1])
    let simulation = ParticleSimulation(
      system, scheme: IncompressibleScheme(extent: .freeSurface, longestTimeStep: 0.01),
      numerics: ChannelSample.numerics(spacing: 0.25))
    let rollout = Rollout(
      simulation, until: .steps(1),
      observers: [ForceOnSolid(on: 0..<system.walls.count, in: simulation, along: [0, 1])])
    var workspace = rollout.makeWorkspace()
    let failure = #expect(throws: SolveFailure.self) {
      try rollout.solve(system.parameters, in: &workspace)
    }
    #expect(failure?.kind == .unsupported)
  }
}
