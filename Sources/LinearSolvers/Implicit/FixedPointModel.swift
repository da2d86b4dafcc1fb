/// A map T whose fixed point u = T(u, p) is a state.
public protocol FixedPointMap: Sendable {
  /// Entries of u.
  var dimension: Int { get }
  var stateBlocks: [Block] { get }
  func start(_ parameters: DenseVector) -> DenseVector
  /// T(u, p).
  func step(_ state: DenseVector, _ parameters: DenseVector) throws(SolveFailure) -> DenseVector
  /// (∂T/∂u)ᵀ w.
  func statePullback(_ w: DenseVector, at state: DenseVector, _ parameters: DenseVector) throws(SolveFailure)
    -> DenseVector
  /// (∂T/∂p)ᵀ w.
  func parameterPullback(_ w: DenseVector, at state: DenseVector, _ parameters: DenseVector) throws(SolveFailure)
    -> DenseVector
}

/// A simulator that iterates a map until it stands still, differentiated at the end alone: no iterate is kept.
///
/// With (I - ∂T/∂u)ᵀ λ = v a seed v has the gradient (∂T/∂p)ᵀ λ (implicit function theorem; Blondel et al., "Efficient and
/// modular implicit differentiation", NeurIPS 2022). The gradient is as exact as the fixed point is converged.
public struct FixedPointModel<Map: FixedPointMap>: ForwardModel {
  public typealias Parameters = DenseVector
  public typealias State = DenseVector
  /// The last fixed point, where the next iteration starts.
  public struct Workspace { var state: DenseVector? }

  public let map: Map
  public let adjoint: ImplicitSolve
  /// The iteration ends when a step moves the state by this part of its norm.
  public let relativeTolerance: Double
  public let maxIterations: Int
  public let identity = ModelIdentity()

  /// - Parameters:
  ///   - map: T, whose fixed point is the state.
  ///   - adjoint: `.conjugateGradient` only where ∂T/∂u is symmetric.
  ///   - relativeTolerance: Of the change of an iteration, beside the state.
  ///   - maxIterations: After these the solve has failed.
  public init(
    _ map: Map, adjoint: ImplicitSolve = .neumannSeries(), relativeTolerance: Double = 1e-13,
    maxIterations: Int = 10_000
  ) {
    self.map = map
    self.adjoint = adjoint
    self.relativeTolerance = relativeTolerance
    self.maxIterations = maxIterations
  }

  public var stateBlocks: [Block] { map.stateBlocks }
  public func makeWorkspace() -> Workspace { Workspace() }

  public func linearize(at parameters: DenseVector, in workspace: inout Workspace) throws(SolveFailure)
    -> Linearization<DenseVector, DenseVector>
  {
    var state = workspace.state ?? map.start(parameters)
    var report = SolveReport(solver: "fixed-point")
    var change = Double.infinity
    while change > relativeTolerance * max(state.norm, .leastNormalMagnitude) {
      try CancellationFlag.check()
      guard report.iterations < maxIterations, !change.isNaN else {
        throw SolveFailure(
          .stalled, "the fixed-point iteration did not converge in \(maxIterations) steps",
          attempts: ["the last step moved the state by \(change)"])
      }
      let next = try map.step(state, parameters)
      change = (next - state).norm
      state = next
      report.iterations += 1
    }
    workspace.state = state
    let (map, adjoint, point) = (map, adjoint, state)
    return Linearization(
      state: state, report: report,
      pullback: { seed throws(SolveFailure) in
        if seed.isEmpty { return .zero }
        let lambda = try adjoint.solve(seed) { w throws(SolveFailure) in
          w - (try map.statePullback(w, at: point, parameters))
        }
        return try map.parameterPullback(lambda.solution, at: point, parameters)
      })
  }

  public func memory(of workspace: Workspace) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[vector: "state"] = workspace.state
    return arrays
  }

  public func restore(_ memory: NamedArrays, to workspace: inout Workspace) {
    workspace.state = memory[vector: "state"]
  }
}
