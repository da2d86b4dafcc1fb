import _Differentiation

/// A simulator: parameters in, state out, with a hand-written adjoint.
///
/// Ordinary throwing Swift. The one bridge to Swift's own differentiation is `callAsFunction`; nobody who adds a
/// simulator writes `@derivative`.
public protocol ForwardModel<Parameters, State>: Sendable {
  associatedtype Parameters: Differentiable
  associatedtype State: EuclideanVector
  /// Symbolic factors, warm starts, buffers: one per caller, never shared.
  associatedtype Workspace

  /// Tells this model from every other, so that workspaces are never mixed up.
  var identity: ModelIdentity { get }
  func makeWorkspace() -> Workspace
  /// The state alone. Worth writing where a linearization keeps what nobody asked for: checkpoints, records.
  func solution(at parameters: Parameters, in workspace: inout Workspace) throws(SolveFailure) -> Solution<State>
  func linearize(at parameters: Parameters, in workspace: inout Workspace) throws(SolveFailure)
    -> Linearization<Parameters, State>
  /// What a bit-exact resume needs of the workspace: warm starts, recycled spaces.
  func memory(of workspace: Workspace) -> NamedArrays
  /// Puts back what `memory(of:)` returned; of nothing, forgets what would change the bits of the next solution.
  func restore(_ memory: NamedArrays, to workspace: inout Workspace)
  /// The parts of the state: `displacement [nodeCount, 3] m`.
  var stateBlocks: [Block] { get }
}

extension ForwardModel {
  public func solution(at parameters: Parameters, in workspace: inout Workspace) throws(SolveFailure)
    -> Solution<State>
  {
    let linearization = try linearize(at: parameters, in: &workspace)
    return Solution(state: linearization.state, report: linearization.report)
  }
  public func solve(_ parameters: Parameters, in workspace: inout Workspace) throws(SolveFailure) -> State {
    try solution(at: parameters, in: &workspace).state
  }
  public func memory(of workspace: Workspace) -> NamedArrays { NamedArrays() }
  public func restore(_ memory: NamedArrays, to workspace: inout Workspace) {}
}

/// A model's state at some parameters, and how it was found.
public struct Solution<State> {
  public let state: State
  public let report: SolveReport

  public init(state: State, report: SolveReport) {
    self.state = state
    self.report = report
  }
}

/// Stands for one model: two are equal when they are the same object.
public final class ModelIdentity: Sendable, Hashable {
  public init() {}
  public static func == (a: ModelIdentity, b: ModelIdentity) -> Bool { a === b }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
