import Backsolve

/// Water that begins at its rest density and settles under its weight.
enum HydrostaticTank: ValidationCase {
  static let name = "tank"

  static func run(smoke: Bool) throws -> [Check] {
    try [false, true].map { try check(smoke: smoke, hasMirrorPoints: $0) }
  }

  private static func check(smoke: Bool, hasMirrorPoints: Bool) throws -> Check {
    let across = smoke ? 8 : 20, speed = 20.0, equation = EquationOfState.tait(exponent: 7)
    let box = WalledBox(
      spacing: 1 / Double(across), room: (across, across + across / 4), fluid: (across, across), layers: 3,
      hasLid: false, hasMirrorPoints: hasMirrorPoints)
    let system = box.system(viscosity: 0, gravity: [0, -1], friction: .freeSlip), n = system.particleCount
    // The blow of the sudden weight rings as sound for long: viscosity ends it.
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: speed, artificialViscosity: 0.5),
      numerics: ParticleNumerics(kernel: .quintic, smoothingLength: box.spacing), integration: .verlet)
    let state = try simulate(simulation, until: .time(smoke ? 0.02 : 30))
    let surface = (0..<n).reduce(0.0) { max($0, state[2 * $1 + 1]) } + box.spacing / 2
    var square = 0.0
    for i in 0..<n {
      let p = equation.pressure(state[4 * n + i], restDensity: 1, soundSpeed: speed)
      let miss = p - (surface - state[2 * i + 1])
      square += miss * miss
    }
    return Check(
      name: "tank at rest, \(across) deep, walls \(hasMirrorPoints ? "with mirror points" : "extrapolated")"
        + ": pressure, root mean square over that at the bottom",
      found: (square / Double(n)).squareRoot(), bar: 0.01)
  }
}
