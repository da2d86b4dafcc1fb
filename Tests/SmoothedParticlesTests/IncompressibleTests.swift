import DifferentiableCore
import TestSupport
import Testing

@testable import SmoothedParticles

@Suite("Incompressible scheme")
struct IncompressibleTests {
  private func run(_ simulation: ParticleSimulation, at parameters: DenseVector, steps: Int) throws -> DenseVector {
    let rollout = Rollout(simulation, until: .steps(steps))
    var workspace = rollout.makeWorkspace()
    return try rollout.solve(parameters, in: &workspace)
  }

  private func vortices(
    _ m: Int, precision: ParticlePrecision = .double, tolerance: Double = 1e-4, maxIterations: Int = 1000
  ) -> ParticleSimulation {
    ParticleSimulation(
      VortexSample.system(m),
      scheme: IncompressibleScheme(
        extent: .filled, longestTimeStep: 0.01, shiftingSpeed: 1, densityTolerance: tolerance,
        divergenceTolerance: tolerance, maxIterations: maxIterations),
      numerics: ChannelSample.numerics(spacing: 1 / Double(m), precision: precision), fixedTimeStep: 0.01)
  }

  @Test("momentum is kept to round-off")
  func momentum() throws {
    let simulation = vortices(8)
    let system = simulation.system, n = system.particleCount
    let state = try run(simulation, at: VortexSample.disordered(system), steps: 3)
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

  @Test("one and two threads give the same bits, forward and back", arguments: ParticlePrecision.allCases)
  func threads(_ precision: ParticlePrecision) throws {
    let system = ChannelSample.system(along: 8, across: 4, viscosity: 0.1, gravity: [1, -1], hasLid: false)
    let simulation = ParticleSimulation(
      system, scheme: IncompressibleScheme(extent: .freeSurface, longestTimeStep: 0.01),
      numerics: ChannelSample.numerics(spacing: 0.25, precision: precision), fixedTimeStep: 0.01)
    let rollout = Rollout(simulation, until: .steps(2))
    func both() throws -> [DenseVector] {
      var workspace = rollout.makeWorkspace()
      let linearization = try rollout.linearize(at: VortexSample.disordered(system), in: &workspace)
      return [linearization.state, try linearization.pullback(linearization.state)]
    }
    let before = Threads.count
    defer { Threads.limit(to: before) }
    Threads.limit(to: 1)
    let alone = try both()
    Threads.limit(to: 2)
    #expect(try both() == alone)
  }

  @Test("the density under a free surface stays within a thousandth")
  func density() throws {
    let system = ChannelSample.system(along: 8, across: 8, gravity: [0, -1], hasLid: false, friction: .freeSlip)
    let simulation = ParticleSimulation(
      system, scheme: IncompressibleScheme(extent: .freeSurface, longestTimeStep: 0.01),
      numerics: ChannelSample.numerics(spacing: 0.125), fixedTimeStep: 0.01)
    let n = system.particleCount
    let state = try run(simulation, at: system.parameters, steps: 5)
    let excess = (0..<n).reduce(0) { $0 + max(state[4 * n + $1] - 1, 0) } / Double(n)
    #expect(excess < 1e-3, "\(excess)")
  }

  @Test("the velocity after a step is free of divergence")
  func divergence() throws {
    let simulation = vortices(8, tolerance: 1e-8), dt = 0.01
    let n = simulation.system.particleCount, numerics = simulation.numerics
    let state = try run(simulation, at: VortexSample.disordered(simulation.system), steps: 2)
    var rates = [Double](repeating: 0, count: n)
    for i in 0..<n {
      for j in 0..<n where i != j {
        var e = [0.0, 0.0], square = 0.0, approach = 0.0
        for axis in 0..<2 {
          e[axis] = state[2 * i + axis] - state[2 * j + axis]
          e[axis] -= e[axis].rounded()
          square += e[axis] * e[axis]
          approach += e[axis] * (state[2 * n + 2 * i + axis] - state[2 * n + 2 * j + axis])
        }
        let r = square.squareRoot()
        rates[i] +=
          simulation.system.masses[j] * approach / r
          * numerics.kernel.evaluate(r, smoothingLength: numerics.smoothingLength, dimension: 2).slope
      }
    }
    // Pressures are known but for their mean, and so is the divergence.
    let mean = rates.reduce(0, +) / Double(n)
    let error = (rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n)).squareRoot()
    #expect(error * dt < 1e-5, "\(error)")
    #expect(abs(mean) * dt < 1e-3, "\(mean)")
  }

  @Test("a solve that does not converge says what was tried")
  func stalls() throws {
    let simulation = vortices(8, tolerance: 1e-10, maxIterations: 2)
    let failure = #expect(throws: SolveFailure.self) {
      try run(simulation, at: VortexSample.disordered(simulation.system), steps: 1)
    }
    #expect(failure?.kind == .stalled)
    #expect(failure?.attempts.first?.contains("conjugate gradients") == true, "\(failure?.description ?? "")")
  }

  @Test("relaxed Jacobi iterations end where conjugate gradients do, with a free surface and without")
  func relaxedJacobi() throws {
    for hasLid in [false, true] {
      let system = ChannelSample.system(along: 8, across: 4, viscosity: 0.1, gravity: [1, -1], hasLid: hasLid)
      var states: [DenseVector] = []
      for iteration in [PressureIteration.conjugateGradients, .relaxedJacobi(weight: 0.5)] {
        let scheme = IncompressibleScheme(
          extent: hasLid ? .filled : .freeSurface, longestTimeStep: 0.01, densityTolerance: 1e-7,
          divergenceTolerance: 1e-7, maxIterations: 20_000, iteration: iteration)
        let simulation = ParticleSimulation(
          system, scheme: scheme, numerics: ChannelSample.numerics(spacing: 0.25), fixedTimeStep: 0.01)
        states.append(try run(simulation, at: VortexSample.disordered(system), steps: 1))
      }
      #expect((states[0] - states[1]).largestMagnitude < 1e-4)
      #expect((states[0] - states[1]).largestMagnitude > 0)
    }
  }

  @Test("one solve a step keeps the density too, tells its iterations, and leaves divergence")
  func oneSolve() throws {
    let system = ChannelSample.system(along: 8, across: 8, gravity: [0, -1], hasLid: false, friction: .freeSlip)
    let monitor = PressureMonitor()
    var simulation = ParticleSimulation(
      system, scheme: IncompressibleScheme(extent: .freeSurface, longestTimeStep: 0.01, solves: .density),
      numerics: ChannelSample.numerics(spacing: 0.125), fixedTimeStep: 0.01)
    simulation.monitor = monitor
    let n = system.particleCount
    let state = try run(simulation, at: system.parameters, steps: 3)
    let excess = (0..<n).reduce(0) { $0 + max(state[4 * n + $1] - 1, 0) } / Double(n)
    #expect(excess < 1e-3, "\(excess)")
    let report = try #require(monitor.last)
    #expect(report.density > 0 && report.divergence == 0 && report.densityResidual <= 1e-4)
  }
}
