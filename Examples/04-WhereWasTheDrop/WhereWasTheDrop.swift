import Backsolve
import Foundation
import _Differentiation

/// A drop moved through water at rest, in a periodic box. Nobody saw it; later the velocities of all particles are
/// measured. The gradient of the simulation finds the flow at the start, and so where the drop was and how fast.
@main struct WhereWasTheDrop {
  static func main() throws {
    let question = WhereWasTheDrop()
    let misfit = try question.misfit()
    let descent = try question.search(misfit, by: LBFGSB(), iterations: 25)

    // Methods without gradients get as many forward runs as the descent took CPU time.
    let begin = ProcessUsage.cpuSeconds
    for _ in 0..<10 { _ = try misfit.value(at: descent.design) }
    let forward = (ProcessUsage.cpuSeconds - begin) / 10
    let calls = Int(descent.history.rows.reduce(0) { $0 + $1.cpuSeconds } / forward)
    print("\(descent.history.rows.count) gradients took the time of \(calls) forward runs; as many without gradients:")
    var settings = CrossEntropyMethod.Options()
    settings.initialDeviation = 0.1
    let generations = max(1, calls / settings.population)
    _ = try question.search(misfit, by: CrossEntropyMethod(settings), iterations: generations)
    _ = try question.search(misfit, by: RandomSearch(), iterations: generations)
  }

  /// Particles along each side of the box of 1 m.
  var lattice = 16
  /// From the start to the measurement, s.
  var seconds = 0.3
  /// m and m/s
  let drop = (place: [0.62, 0.41], velocity: [0.8, 0.5])

  /// The physics: slightly compressible water, at rest on a lattice.
  var simulation: ParticleSimulation {
    let spacing = 1 / Double(lattice), kernel = SmoothingKernel.quintic
    let places: [Double] = (0..<lattice * lattice).flatMap { i in
      [i % lattice, i / lattice].map { (Double($0) + 0.5) * spacing }
    }
    let water = ParticleSystem(
      box: ParticleBox(lower: [0, 0], upper: [1, 1], isPeriodic: [true, true]),
      fluid: FluidPhase(restDensity: 1, viscosity: 0.01),
      masses: [Double](repeating: spacing * spacing, count: lattice * lattice), positions: places,
      velocities: [Double](repeating: 0, count: places.count))
    let support = 3 * spacing
    return ParticleSimulation(
      water, scheme: SummationScheme(soundSpeed: 10),
      numerics: ParticleNumerics(
        kernel: kernel, smoothingLength: support / kernel.supportRatio, precision: .double),
      fixedTimeStep: 0.25 * spacing / 11)
  }

  /// The squared difference from the measured velocities; 1 for water that was always at rest.
  func misfit() throws -> Functional {
    let simulation = simulation, system = simulation.system
    let flow = Rollout(simulation, until: .time(seconds))
    let beginning = VelocityPatches(of: system)
    let velocities = VelocitiesOfState(range: simulation.stateBlocks.range(of: "velocity")!)

    // The measurement, of a drop that the search knows nothing of.
    var workspace = flow.makeWorkspace()
    let hidden = beginning.apply(VelocityPatches.amplitudes(of: drop.place, drop.velocity))
    let seen = velocities.apply(try flow.solve(hidden, in: &workspace))
    let energy = seen.dot(seen)
    return Functional("misfit") { amplitudes in
      let difference = velocities(flow(beginning(amplitudes))) - seen
      return difference.dot(difference) / energy
    }
  }

