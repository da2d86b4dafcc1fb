import Backsolve

/// Blocks of three densities let go in a tank: how deep they float once they have come to rest.
enum FloatingBlock: ValidationCase {
  static let name = "floating"

  static func run(smoke: Bool) throws -> [Check] {
    try (smoke ? [0.5] : [0.3, 0.5, 0.8]).map { ratio in
      Check(
        name: "block of \(ratio) times the water's density: draught, off by so many spacings",
        found: try error(ratio, until: smoke ? 0.02 : 12), bar: 1)
    }
  }

  /// Of the mean height over the last third of the time, in spacings.
  private static func error(_ ratio: Double, until time: Double) throws -> Double {
    let spacing = 0.025, speed = 8.0, block = (12, 6), below = 3
    let box = WalledBox(spacing: spacing, room: (40, 28), fluid: (40, 16), layers: 3)
    var system = box.system(viscosity: 0, gravity: [0, -1], friction: .freeSlip)
    let low = (14, 16 - below)
    func isInBlock(_ x: Double, _ y: Double) -> Bool {
      let i = Int(x / spacing), j = Int(y / spacing)
      return (low.0..<low.0 + block.0).contains(i) && (low.1..<low.1 + block.1).contains(j)
    }
    let places = stride(from: 0, to: system.positions.count, by: 2).map { Array(system.positions[$0..<$0 + 2]) }
    let kept = places.filter { !isInBlock($0[0], $0[1]) }
    let cell = spacing * spacing, surface = 16 * spacing
    system.positions = kept.flatMap { $0 }
    system.masses = [Double](repeating: cell, count: kept.count)
    system.velocities = [Double](repeating: 0, count: 2 * kept.count)
    system.densities = kept.map {
      EquationOfState.tait(exponent: 7).density(atPressure: surface - $0[1], restDensity: 1, soundSpeed: speed)
    }
    var cells: [Double] = []
    for j in low.1..<low.1 + block.1 {
      for i in low.0..<low.0 + block.0 { cells += [(Double(i) + 0.5) * spacing, (Double(j) + 0.5) * spacing] }
    }
    system.bodies = [RigidBody("block", filling: cells, dimension: 2, cellVolume: cell, density: ratio)]
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: speed, artificialViscosity: 0.2, allowsTension: false),
      numerics: ParticleNumerics(kernel: .wendlandC2, smoothingLength: 1.5 * spacing), integration: .verlet)
    guard let place = simulation.stateBlocks.range(of: "body-position")?.lowerBound else { return .infinity }
    var sum = 0.0, count = 0.0
    _ = try simulate(simulation, until: .time(time), every: time / 300) { frame in
      if frame.context.time < 2 * time / 3 { return }
      sum += frame.state[place + 1]
      count += 1
    }
    // What the block displaces raises the surface.
    let height = Double(block.1) * spacing, area = height * Double(block.0) * spacing
    let level = (Double(kept.count) * cell + ratio * area) / (40 * spacing)
    return abs(sum / count - (level - ratio * height + height / 2)) / spacing
  }
}
