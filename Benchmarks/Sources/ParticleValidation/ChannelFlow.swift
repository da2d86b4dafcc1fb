import Backsolve

/// The flows of Poiseuille and Couette after a time in which they settle.
enum ChannelFlow: ValidationCase {
  static let name = "channels"

  static func run(smoke: Bool) throws -> [Check] {
    let across = smoke ? 8 : 40, time = smoke ? 0.02 : 1
    return [
      Check(
        name: "Poiseuille, \(across) across",
        found: try error(across, pull: 8, lid: 0, until: time) { 4 * $0 * (1 - $0) }, bar: 0.01),
      Check(
        name: "Couette, \(across) across", found: try error(across, pull: 0, lid: 1, until: time) { $0 }, bar: 0.01),
    ]
  }

  /// Of the velocity along the walls, relative, in the 2-norm.
  private static func error(_ across: Int, pull: Double, lid: Double, until time: Double, exact: (Double) -> Double)
    throws -> Double
  {
    let box = WalledBox(
      spacing: 1 / Double(across), room: (10, across), fluid: (10, across), layers: 3, isPeriodicAlongX: true,
      lidVelocity: lid)
    let system = box.system(viscosity: 1, gravity: [pull, 0], friction: .noSlip), n = system.particleCount
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: 10, artificialViscosity: 0),
      numerics: ParticleNumerics(kernel: .quintic, smoothingLength: box.spacing, precision: .double))
    let state = try simulate(simulation, until: .time(time))
    var difference = 0.0, size = 0.0
    for i in 0..<n {
      let u = exact(state[2 * i + 1]), found = state[2 * n + 2 * i]
      difference += (found - u) * (found - u)
      size += u * u
    }
    return (difference / size).squareRoot()
  }
}
