import Backsolve
import Foundation
import TestSupport
import Testing

#if !DEBUG
  /// The decay of Taylor's and Green's vortices. It stands here because this target is the one tested with optimization.
  @Suite("Vortex decay")
  struct VortexDecay {
    @Test("shifted particles lose their energy as fast as the viscosity says")
    func decay() throws {
      let m = 32, spacing = 1 / 32.0
      let numerics = ParticleNumerics(kernel: .quintic, smoothingLength: spacing)
      var system = VortexSample.system(m)
      system.positions = Array(VortexSample.disordered(system).elements[..<(2 * m * m)])
      system = try system.relaxed(numerics)
      for i in 0..<m * m {
        let x = 2 * Double.pi * system.positions[2 * i], y = 2 * Double.pi * system.positions[2 * i + 1]
        system.velocities[2 * i] = -cos(x) * sin(y)
        system.velocities[2 * i + 1] = sin(x) * cos(y)
      }
      let simulation = ParticleSimulation(
        system,
        scheme: ContinuityScheme(
          soundSpeed: 10, equationOfState: .linear, artificialViscosity: 0, shifting: ParticleShifting(strength: 0.5)),
        numerics: numerics)
      let rollout = Rollout(simulation, until: .time(1))
      var workspace = rollout.makeWorkspace(), first = 0.0, worst = 0.0
      _ = try rollout.solve(system.parameters, in: &workspace, frames: .interval(0.1)) { frame in
        let energy = VortexSample.energy(frame.state, system).value
        if frame.number == 0 { first = energy }
        worst = max(worst, abs((energy / first).squareRoot() * exp(0.08 * .pi * .pi * frame.context.time) - 1))
        return true
      }
      #expect(worst < 0.01, "\(worst)")
    }
  }
#endif
