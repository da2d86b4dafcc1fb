#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pendulums in a row, joined by springs, by the symplectic Euler scheme: a small nonlinear system with a step adjoint.
///
/// Acceleration of angle i: -g sin(q_i) + k (q_(i-1) - 2 q_i + q_(i+1)), with free ends.
public struct PendulumChain: TimeStepper {
  public var count: Int
  /// The length of every step, s, or of the longest one where `isAdaptive`.
  public var step: Double
  /// Makes steps short where the chain is fast.
  public var isAdaptive = false
  /// The step before which it fails, as a scheme that diverges would.
  public var failingStep: Int?

  public init(count: Int = 4, step: Double = 0.05) {
    self.count = count
    self.step = step
  }

  public struct Workspace {
    var acceleration: DenseVector
    /// Steps taken with this workspace, repeated ones too.
    public var advances = 0
  }

  public var parameterBlocks: [Block] {
    [
      Block("angles", shape: [count]), Block("velocities", shape: [count], unit: "1/s"),
      Block("gravity", shape: [1], unit: "1/s2"), Block("coupling", shape: [1], unit: "1/s2"),
    ]
  }
  public var stateBlocks: [Block] { Array(parameterBlocks.prefix(2)) }
  public func makeWorkspace() -> Workspace { Workspace(acceleration: DenseVector(zeros: count)) }

  /// Somewhere to start: angles up to a radian, and the constants.
  public var sample: DenseVector {
    var generator = SeededGenerator(seed: 71)
    return DenseVector(generator.vector(count: 2 * count).elements + [2.5, 1.5])
  }

  public func initialState(_ parameters: DenseVector) -> DenseVector {
    DenseVector(parameters.elements[..<(2 * count)])
  }

  public func pullInitialState(_ seed: DenseVector, _ parameters: DenseVector, into gradient: inout DenseVector) {
    for i in 0..<2 * count { gradient[i] += seed[i] }
  }

  public func timeStep(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, in workspace: inout Workspace
  ) -> Double {
    guard isAdaptive else { return step }
    return step / (1 + state.elements[count...].reduce(0) { max($0, abs($1)) })
  }

  public func advance(
    _ state: inout DenseVector, _ parameters: DenseVector, _ context: StepContext, in workspace: inout Workspace
  ) throws(SolveFailure) {
    if context.index == failingStep { throw SolveFailure(.diverged, "the springs broke") }
    workspace.advances += 1
    let (g, k) = (parameters[2 * count], parameters[2 * count + 1])
    for i in 0..<count { workspace.acceleration[i] = -g * sin(state[i]) + k * bend(state, i) }
    for i in 0..<count {
      state[count + i] += context.timeStep * workspace.acceleration[i]
      state[i] += context.timeStep * state[count + i]
    }
  }

  public func pullStep(
    from state: DenseVector, to after: DenseVector, _ parameters: DenseVector, _ context: StepContext,
    seed: inout DenseVector,
    gradient: inout DenseVector, in workspace: inout Workspace
  ) {
    let (g, k) = (parameters[2 * count], parameters[2 * count + 1])
    // The step's new velocity moves the angle too; then the acceleration, whose spring part is its own transpose.
    for i in 0..<count { seed[count + i] += context.timeStep * seed[i] }
    for i in 0..<count { workspace.acceleration[i] = context.timeStep * seed[count + i] }
    for i in 0..<count {
      gradient[2 * count] -= sin(state[i]) * workspace.acceleration[i]
      gradient[2 * count + 1] += bend(state, i) * workspace.acceleration[i]
      seed[i] += -g * cos(state[i]) * workspace.acceleration[i] + k * bend(workspace.acceleration, i)
    }
  }

  private func bend(_ q: DenseVector, _ i: Int) -> Double {
    (i > 0 ? q[i - 1] - q[i] : 0) + (i + 1 < count ? q[i + 1] - q[i] : 0)
  }
}

/// The energy of a pendulum chain but for its springs: sum of v^2 / 2 + g (1 - cos q).
public struct ChainEnergy: Observer {
  public var moment: ObservedMoment
  public var name: String { "energy" }
  public var unit: String { "1/s2" }

  public init(_ moment: ObservedMoment) { self.moment = moment }

  public func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) -> Double {
    let n = state.count / 2
    return (0..<n).reduce(0.0) {
      $0 + 0.5 * state[n + $1] * state[n + $1] + parameters[2 * n] * (1 - cos(state[$1]))
    }
  }

  public func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) {
    let n = state.count / 2
    for i in 0..<n {
      seed[n + i] += scale * state[n + i]
      seed[i] += scale * parameters[2 * n] * sin(state[i])
      gradient[2 * n] += scale * (1 - cos(state[i]))
    }
  }
}
