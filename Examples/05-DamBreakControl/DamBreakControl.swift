import Backsolve
import Foundation
import _Differentiation

/// A dam breaks in a tank. How must the tank be moved, so that its water is calm as soon as can be? The gradient of the whole
/// flow, through its impact on the far side, finds the history of accelerations.
@main struct DamBreakControl {
  static func main() throws {
    let dam = DamBreakControl()
    let (before, after) = try dam.search(iterations: 30)
    print(
      "energy of motion after \(dam.seconds) s: \(before) J still, \(after.values[0]) J with the motion that was found")
    let history = AccelerationHistory(coefficients: after.design.elements, dimension: 1, duration: dam.seconds)
    for k in 0...8 {
      let time = dam.seconds * Double(k) / 8
      print(String(format: "  %.2f s: the tank accelerates by %+.2f m/s^2", time, -history.acceleration(at: time)[0]))
    }
  }

  /// Distance of particles, m.
  var spacing = 0.04
  /// s
  var seconds = 0.8
  /// Coefficients of the spline in time.
  var knots = 10

  /// The physics: water of 0.32 m by 0.32 m at the left of a tank of 1.2 m by 0.8 m.
  var simulation: ParticleSimulation {
    let size = (x: Int((1.2 / spacing).rounded()), y: Int((0.8 / spacing).rounded()))
    let block = Int((0.32 / spacing).rounded()), layers = 3
    var water: [Double] = [], walls: [Double] = []
    for j in -layers..<size.y + layers {
      for i in -layers..<size.x + layers {
        let place = [(Double(i) + 0.5) * spacing, (Double(j) + 0.5) * spacing]
        if !(0..<size.x).contains(i) || !(0..<size.y).contains(j) {
          walls += place
        } else if i < block, j < block {
          water += place
        }
      }
    }
    let mass = 1000 * spacing * spacing, margin = Double(layers) * spacing
    func particles(_ places: [Double]) -> [Double] { [Double](repeating: mass, count: places.count / 2) }
    let system = ParticleSystem(
      box: ParticleBox(
        lower: [-margin, -margin], upper: [1.2 + margin, 0.8 + margin], isPeriodic: [false, false]),
      fluid: FluidPhase(restDensity: 1000), masses: particles(water), positions: water,
      velocities: [Double](repeating: 0, count: water.count), gravity: [0, -9.81],
      walls: WallParticles(positions: walls, masses: particles(walls), friction: .freeSlip),
      accelerationHistory: AccelerationHistory(
        coefficients: [Double](repeating: 0, count: 2 * knots), dimension: 2, duration: seconds))
    return ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: 30, artificialViscosity: 0.1, allowsTension: false),
      numerics: ParticleNumerics(kernel: .wendlandC2, smoothingLength: 1.5 * spacing, precision: .double),
      fixedTimeStep: 0.2 * 1.5 * spacing / 30)
  }

  /// The energy of motion at the end, with a small price on the motion of the tank; and what was found.
  func search(iterations: Int) throws -> (before: Double, after: DesignLoop.Outcome) {
    let simulation = simulation, system = simulation.system
    let flow = Rollout(
      simulation, until: .time(seconds), observers: [KineticEnergy(ParticleGroup(system))],
      checkpoints: .budget(bytes: 20_000_000))
    let motion = SidewaysMotion(of: system)
    // The state ends with what was observed.
    var energy = DenseVector(zeros: flow.stateBlocks.entryCount)
    energy[energy.count - 1] = 1
    let (calm, price) = (energy, 1e-3)
    let unrest = Functional("unrest") { a in calm.dot(flow(motion(a))) + price * a.dot(a) }
    let problem = DesignProblem(
      responses: unrest, layout: [Block("acceleration", shape: [knots], unit: "m/s^2")],
      bounds: Bounds(-8...8, count: knots), start: DenseVector(zeros: knots), objective: .row(0, .minimize))
    let outcome = try DesignLoop(
      problem: problem, optimizer: LBFGSB(), stopping: StoppingCriteria(iterations: iterations)
    ).run()
    return (outcome.history.rows[0].objective, outcome)
  }
}

/// The spline's coefficients along x to the parameters of the simulation.
struct SidewaysMotion: Transform {
  private let still: DenseVector
  private let places: [Int]

  init(of system: ParticleSystem) {
    still = system.parameters
    let first = system.parameterBlocks.range(of: "acceleration-history")!.lowerBound
    places = (0..<system.accelerationHistory!.count).map { first + 2 * $0 }
  }

  func apply(_ x: DenseVector) -> DenseVector {
    var parameters = still
    for (place, value) in zip(places, x.elements) { parameters[place] = value }
    return parameters
  }

  func pullback(_ seed: DenseVector, at x: DenseVector) -> DenseVector {
    seed.isEmpty ? seed : DenseVector(places.map { seed[$0] })
  }
}
