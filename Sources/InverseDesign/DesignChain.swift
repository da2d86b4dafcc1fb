import _Differentiation

/// The chain design → physical field → parameters → state → rows, each link with its own adjoint.
public struct DesignChain<Model: ForwardModel>: Responses where Model.State == DenseVector {
  /// One number read off the chain.
  public enum Row: Sendable {
    /// Read off the physical field, before any simulation.
    case field(name: String, any FieldFunctional)
    /// Read off the simulator's parameters and state.
    case state(name: String, any StateFunctional<Model.Parameters, DenseVector>)
    /// The sum of one of each: what a structure does and what its material costs.
    case sum(name: String, field: any FieldFunctional, state: any StateFunctional<Model.Parameters, DenseVector>)

    var name: String {
      switch self {
      case .field(let name, _), .state(let name, _), .sum(let name, _, _): name
      }
    }

    var ofField: (any FieldFunctional)? {
      switch self {
      case .field(_, let functional), .sum(_, let functional, _): functional
      case .state: nil
      }
    }

    var ofState: (any StateFunctional<Model.Parameters, DenseVector>)? {
      switch self {
      case .state(_, let functional), .sum(_, _, let functional): functional
      case .field: nil
      }
    }
  }

  /// Design to physical field at an iteration of a run; constant unless a continuation schedule says otherwise.
  public let fieldMap: @Sendable (_ iteration: Int) -> any Transform
  /// Physical field to parameters, likewise.
  public let parameterMap: @Sendable (_ iteration: Int) -> any ParameterMap<Model.Parameters>
  public let model: Model
  public let rows: [Row]

  public init(
    fieldMap: @escaping @Sendable (_ iteration: Int) -> any Transform,
    parameterMap: @escaping @Sendable (_ iteration: Int) -> any ParameterMap<Model.Parameters>, model: Model,
    rows: [Row]
  ) {
    self.fieldMap = fieldMap
    self.parameterMap = parameterMap
    self.model = model
    self.rows = rows
  }

  /// A chain that stays the same during a run.
  public init(
    field: any Transform, parameters: any ParameterMap<Model.Parameters>, model: Model, rows: [Row]
  ) {
    self.init(fieldMap: { _ in field }, parameterMap: { _ in parameters }, model: model, rows: rows)
  }

  public var names: [String] { rows.map(\.name) }
  public var stateBlocks: [Block] { rows.contains { $0.ofState != nil } ? model.stateBlocks : [] }
  public func makeSession() -> any ResponseSession { DesignChainSession(self) }
}

/// Evaluates a chain with one workspace.
final class DesignChainSession<Model: ForwardModel>: ResponseSession where Model.State == DenseVector {
  let chain: DesignChain<Model>
  var workspace: Model.Workspace
  private(set) var fieldMap: any Transform
  private(set) var parameterMap: any ParameterMap<Model.Parameters>
  let needsState: Bool

  init(_ chain: DesignChain<Model>) {
    self.chain = chain
    workspace = chain.model.makeWorkspace()
    fieldMap = chain.fieldMap(1)
    parameterMap = chain.parameterMap(1)
    needsState = chain.rows.contains { $0.ofState != nil }
  }

  func begin(iteration: Int) {
    fieldMap = chain.fieldMap(iteration)
    parameterMap = chain.parameterMap(iteration)
  }

  var memory: NamedArrays { chain.model.memory(of: workspace) }
  func restore(_ memory: NamedArrays) { chain.model.restore(memory, to: &workspace) }

  func evaluate(_ design: DenseVector, gradientsOf wanted: Set<Int>) throws(SolveFailure) -> ResponseValues {
    let map = try fieldMap.linearize(at: design)
    let field = map.image
    var result = ResponseValues(values: [Double](repeating: 0, count: chain.rows.count), field: field)
    if needsState {
      let parameters = try parameterMap.parameters(of: field)
      var pullback: Linearization<Model.Parameters, DenseVector>.Pullback?
      if needsAdjoint(wanted) {
        let linearization = try chain.model.linearize(at: parameters, in: &workspace)
        (result.state, result.report, pullback) = (linearization.state, linearization.report, linearization.pullback)
      } else {
        // A linearization would keep checkpoints for nobody.
        let solution = try chain.model.solution(at: parameters, in: &workspace)
        (result.state, result.report) = (solution.state, solution.report)
      }
      for (index, row) in chain.rows.enumerated() {
        guard let functional = row.ofState else { continue }
        result.values[index] = functional.value(parameters, result.state)
        guard wanted.contains(index), let pullback else { continue }
        let partials = functional.partials(parameters, result.state)
        var seed = try pullback(partials.state)
        seed += partials.parameters
        result.gradients[index] = try map.pullback(parameterMap.pullback(seed, at: field))
      }
    }
    for (index, row) in chain.rows.enumerated() {
      guard let functional = row.ofField else { continue }
      result.values[index] += functional.value(field)
      guard wanted.contains(index) else { continue }
      let gradient = try map.pullback(functional.gradient(field))
      result.gradients[index] = result.gradients[index].map { $0 + gradient } ?? gradient
    }
    return result
  }

  private func needsAdjoint(_ wanted: Set<Int>) -> Bool {
    chain.rows.indices.contains { wanted.contains($0) && chain.rows[$0].ofState != nil }
  }
}
