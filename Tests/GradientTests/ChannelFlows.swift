import Backsolve
import Foundation
import TestSupport
import Testing

#if !DEBUG
  /// Flows between walls whose solution is known. They stand here because this target is the one tested with optimization.
  @Suite("Channel flows")
  struct ChannelFlows {
    private func settle(_ system: ParticleSystem, across: Int, speed: Double, until time: Double, alpha: Double = 0)
      throws
      -> DenseVector
    {
      let simulation = ParticleSimulation(
        system, scheme: ContinuityScheme(soundSpeed: speed, artificialViscosity: alpha),
        numerics: ParticleNumerics(
          kernel: .quintic, smoothingLength: 1 / Double(across), precision: .double))
      let rollout = Rollout(simulation, until: .time(time))
      var workspace = rollout.makeWorkspace()
      return try rollout.solve(system.parameters, in: &workspace)
    }

    /// Relative L2 error of the velocity along the walls.
    private func error(_ state: DenseVector, _ system: ParticleSystem, exact: (Double) -> Double) -> Double {
      let n = system.particleCount
      var difference = 0.0, size = 0.0
      for i in 0..<n {
        let u = exact(state[2 * i + 1])
        difference += (state[2 * n + 2 * i] - u) * (state[2 * n + 2 * i] - u)
        size += u * u
      }
      return (difference / size).squareRoot()
    }

    @Test("Poiseuille's parabola")
    func poiseuille() throws {
      let system = ChannelSample.system(along: 10, across: 20, viscosity: 1, gravity: [8, 0])
      let state = try settle(system, across: 20, speed: 10, until: 1)
      let found = error(state, system) { 4 * $0 * (1 - $0) }
      #expect(found < 0.01, "\(found)")
    }

    @Test("Couette's line")
    func couette() throws {
      let system = ChannelSample.system(along: 10, across: 20, viscosity: 1, gravity: [0, 0], lidVelocity: 1)
      let state = try settle(system, across: 20, speed: 10, until: 1)
      let found = error(state, system) { $0 }
      #expect(found < 0.001, "\(found)")
    }

    @Test("a tank at rest carries the weight of its water")
    func tank() throws {
      let across = 16, speed = 20.0, equation = EquationOfState.tait(exponent: 7)
      var system = ChannelSample.system(
        along: 12, across: across, gravity: [0, -1], hasLid: false, friction: .freeSlip)
      let densities = (0..<system.particleCount).map {
        equation.density(atPressure: 1 - system.positions[2 * $0 + 1], restDensity: 1, soundSpeed: speed)
      }
      system.densities = densities
      system.masses = zip(system.masses, densities).map { $0 * $1 }
      let state = try settle(system, across: across, speed: speed, until: 3, alpha: 0.02)
      let n = system.particleCount
      var worst = 0.0
      for i in 0..<n {
        let p = equation.pressure(state[4 * n + i], restDensity: 1, soundSpeed: speed)
        worst = max(worst, abs(p - (1 - state[2 * i + 1])))
      }
      #expect(worst < 0.01, "\(worst) of the pressure at the bottom")
    }
  }
#endif
