import _Differentiation

extension DesignChainSession {
  func linearize(_ design: DenseVector, rows wanted: Set<Int>) throws(SolveFailure) -> ResponseLinearization {
    let map = try fieldMap.linearize(at: design)
    let field = map.image
    var result = ResponseValues(values: [Double](repeating: 0, count: chain.rows.count), field: field)
    var solved: (parameters: Model.Parameters, linearization: Linearization<Model.Parameters, DenseVector>)?
    if needsState {
      let parameters = try parameterMap.parameters(of: field)
      let linearization = try chain.model.linearize(at: parameters, in: &workspace)
      (result.state, result.report) = (linearization.state, linearization.report)
      solved = (parameters, linearization)
    }
    for (index, row) in chain.rows.enumerated() {
      if let functional = row.ofState, let solved {
        result.values[index] += functional.value(solved.parameters, solved.linearization.state)
      }
      if let functional = row.ofField { result.values[index] += functional.value(field) }
    }
    let rows = chain.rows
    let (fieldMap, parameterMap) = (fieldMap, parameterMap)
    return ResponseLinearization(
      result,
      pullback: { seed throws(SolveFailure) in
        var onField = seed.field
        for (row, weight) in zip(rows, seed.rows) where weight != 0 {
          if let functional = row.ofField { onField.add(functional.gradient(field), scaledBy: weight) }
        }
        if let solved {
          let part = try Self.pulled(seed, rows, solved.parameters, solved.linearization)
          if part.isSome { onField += try parameterMap.pullback(part.gradient, at: field) }
        }
        return onField.isEmpty ? DenseVector(zeros: design.count) : try map.pullback(onField)
      },
      pushforward: { direction throws(SolveFailure) in
        try Self.pushed(
          direction, at: design, rows, fieldMap, parameterMap, field: field,
          state: solved?.linearization.state ?? .zero, parameters: solved?.parameters,
          forward: solved?.linearization.pushforward)
      })
  }

  /// The seed of rows and state, through the model to its parameters: one adjoint for all.
  private static func pulled(
    _ seed: ResponseSeed, _ rows: [DesignChain<Model>.Row], _ parameters: Model.Parameters,
    _ linearization: Linearization<Model.Parameters, DenseVector>
  ) throws(SolveFailure) -> (gradient: Model.Parameters.TangentVector, isSome: Bool) {
    var onState = seed.state
    var gradient = Model.Parameters.TangentVector.zero
    var isSome = !onState.isEmpty
    let asked = zip(rows, seed.rows).filter { $0.1 != 0 && $0.0.ofState != nil }
    for (row, weight) in asked {
      guard let functional = row.ofState else { continue }
      isSome = true
      let partials = functional.partials(parameters, linearization.state)
      if asked.count == 1, seed.state.isEmpty, weight == 1 {
        // Untouched, so that a model that knows the adjoint of its own load recognizes it.
        gradient += partials.parameters
        onState = partials.state
      } else {
        onState.add(partials.state, scaledBy: weight)
        // A tangent vector of any kind has no product with a number: its pullback is linear, so scale the seed instead.
        gradient += try scaled(partials.parameters, by: weight)
      }
    }
    if isSome { gradient += try linearization.pullback(onState) }
    return (gradient, isSome)
  }

  private static func scaled(_ tangent: Model.Parameters.TangentVector, by factor: Double) throws(SolveFailure)
    -> Model.Parameters.TangentVector
  {
    if tangent == .zero { return tangent }
    guard let scalable = tangent as? any ScalableTangent,
      let result = scalable.multiplied(by: factor) as? Model.Parameters.TangentVector
    else { throw SolveFailure(.unsupported, "the parameters of this model cannot be scaled") }
    return result
  }

  /// The model's own forward derivative behind the field and the parameters, whose change is a difference: neither costs
  /// a solve, both are smooth, and so the difference is good to eight digits or more.
  private static func pushed(
    _ direction: DenseVector, at design: DenseVector, _ rows: [DesignChain<Model>.Row], _ fieldMap: any Transform,
    _ parameterMap: any ParameterMap<Model.Parameters>, field: DenseVector, state: DenseVector,
    parameters: Model.Parameters?, forward: Linearization<Model.Parameters, DenseVector>.Pushforward?
  ) throws(SolveFailure) -> ResponseChange? {
    let largest = direction.largestMagnitude
    if parameters != nil, forward == nil { return nil }
    guard largest > 0 else {
      return ResponseChange(
        rows: rows.map { _ in 0 }, state: DenseVector(zeros: state.count), field: DenseVector(zeros: field.count))
    }
    let step = 1e-5 / largest
    let ahead = try fieldMap.apply(design + direction.scaled(by: step))
    let behind = try fieldMap.apply(design + direction.scaled(by: -step))
    let fieldChange = (ahead - behind).scaled(by: 0.5 / step)
    var change = ResponseChange(rows: rows.map { _ in 0 }, state: .zero, field: fieldChange)
    if let parameters, let forward {
      guard let forwardPoint = try parameterMap.parameters(of: ahead) as? any ScalableTangent,
        let backwardPoint = try parameterMap.parameters(of: behind) as? any ScalableTangent,
        let parameterChange = forwardPoint.difference(from: backwardPoint, scaledBy: 0.5 / step)
          as? Model.Parameters.TangentVector
      else { return nil }
      change.state = try forward(parameterChange)
      for (index, row) in rows.enumerated() {
        guard let functional = row.ofState else { continue }
        let partials = functional.partials(parameters, state)
        change.rows[index] += partials.state.dot(change.state)
        if partials.parameters != .zero {
          guard let explicit = partials.parameters as? any ScalableTangent else { return nil }
          change.rows[index] += explicit.innerProduct(with: parameterChange)
        }
      }
    }
    for (index, row) in rows.enumerated() {
      if let functional = row.ofField { change.rows[index] += functional.gradient(field).dot(fieldChange) }
    }
    return change
  }
}
