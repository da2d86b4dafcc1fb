import Backsolve

/// Fluid on a lattice in a rectangle with walls of dummy particles around it.
struct WalledBox {
  /// m
  var spacing: Double
  /// Particles along each axis that the tank has room for.
  var room: (Int, Int)
  /// Particles along each axis that are fluid, from the lower left corner.
  var fluid: (Int, Int)
  /// Layers of wall; none along x where the box is periodic there.
  var layers: Int
  var isPeriodicAlongX = false
  var hasLid = true
  /// m/s
  var lidVelocity = 0.0
  /// Walls take density and velocity of the fluid at their mirror points.
  var hasMirrorPoints = false

  func system(viscosity: Double, gravity: [Double], friction: WallFriction) -> ParticleSystem {
    var places: [Double] = [], walls: [Double] = [], speeds: [Double] = []
    let side = isPeriodicAlongX ? 0 : layers
    for j in -layers..<room.1 + (hasLid ? layers : 0) {
      for i in -side..<room.0 + side {
        let place = [(Double(i) + 0.5) * spacing, (Double(j) + 0.5) * spacing]
        if (0..<room.0).contains(i) && (0..<room.1).contains(j) {
          if i < fluid.0 && j < fluid.1 { places += place }
        } else {
          walls += place
          speeds += [j >= room.1 ? lidVelocity : 0, 0]
        }
      }
    }
    let mass = spacing * spacing, margin = (Double(layers) + 0.5) * spacing
    let width = Double(room.0) * spacing, height = Double(room.1) * spacing
    let aside = isPeriodicAlongX ? 0 : margin
    let mirrors = walls.enumerated().map { k, place in
      k % 2 == 0 && isPeriodicAlongX ? 0 : 2 * (min(max(place, 0), k % 2 == 0 ? width : height) - place)
    }
    return ParticleSystem(
      box: ParticleBox(
        lower: [-aside, -margin], upper: [width + aside, height + margin], isPeriodic: [isPeriodicAlongX, false]),
      fluid: FluidPhase(restDensity: 1, viscosity: viscosity),
      masses: [Double](repeating: mass, count: places.count / 2), positions: places,
      velocities: [Double](repeating: 0, count: places.count), gravity: gravity,
      walls: WallParticles(
        positions: walls, velocities: speeds, masses: [Double](repeating: mass, count: walls.count / 2),
        friction: friction, mirrors: hasMirrorPoints ? mirrors : nil))
  }
}
