import Foundation
import SmoothedParticles

/// Fluid between two walls of three layers each, periodic along x (and z).
public enum ChannelSample {
  /// - Parameters:
  ///   - across: particles from wall to wall; the fluid fills 0 < y < height.
  ///   - hasLid: without an upper wall the fluid has a free surface, with as much room above.
  public static func system(
    along: Int, across: Int, height: Double = 1, viscosity: Double = 0, gravity: [Double], hasLid: Bool = true,
    lidVelocity: Double = 0, friction: WallFriction = .noSlip, motion: WallMotion = .sliding
  ) -> ParticleSystem {
    let spacing = height / Double(across), dimension = gravity.count, layers = 3
    let depth = dimension > 2 ? along : 1
    var fluid: [Double] = [], wall: [Double] = [], speed: [Double] = []
    for k in 0..<depth {
      for j in -layers..<across + (hasLid ? layers : 0) {
        for i in 0..<along {
          let place = [i, j, k].prefix(dimension).map { (Double($0) + 0.5) * spacing }
          if (0..<across).contains(j) {
            fluid += place
          } else {
            wall += place
            speed += [j < 0 ? 0 : lidVelocity, 0, 0].prefix(dimension)
          }
        }
      }
    }
    let mass = pow(spacing, Double(dimension)), margin = (Double(layers) + 0.5) * spacing
    let length = Double(along) * spacing
    let top = hasLid ? height + margin : 2 * height
    return ParticleSystem(
      box: ParticleBox(
        lower: Array([0, -margin, 0].prefix(dimension)), upper: Array([length, top, length].prefix(dimension)),
        isPeriodic: Array([true, false, true].prefix(dimension))),
      fluid: FluidPhase(restDensity: 1, viscosity: viscosity),
      masses: [Double](repeating: mass, count: fluid.count / dimension), positions: fluid,
      velocities: [Double](repeating: 0, count: fluid.count), gravity: gravity,
      walls: WallParticles(
        positions: wall, velocities: speed, masses: [Double](repeating: mass, count: wall.count / dimension),
        friction: friction, motion: motion))
  }

  /// The same with mirror points beyond the walls y = 0 and y = height.
  public static func mirrored(_ system: ParticleSystem, height: Double = 1) -> ParticleSystem {
    var system = system
    let d = system.dimension
    system.walls.mirrors = system.walls.positions.enumerated().map { k, place in
      k % d != 1 ? 0 : place < 0 ? -2 * place : 2 * (height - place)
    }
    return system
  }

  /// A kernel whose support is 2.4 spacings wide.
  public static func numerics(spacing: Double, precision: ParticlePrecision = .double) -> ParticleNumerics {
    ParticleNumerics(kernel: .wendlandC2, smoothingLength: 1.2 * spacing, precision: precision)
  }
}
