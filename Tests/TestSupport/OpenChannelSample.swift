import DifferentiableCore
import SmoothedParticles

/// Fluid that flows through a channel between two walls, in at x = 0 and out at x = length.
public enum OpenChannelSample {
  /// - Parameters:
  ///   - along: particles between the planes.
  ///   - across: particles from wall to wall; the channel is 1 m wide.
  ///   - speed: of the inflow, m/s.
  ///   - offset: of the lattice along x, in spacings.
  ///   - parked: particles kept for the inlet.
  public static func system(
    along: Int, across: Int, speed: Double, offset: Double = 0.5, parked: Int, viscosity: Double = 0.01,
    friction: WallFriction = .freeSlip
  ) -> ParticleSystem {
    let layers = 3, spacing = 1 / Double(across), depth = Double(layers) * spacing
    var fluid: [Double] = [], wall: [Double] = []
    for j in -layers..<across + layers {
      for i in -layers..<along + layers {
        let x = (Double(i) + offset) * spacing, y = (Double(j) + 0.5) * spacing
        if (0..<across).contains(j) { fluid += [x, y] } else { wall += [x, y] }
      }
    }
    let mass = spacing * spacing, length = Double(along) * spacing, margin = 1.5 * spacing
    fluid += [Double](repeating: 0, count: 2 * parked)
    let count = fluid.count / 2
    return ParticleSystem(
      box: ParticleBox(
        lower: [-depth - margin, -depth - margin], upper: [length + depth + margin, 1 + depth + margin],
        isPeriodic: [false, false]),
      fluid: FluidPhase(restDensity: 1, viscosity: viscosity), masses: [Double](repeating: mass, count: count),
      positions: fluid, velocities: (0..<count).flatMap { _ in [speed, 0] },
      walls: WallParticles(
        positions: wall, masses: [Double](repeating: mass, count: wall.count / 2), friction: friction),
      openFlow: OpenFlow(
        boundaries: [
          OpenBoundary("left", .inlet, axis: 0, isUpper: false, plane: 0, depth: depth),
          OpenBoundary("right", .outlet, axis: 0, isUpper: true, plane: length, depth: depth),
        ], parked: parked))
  }

  /// The parameters with the particles inside disturbed; those that enter or leave stay in line.
  public static func disordered(_ system: ParticleSystem) -> DenseVector {
    var parameters = system.parameters
    var generator = SeededGenerator(seed: 7)
    let spacing = system.masses[0].squareRoot()
    for i in 0..<system.particleCount {
      let x = system.positions[2 * i]
      if x < spacing || x > system.box.upper[0] - 6 * spacing { continue }
      for axis in 0..<2 { parameters[2 * i + axis] += 0.1 * spacing * (2 * generator.uniform() - 1) }
    }
    return parameters
  }
}
