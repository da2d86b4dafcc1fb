import TestSupport
import Testing

@testable import DifferentiableCore
@testable import SmoothedParticles

@Suite("Summation scheme")
struct SummationTests {
  private func run(_ simulation: ParticleSimulation, steps: Int) throws -> DenseVector {
    let rollout = Rollout(simulation, until: .steps(steps))
    var workspace = rollout.makeWorkspace()
    return try rollout.solve(VortexSample.disordered(simulation.system), in: &workspace)
  }

  @Test("momentum is kept to round-off", arguments: TimeIntegration.allCases)
  func momentum(_ integration: TimeIntegration) throws {
    let simulation = VortexSample.simulation(10, integration: integration)
    let system = simulation.system, n = system.particleCount
    let state = try run(simulation, steps: 5)
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

  @Test("one and two threads give the same bits", arguments: ParticlePrecision.allCases)
  func threads(_ precision: ParticlePrecision) throws {
    let simulation = VortexSample.simulation(12, precision: precision)
    let before = Threads.count
    defer { Threads.limit(to: before) }
    Threads.limit(to: 1)
    let alone = try run(simulation, steps: 3)
    Threads.limit(to: 2)
    #expect(try run(simulation, steps: 3) == alone)
  }

  @Test(
    "checkpoints without densities give the bits of those with them, and hold more states",
    arguments: TimeIntegration.allCases, ParticlePrecision.allCases)
  func checkpointsWithoutDensities(_ integration: TimeIntegration, _ precision: ParticlePrecision) throws {
    let simulation = VortexSample.simulation(10, integration: integration, precision: precision)
    let system = simulation.system, n = system.particleCount, parameters = VortexSample.disordered(system)
    let group = ParticleGroup(system)
    func gradient(_ policy: CheckpointPolicy, _ moment: ObservedMoment) throws -> (DenseVector, RolloutReport) {
      let rollout = Rollout(
        simulation, until: .steps(12), observers: [KineticEnergy(group, moment)], checkpoints: policy)
      var workspace = rollout.makeWorkspace()
      let linearization = try rollout.linearize(at: parameters, in: &workspace)
      var seed = DenseVector(zeros: linearization.state.count)
      for k in 0..<seed.count { seed[k] = 0.01 * Double(k % 7) }
      seed[seed.count - 1] = 1
      return (try linearization.pullback(seed), try #require(workspace.report))
    }
    // Room for three states, or for four without densities; the first takes none.
    for (moment, held) in [(ObservedMoment.end, 4), (.throughout, 3)] {
      let (full, _) = try gradient(.everything, moment)
      let (found, report) = try gradient(.budget(bytes: 16 * n * 8), moment)
      #expect(found == full)
      let best = BinomialSchedule.advances(steps: 12, checkpoints: held + 1)
      #expect(report.recomputedSteps == best - 11)
    }
  }

  @Test("neighbours found through cells are those of all pairs")
  func densities() throws {
    let simulation = VortexSample.simulation(10), system = simulation.system, n = system.particleCount
    let parameters = VortexSample.disordered(system)
    let rollout = Rollout(simulation, until: .steps(1))
    var workspace = rollout.makeWorkspace()
    let state = try rollout.solve(parameters, in: &workspace)
    for i in 0..<n {
      var density = 0.0
      for j in 0..<n {
        var square = 0.0
        for axis in 0..<2 {
          var e = parameters[2 * i + axis] - parameters[2 * j + axis]
          e -= e.rounded()
          square += e * e
        }
        density +=
          system.masses[j]
          * simulation.numerics.kernel.evaluate(
            square.squareRoot(), smoothingLength: simulation.numerics.smoothingLength, dimension: 2
          ).value
      }
      #expect(abs(state[4 * n + i] - density) < 1e-12)
    }
  }

  @Test("a particle that leaves the box is an error that names it")
  func escape() throws {
    var system = VortexSample.system(8)
    system.box.isPeriodic = [false, false]
    system.velocities[0] = -9
    let sample = VortexSample.simulation(8)
    let simulation = ParticleSimulation(
      system, scheme: sample.scheme, numerics: sample.numerics, fixedTimeStep: sample.fixedTimeStep)
    let rollout = Rollout(simulation, until: .steps(40))
    var workspace = rollout.makeWorkspace()
    let failure = #expect(throws: SolveFailure.self) { try rollout.solve(system.parameters, in: &workspace) }
    #expect(failure?.kind == .diverged)
    #expect(failure?.message.contains("particle 0 left the domain") == true, "\(failure?.message ?? "")")
  }
}
