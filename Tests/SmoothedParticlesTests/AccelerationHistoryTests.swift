import TestSupport
import Testing

@testable import SmoothedParticles

@Suite("Acceleration history")
struct AccelerationHistoryTests {
  @Test("equal coefficients make a constant acceleration, and the weights sum to one")
  func constant() {
    let history = AccelerationHistory(
      coefficients: [Double](repeating: 3, count: 14), dimension: 2, duration: 2)
    for time in [-1, 0, 0.3, 1, 1.99, 2, 5] {
      #expect(history.acceleration(at: time).allSatisfy { abs($0 - 3) < 1e-14 })
    }
  }

  @Test("coefficients that rise evenly make a straight line")
  func straight() {
    let history = AccelerationHistory(coefficients: [0, 1, 2, 3, 4, 5], dimension: 1, duration: 3)
    for time in [0, 0.5, 1.25, 3] { #expect(abs(history.acceleration(at: time)[0] - (1 + time)) < 1e-13) }
  }

  @Test("a fluid in free fall feels it as it feels gravity")
  func likeGravity() throws {
    func end(_ system: ParticleSystem) throws -> DenseVector {
      let simulation = ParticleSimulation(
        system, scheme: SummationScheme(soundSpeed: 10), numerics: ChannelSample.numerics(spacing: 1.0 / 8),
        fixedTimeStep: 0.002)
      let rollout = Rollout(simulation, until: .steps(3))
      var workspace = rollout.makeWorkspace()
      return try rollout.solve(simulation.system.parameters, in: &workspace)
    }
    var shaken = VortexSample.system(8), pulled = shaken
    pulled.gravity = [0.5, -2]
    shaken.accelerationHistory = AccelerationHistory(
      coefficients: [0.5, -2, 0.5, -2, 0.5, -2, 0.5, -2], dimension: 2, duration: 1)
    #expect((try end(shaken) - end(pulled)).largestMagnitude < 1e-14)
  }

  @Test("a flow faster than sound is an error that says where")
  func blowUp() {
    var system = VortexSample.system(8)
    system.velocities[6] = 40
    let simulation = ParticleSimulation(
      system, scheme: SummationScheme(soundSpeed: 10), numerics: ChannelSample.numerics(spacing: 1.0 / 8),
      fixedTimeStep: 1e-4)
    let rollout = Rollout(simulation, until: .steps(3))
    var workspace = rollout.makeWorkspace()
    let failure = #expect(throws: SolveFailure.self) { try rollout.solve(system.parameters, in: &workspace) }
    #expect(failure?.kind == .diverged)
    #expect(failure?.message.contains("step 0 at 0.0 s: the flow blew up: particle 3 moves at") == true)
  }
}
