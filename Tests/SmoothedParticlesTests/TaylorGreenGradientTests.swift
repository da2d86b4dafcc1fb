import DifferentiableCore
import Foundation
import Testing

@testable import SmoothedParticles

@Suite("Taylor-Green gradient")
struct TaylorGreenGradientTests {
  /// 50 steps of 50 x 50 particles, recomputed independently in double precision.
  @Test("energy and gradient of the reference case")
  func reference() throws {
    let simulation = TaylorGreen.simulation(50)
    let rollout = Rollout(simulation, until: .steps(50))
    var workspace = rollout.makeWorkspace()
    let linearization = try rollout.linearize(at: simulation.system.parameters, in: &workspace)
    let (energy, seed) = TaylorGreen.energy(linearization.state, simulation.system)
    #expect(abs(energy - 0.24007584) < 1e-8)
    let gradient = try linearization.pullback(seed)
    let n = simulation.system.particleCount
    let byVelocity = DenseVector(gradient.elements[2 * n..<4 * n])
    #expect(abs(byVelocity.norm / 0.01352023 - 1) < 1e-6)
    var slope = 0.0
    for i in 0..<n {
      let x = simulation.system.positions[2 * i], y = simulation.system.positions[2 * i + 1]
      slope += gradient[2 * i] * sin(7 * x + 3 * y) + gradient[2 * i + 1] * cos(5 * x - 2 * y)
    }
    #expect(abs(slope / -0.10418638 - 1) < 1e-6)
  }
}
