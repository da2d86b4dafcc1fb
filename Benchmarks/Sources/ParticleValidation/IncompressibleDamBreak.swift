import Backsolve

/// Ten seconds of a broken dam by implicit pressure solves (DFSPH): what is left of errors of density and divergence, and
/// how much of its volume the water loses.
enum IncompressibleDamBreak: ValidationCase {
  static let name = "incompressible"

  static func run(smoke: Bool) throws -> [Check] {
    let across = smoke ? 6 : 12, spacing = 0.3 / Double(across)
    let box = WalledBox(
      spacing: spacing, room: (16 * across / 3, 3 * across), fluid: (across, 2 * across), layers: 3)
    let system = box.system(viscosity: 0, gravity: [0, -9.81], friction: .freeSlip), n = system.particleCount
    var simulation = ParticleSimulation(
      system, scheme: IncompressibleScheme(extent: .freeSurface, longestTimeStep: 0.01),
      numerics: ParticleNumerics(kernel: .wendlandC2, smoothingLength: 1.2 * spacing))
    let monitor = PressureMonitor()
    simulation.monitor = monitor
    let densities = simulation.densityStart
    var density = 0.0, divergence = 0.0, compression = 0.0, steps = 0.0, last = 0.0
    _ = try simulate(simulation, until: .time(smoke ? 0.05 : 10), every: 1e-9) { frame in
      guard frame.number > 0, let report = monitor.last else { return }
      let excess = (0..<n).reduce(0.0) { $0 + max(frame.state[densities + $1] - 1, 0) } / Double(n)
      density += report.densityResidual
      divergence += report.divergenceResidual
      compression += excess
      last = excess
      steps += 1
    }
    return [
      Check(
        name: "DFSPH, 10 s of a broken dam: density above that at rest, mean", found: compression / steps, bar: 1e-3),
      Check(name: "the same at the end: volume lost", found: last, bar: 1e-3),
      Check(name: "the density's error that the solves leave, root mean square", found: density / steps, bar: 1e-3),
      Check(
        name: "the divergence that they leave, times the step, root mean square", found: divergence / steps, bar: 1e-3),
    ]
  }
}
