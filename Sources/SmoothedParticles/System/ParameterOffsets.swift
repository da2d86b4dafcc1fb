/// Where each block of the parameter vector begins.
struct ParameterOffsets: Sendable {
  let position: Int
  let velocity: Int
  let gravity: Int
  let viscosity: Int

  init(_ system: ParticleSystem) {
    let coordinates = system.particleCount * system.dimension
    position = 0
    velocity = coordinates
    gravity = 2 * coordinates
    viscosity = gravity + system.dimension
  }
}