  /// Prints what a method found: the misfit, and place and velocity of the drop.
  func search(_ misfit: Functional, by method: any Optimizer, iterations: Int) throws -> DesignLoop.Outcome {
    let count = 2 * VelocityPatches.centers.count
    let problem = DesignProblem(
      responses: misfit, layout: [Block("amplitudes", shape: [count / 2, 2], unit: "m/s")],
      bounds: Bounds(-1...1, count: count), start: DenseVector(zeros: count), objective: .row(0, .minimize))
    let outcome = try DesignLoop(
      problem: problem, optimizer: method, stopping: StoppingCriteria(iterations: iterations)
    ).run()
    let found = VelocityPatches.drop(of: outcome.design)
    func short(_ vector: [Double]) -> String { vector.map { String(format: "%.3f", $0) }.joined(separator: ", ") }
    print(
      "\(method.name): misfit \(outcome.values[0]), drop at \(short(found.place)) m, \(short(found.velocity)) m/s")
    return outcome
  }
}

/// Amplitudes to the parameters of a simulation: the velocity at the start is a sum of Gaussian patches on a coarse
/// lattice, two amplitudes each. A linear map, so its derivative is its transpose.
struct VelocityPatches: Transform {
  static let centers: [[Double]] = (0..<16).map { i in [i % 4, i / 4].map { (Double($0) + 0.5) / 4 } }
  private let rest: DenseVector
  private let modes: [DenseVector]

  init(of system: ParticleSystem) {
    let rest = system.parameters, velocity = system.parameterBlocks.range(of: "velocity")!
    self.rest = rest
    modes = Self.centers.flatMap { center in
      (0..<2).map { axis in
        var mode = DenseVector(zeros: rest.count)
        for i in 0..<system.particleCount {
          mode[velocity.lowerBound + 2 * i + axis] = Self.bump(Array(system.positions[2 * i..<2 * i + 2]), center)
        }
        return mode
      }
    }
  }

  func apply(_ amplitudes: DenseVector) -> DenseVector {
    var parameters = rest
    for (mode, amplitude) in zip(modes, amplitudes.elements) { parameters.add(mode, scaledBy: amplitude) }
    return parameters
  }

  func pullback(_ seed: DenseVector, at amplitudes: DenseVector) -> DenseVector { DenseVector(modes.map(seed.dot)) }

  /// 1 where two points of the periodic box meet, 1/e at a distance of 0.2 m.
  private static func bump(_ a: [Double], _ b: [Double]) -> Double {
    let square = zip(a, b).reduce(0) { sum, pair in
      let distance = (pair.0 - pair.1) - (pair.0 - pair.1).rounded()
      return sum + distance * distance
    }
    return exp(-square / 0.04)
  }

  static func amplitudes(of place: [Double], _ velocity: [Double]) -> DenseVector {
    DenseVector(centers.flatMap { center in velocity.map { $0 * bump(place, center) } })
  }

  /// The drop that these amplitudes stand for: where they are largest, as a mean over the circle that each axis is.
  static func drop(of amplitudes: DenseVector) -> (place: [Double], velocity: [Double]) {
    let patches = centers.indices.map { [amplitudes[2 * $0], amplitudes[2 * $0 + 1]] }
    let place = (0..<2).map { axis in
      var (x, y) = (0.0, 0.0)
      for (patch, center) in zip(patches, centers) {
        x += hypot(patch[0], patch[1]) * cos(2 * .pi * center[axis])
        y += hypot(patch[0], patch[1]) * sin(2 * .pi * center[axis])
      }
      let turn = atan2(y, x) / (2 * .pi)
      return turn < 0 ? turn + 1 : turn
    }
    let share = centers.reduce(0) { $0 + bump(place, $1) }
    return (place, (0..<2).map { axis in patches.reduce(0) { $0 + $1[axis] } / share })
  }
}

/// The velocities in a state.
struct VelocitiesOfState: Transform {
  let range: Range<Int>

  func apply(_ state: DenseVector) -> DenseVector { DenseVector(state.elements[range]) }

  func pullback(_ seed: DenseVector, at state: DenseVector) -> DenseVector {
    if seed.isEmpty { return seed }
    var full = DenseVector(zeros: state.count)
    for (k, value) in zip(range, seed.elements) { full[k] = value }
    return full
  }
}
