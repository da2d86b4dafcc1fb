import DifferentiableCore
import Foundation

/// The fluid's force on some solid particles along a direction, in N (N/m in the plane), or the square of how far it is from
/// a history asked for.
///
/// Contact forces and the solid's own weight do not count. Each look costs an evaluation of the rates, its derivative two.
/// A simulation that knows no forces on solids (`ParticleSimulation.whyNoSolidForces`), and a state that gives none because a
/// particle left the domain, are failures of the rollout.
public struct ForceOnSolid: Observer {
  public enum Measure: Sendable, Equatable {
    /// N
    case force
    /// (F - F*)² in N², with F* linear between values in N evenly spread from the start to `duration` in s; one value is
    /// a constant.
    case squaredDeviation(from: [Double], duration: Double)
  }

  public let simulation: ParticleSimulation
  /// Of the walls and after them the bodies.
  public let particles: Range<Int>
  /// One entry an axis.
  public let direction: [Double]
  public let measure: Measure
  public let moment: ObservedMoment
  private let workspaces = SpareWorkspaces()

  /// - Parameters:
  ///   - particles: of the walls and after them the bodies.
  ///   - simulation: of a scheme that knows forces on solids, `ContinuityScheme`.
  ///   - direction: one entry an axis.
  ///   - measure: the force or its squared deviation from a history.
  ///   - moment: when.
  public init(
    on particles: Range<Int>, in simulation: ParticleSimulation, along direction: [Double], _ measure: Measure = .force,
    _ moment: ObservedMoment = .end
  ) {
    precondition(
      direction.count == simulation.system.dimension && particles.upperBound <= simulation.system.solidCount,
      "solid particles of the system, and a direction with one entry an axis")
    self.simulation = simulation
    self.particles = particles
    self.direction = direction
    self.measure = measure
    self.moment = moment
  }

  public var name: String { measure == .force ? "force-on" : "force-deviation" }
  public var unit: String { measure == .force ? "N" : "N^2" }

  public func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) throws(SolveFailure)
    -> Double
  {
    try workspaces.lend(simulation) { (workspace) throws(SolveFailure) in
      measured(try force(state, parameters, context, in: &workspace), time: context.time).value
    }
  }

  public func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) throws(SolveFailure) {
    try workspaces.lend(simulation) { (workspace) throws(SolveFailure) in
      var slope = 1.0
      if measure != .force {
        slope = measured(try force(state, parameters, context, in: &workspace), time: context.time).slope
      }
      let dimension = simulation.system.dimension
      var forceSeed = [Double](repeating: 0, count: simulation.system.solidCount * dimension)
      for k in particles {
        for axis in 0..<dimension { forceSeed[k * dimension + axis] = scale * slope * direction[axis] }
      }
      try simulation.pullSolidForces(
        state, parameters, context, forceSeed: forceSeed, into: &seed, gradient: &gradient, in: &workspace)
    }
  }

  private func force(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext,
    in workspace: inout ParticleSimulation.Workspace
  ) throws(SolveFailure) -> Double {
    if let reason = simulation.whyNoSolidForces { throw SolveFailure(.unsupported, reason) }
    let forces = try simulation.solidForces(state, parameters, context, in: &workspace)
    let dimension = simulation.system.dimension
    return particles.reduce(0.0) { sum, k in
      (0..<dimension).reduce(sum) { $0 + direction[$1] * forces[k * dimension + $1] }
    }
  }

  private func measured(_ force: Double, time: Double) -> (value: Double, slope: Double) {
    guard case .squaredDeviation(let history, let duration) = measure else { return (force, 1) }
    let place = min(max(time / duration, 0), 1) * Double(history.count - 1)
    let first = min(Int(place), max(history.count - 2, 0)), share = place - Double(first)
    let wanted = (1 - share) * history[first] + share * history[min(first + 1, history.count - 1)]
    return ((force - wanted) * (force - wanted), 2 * (force - wanted))
  }
}

/// Workspaces for callers that have none of their own; what they hold changes no bit of a result.
private final class SpareWorkspaces: @unchecked Sendable {
  private let lock = NSLock()
  private var spare: [ParticleSimulation.Workspace] = []

  func lend<Result>(
    _ simulation: ParticleSimulation, _ body: (inout ParticleSimulation.Workspace) throws(SolveFailure) -> Result
  ) throws(SolveFailure) -> Result {
    lock.lock()
    let taken = spare.popLast()
    lock.unlock()
    var workspace = taken ?? simulation.makeWorkspace()
    defer {
      lock.lock()
      spare.append(workspace)
      lock.unlock()
    }
    return try body(&workspace)
  }
}
