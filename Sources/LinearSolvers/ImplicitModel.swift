import _Differentiation

/// A simulator whose state solves discrete equations, with the one implicit adjoint of the project.
///
/// With J = ∂r/∂u at the solution of r(u(p), p) = 0, a seed v on the state has the parameter gradient
/// -(∂r/∂p)ᵀ λ, where Jᵀ λ = v (implicit function theorem). The prepared solver of the last linear solve serves the
/// adjoint too. The state is the columns one after the other.
public struct ImplicitModel<Equations: ResidualModel>: ForwardModel {
  public typealias Parameters = Equations.Parameters
  public typealias State = DenseVector
  public typealias Solver = AnyLinearSolver<Equations.Jacobian>

  /// Prepared solver and warm starts.
  public struct Workspace {
    var prepared: Solver.Prepared?
    /// The last solution, a start for the next solve.
    var state: [DenseVector]?
  }

  public let equations: Equations
  public let solver: Solver
  public let newton: NewtonOptions
  /// Starts each iterative solve from the last solution of the same workspace.
  public let warmStarts: Bool
  public let identity = ModelIdentity()

  public init(
    _ equations: Equations, solver: Solver, newton: NewtonOptions = NewtonOptions(), warmStarts: Bool = true
  ) {
    self.equations = equations
    self.solver = solver
    self.newton = newton
    self.warmStarts = warmStarts
  }

  /// With a solver that is known when compiling.
  public init<Method: LinearSolver>(_ equations: Equations, solver: Method)
  where Method.Operator == Equations.Jacobian {
    self.init(equations, solver: AnyLinearSolver(solver))
  }

  public var stateBlocks: [Block] { equations.stateBlocks }
  public func makeWorkspace() -> Workspace { Workspace() }

  public func solution(at parameters: Parameters, in workspace: inout Workspace) throws(SolveFailure)
    -> Solution<DenseVector>
  {
    let (state, _, report) = try columns(parameters, in: &workspace)
    return Solution(state: DenseVector.joining(state), report: report)
  }

  public func linearize(at parameters: Parameters, in workspace: inout Workspace) throws(SolveFailure)
    -> Linearization<Parameters, DenseVector>
  {
    let (state, prepared, report) = try columns(parameters, in: &workspace)
    let equations = equations
    let solver = solver
    return Linearization(
      state: DenseVector.joining(state), report: report,
      pullback: { seed throws(SolveFailure) in
        if seed.isEmpty { return .zero }
        let lambda = try Self.adjoint(seed, at: state, parameters, equations, solver, prepared)
        var gradient = equations.parameterPullback(lambda, at: state, parameters)
        gradient = .zero - gradient
        return gradient
      },
      pushforward: { direction throws(SolveFailure) in
        guard let change = equations.parameterPushforward(direction, at: state, parameters) else {
          throw SolveFailure(.cancelled, "these equations offer no derivative along a direction")
        }
        let right = change.map { $0.scaled(by: -1) }
        return DenseVector.joining(try solver.solve(prepared, columns: right, from: nil).solutions)
      })
  }

  public func memory(of workspace: Workspace) -> NamedArrays {
    var arrays = NamedArrays()
    if let prepared = workspace.prepared { arrays.merge(solver.memory(of: prepared), prefix: "solver/") }
    guard warmStarts, let state = workspace.state else { return arrays }
    for (column, values) in state.enumerated() { arrays[vector: "state.\(column)"] = values }
    return arrays
  }

  public func restore(_ memory: NamedArrays, to workspace: inout Workspace) {
    if memory.names.isEmpty { workspace.state = nil }
    if let prepared = solver.recall(memory.withPrefix("solver/")) {
      workspace.prepared = prepared
    } else if let prepared = workspace.prepared, !solver.memory(of: prepared).names.isEmpty {
      workspace.prepared = nil
    }
    let columns = (0..<equations.columnCount).compactMap { memory[vector: "state.\($0)"] }
    if columns.count == equations.columnCount { workspace.state = columns }
  }

  // MARK: - The solve and its adjoint

  private func columns(_ parameters: Parameters, in workspace: inout Workspace) throws(SolveFailure)
    -> (state: [DenseVector], prepared: Solver.Prepared, report: SolveReport)
  {
    var state = equations.initialState(parameters)
    var report = SolveReport()
    let guess = warmStarts ? workspace.state : nil
    for iteration in 0..<(equations.isLinear ? 1 : newton.maxIterations) {
      try CancellationFlag.check()
      if !equations.isLinear, iteration == 0, let guess { state = guess }
      let jacobian = try equations.jacobian(state, parameters)
      let prepared = try solver.prepare(jacobian, reusing: workspace.prepared.take())
      workspace.prepared = prepared
      let right = equations.residual(state, parameters).map { $0.scaled(by: -1) }
      // Of a linear problem the last solution is a start for this one; Newton corrections start from zero.
      let start = equations.isLinear ? guess.map { zip($0, state).map { $0 - $1 } } : nil
      let step = try solver.solve(prepared, columns: right, from: start)
      report.merge(step.report)
      for column in state.indices { state[column].add(step.solutions[column], scaledBy: 1) }
      guard state.allSatisfy(\.isFinite) else {
        throw SolveFailure(.nonFinite, "the solution of \(solver.name) is not finite", attempts: report.notes)
      }
      let done = equations.isLinear || newton.hasConverged(step.solutions, state)
      if done {
        workspace.state = state
        return (state, prepared, report)
      }
    }
    throw SolveFailure(
      .stalled, "Newton's method did not converge in \(newton.maxIterations) iterations", attempts: report.notes)
  }

  private static func adjoint(
    _ seed: DenseVector, at state: [DenseVector], _ parameters: Parameters, _ equations: Equations,
    _ solver: Solver, _ prepared: Solver.Prepared
  ) throws(SolveFailure) -> [DenseVector] {
    let n = equations.dimension
    var lambda = [DenseVector](repeating: .zero, count: equations.columnCount)
    var unknown: [Int] = []
    var seeds: [DenseVector] = []
    for column in 0..<equations.columnCount {
      var part = DenseVector(seed.elements[column * n..<(column + 1) * n])
      if part.largestMagnitude == 0 { continue }
      if let known = equations.knownAdjoint(of: part, column: column, at: state, parameters) {
        lambda[column] = known
        continue
      }
      equations.maskConstrained(&part)
      unknown.append(column)
      seeds.append(part)
    }
    if !seeds.isEmpty {
      let solved = try solver.solveTransposed(prepared, columns: seeds, from: nil)
      for (column, solution) in zip(unknown, solved.solutions) { lambda[column] = solution }
    }
    return lambda
  }

}

/// When Newton's method stops.
public struct NewtonOptions: Sendable {
  public var maxIterations: Int
  /// Stops when a step is this small beside the state.
  public var relativeTolerance: Double
  public init(maxIterations: Int = 30, relativeTolerance: Double = 1e-10) {
    self.maxIterations = maxIterations
    self.relativeTolerance = relativeTolerance
  }

  func hasConverged(_ steps: [DenseVector], _ state: [DenseVector]) -> Bool {
    zip(steps, state).allSatisfy { $0.norm <= relativeTolerance * max($1.norm, .leastNormalMagnitude) }
  }
}
