import DifferentiableCore
import Foundation

/// How long a step may be.
extension ParticleSimulation {
  /// The shortest of the acoustic (or, where there is no sound, the convective), the viscous and the body force's bound.
  /// Monaghan, Rep. Prog. Phys. 68 (2005).
  public func timeStep(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, in workspace: inout Workspace
  ) throws(SolveFailure) -> Double {
    if let fixedTimeStep { return fixedTimeStep }
    let h = numerics.smoothingLength
    let fastest = fastestSpeed(state)
    let spacing = pow(system.masses.reduce(0, max) / system.fluid.restDensity, 1 / Double(system.dimension))
    var step: Double
    if case .incompressible(let scheme) = scheme {
      // A particle travels 0.4 spacings at most. Bender & Koschier (2015), section 3.4.
      let wall = system.walls.motion == .travelling ? system.walls.velocities.reduce(0) { max($0, abs($1)) } : 0
      step = min(scheme.longestTimeStep, 0.4 * spacing / max(fastest, wall, fastestBody(state), .leastNormalMagnitude))
    } else if case .compressible(let scheme) = scheme {
      // Monaghan (1992), section 10, with the fastest sound and speed anywhere.
      let sound = fastestSound(state, parameters)
      step = integration.courantFactor * h / (sound + fastest + 0.6 * scheme.linearViscosity * sound)
    } else {
      step = integration.courantFactor * h / (scheme.soundSpeed + fastest)
    }
    if let tension = system.fluid.surfaceTension?.cohesion, tension > 0 {
      // Brackbill, Kothe, Zemach, J. Comput. Phys. 100 (1992), eq. 61.
      step = min(step, 0.25 * (system.fluid.restDensity * h * h * h / tension).squareRoot())
    }
    let viscosity =
      system.fluid.viscosity
      + (system.fluid.rheology?.largestViscosity(upTo: 2 * fastest / spacing) ?? 0) / system.fluid.restDensity
    if viscosity > 0 { step = min(step, 0.125 * h * h / viscosity) }
    let pull = system.gravity.reduce(0) { $0 + $1 * $1 }.squareRoot()
    if pull > 0 { step = min(step, 0.25 * (h / pull).squareRoot()) }
    return step
  }

  /// The fastest sound in a gas, m/s.
  private func fastestSound(_ state: DenseVector, _ parameters: DenseVector) -> Double {
    guard let start = ParameterOffsets(system).gas else { return 0 }
    let gamma = parameters[start], first = 2 * system.particleCount * system.dimension
    let energy = state.elements[first..<first + system.particleCount].reduce(0, max)
    return (gamma * (gamma - 1) * energy).squareRoot()
  }

  /// Of the bodies' centres, along one axis, m/s.
  private func fastestBody(_ state: DenseVector) -> Double {
    if system.bodies.isEmpty { return 0 }
    let layout = BodyLayout(system, start: system.bodyStart)
    return (layout.velocity..<layout.momentum).reduce(0) { max($0, abs(state[$1])) }
  }

  func fastestSpeed(_ state: DenseVector) -> Double {
    let dimension = system.dimension, start = system.particleCount * dimension
    return state.withUnsafeBufferPointer { state in
      var fastest = 0.0
      for i in 0..<system.particleCount {
        var square = 0.0
        for axis in 0..<dimension {
          let v = state[start &+ i &* dimension &+ axis]
          square += v * v
        }
        fastest = max(fastest, square)
      }
      return fastest.squareRoot()
    }
  }
}
