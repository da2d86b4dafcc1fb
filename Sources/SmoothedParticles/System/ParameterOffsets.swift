/// Where each block of the parameter vector begins.
struct ParameterOffsets: Sendable {
  let position: Int
  let velocity: Int
  let gravity: Int
  let viscosity: Int
  /// Nil where the particles begin at the rest density.
  let density: Int?
  /// Where the walls' blocks would begin if there are none.
  let wallPosition: Int
  let wallVelocity: Int
  /// Nil where walls have no mirror points.
  let wallMirror: Int?
  /// Where the acceleration history would begin if there is none.
  let accelerationHistory: Int
  /// Nil where the fluid has none.
  let surfaceTension: Int?
  /// Nil where the fluid is Newtonian.
  let rheology: Int?
  /// Of the ratio of heat capacities, and after it the internal energies; nil where the fluid is no gas.
  let gas: Int?
  /// Where the blocks of tools would begin if there are none.
  let motionTranslation: Int
  let motionRotation: Int
  /// Where the bodies' blocks would begin if there are none.
  let bodyDensity: Int
  let bodyPosition: Int
  let bodyRotation: Int
  let bodyVelocity: Int
  let bodySpin: Int
  /// Where the histories of inlets would begin if there are none.
  let inflowHistory: Int
  let end: Int

  init(_ system: ParticleSystem) {
    let coordinates = system.particleCount * system.dimension
    position = 0
    velocity = coordinates
    gravity = 2 * coordinates
    viscosity = gravity + system.dimension
    density = system.densities == nil ? nil : viscosity + 1
    wallPosition = viscosity + 1 + (system.densities?.count ?? 0)
    wallVelocity = wallPosition + system.walls.count * system.dimension
    let afterWalls = wallVelocity + system.walls.count * system.dimension
    wallMirror = system.walls.mirrors == nil ? nil : afterWalls
    accelerationHistory = afterWalls + (system.walls.mirrors?.count ?? 0)
    var next = accelerationHistory + (system.accelerationHistory?.coefficients.count ?? 0)
    func take(_ entries: [Double]?) -> Int? {
      guard let entries else { return nil }
      defer { next += entries.count }
      return next
    }
    surfaceTension = take(system.fluid.surfaceTension?.parameters)
    rheology = take(system.fluid.rheology?.parameters)
    gas = take(system.fluid.gas?.parameters)
    let bodies = system.bodies.count, turns = system.dimension == 2 ? 1 : 3
    let knots = system.walls.motions.reduce(0) { $0 + $1.knots }
    motionTranslation = next
    motionRotation = motionTranslation + knots * system.dimension
    bodyDensity = motionRotation + knots
    bodyPosition = bodyDensity + bodies
    bodyRotation = bodyPosition + bodies * system.dimension
    bodyVelocity = bodyRotation + bodies * turns
    bodySpin = bodyVelocity + bodies * system.dimension
    inflowHistory = bodySpin + bodies * turns
    end = inflowHistory + system.inflowCoefficients.count
  }
}
