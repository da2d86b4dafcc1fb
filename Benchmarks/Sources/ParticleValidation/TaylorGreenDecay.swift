import Backsolve
import Foundation

/// The vortices of Taylor and Green at Re = 100 from a relaxed start: how fast their energy decays.
enum TaylorGreenDecay: ValidationCase {
  static let name = "taylor-green"

  static func run(smoke: Bool) throws -> [Check] {
    let sizes = smoke ? [12, 16] : [25, 50, 100]
    let summed = ParticleScheme.summation(
      SummationScheme(soundSpeed: 10, shifting: ParticleShifting(strength: 0.15)))
    let integrated = ParticleScheme.continuity(
      ContinuityScheme(
        soundSpeed: 10, equationOfState: .linear, artificialViscosity: 0, shifting: ParticleShifting(strength: 0.5)))
    var checks: [Check] = [], ladder: [Double] = []
    for m in sizes {
      let time = smoke ? 0.05 : 1
      let bar = m < 50 ? 0.06 : m < 100 ? 0.02 : 0.01
      let sum = try error(m, summed, until: time), integral = try error(m, integrated, until: time)
      ladder.append(sum)
      checks.append(Check(name: "Taylor-Green \(m) x \(m), density summed", found: sum, bar: bar))
      checks.append(Check(name: "Taylor-Green \(m) x \(m), density integrated", found: integral, bar: bar))
    }
    if !smoke {
      // First order halves the error with each doubling.
      checks.append(
        Check(name: "Taylor-Green, ratio of errors 100 to 25 (order 1: 25 %)", found: ladder[2] / ladder[0], bar: 0.25))
    }
    return checks
  }

  /// The largest difference over time of sqrt(E/E0) from exp(-8π² t/Re), relative.
  private static func error(_ m: Int, _ scheme: ParticleScheme, until time: Double) throws -> Double {
    let numerics = ParticleNumerics(kernel: .quintic, smoothingLength: 1 / Double(m))
    let system = try start(m, numerics)
    var first = 0.0, worst = 0.0
    _ = try simulate(
      ParticleSimulation(system, scheme: scheme, numerics: numerics), until: .time(time), every: time / 20
    ) { frame in
      var energy = 0.0
      for k in 0..<2 * m * m { energy += frame.state[2 * m * m + k] * frame.state[2 * m * m + k] }
      if frame.number == 0 { first = energy }
      worst = max(worst, abs((energy / first).squareRoot() * exp(0.08 * .pi * .pi * frame.context.time) - 1))
    }
    return worst
  }

  /// A lattice disturbed by a tenth of its spacing, relaxed, then given the velocities.
  private static func start(_ m: Int, _ numerics: ParticleNumerics) throws -> ParticleSystem {
    let spacing = 1 / Double(m), count = m * m
    var generator = SeededGenerator(seed: 0)
    let noise = generator.vector(count: 2 * count)
    let positions = (0..<2 * count).map { k in
      let index = k % 2 == 0 ? k / 2 % m : k / 2 / m
      return (Double(index) + 0.5 + 0.1 * noise[k]) * spacing
    }
    var system = ParticleSystem(
      box: ParticleBox(lower: [0, 0], upper: [1, 1], isPeriodic: [true, true]),
      fluid: FluidPhase(restDensity: 1, viscosity: 0.01),
      masses: [Double](repeating: spacing * spacing, count: count), positions: positions,
      velocities: [Double](repeating: 0, count: 2 * count))
    system = try system.relaxed(numerics, mostSteps: 20_000)
    for i in 0..<count {
      let x = 2 * Double.pi * system.positions[2 * i], y = 2 * Double.pi * system.positions[2 * i + 1]
      system.velocities[2 * i] = -cos(x) * sin(y)
      system.velocities[2 * i + 1] = sin(x) * cos(y)
    }
    return system
  }
}
