extension SequentialQuadraticProgramming {
  public func save(_ state: State) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "method"] = name
    arrays[vector: "design"] = state.design
    arrays[vector: "trial"] = state.trial
    if let evaluation = state.evaluation { arrays.merge(evaluation.save(), prefix: "evaluation/") }
    arrays[real: "curvature"] = state.curvature
    arrays[real: "multipliers"] = state.multipliers
    arrays[real: "penalties"] = state.penalties
    arrays[real: "step"] = state.step
    arrays[real: "numbers"] = [state.length, state.slope, state.lastChange, state.radius ?? -1]
    arrays[integer: "counters"] = [
      Int64(state.updates), Int64(state.cuts), Int64(state.failures), state.isCorrection ? 1 : 0,
      state.wasReset ? 1 : 0, state.evaluation == nil ? 0 : 1,
    ]
    return arrays
  }

  public func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State? {
    let n = bounds.count
    guard arrays[text: "method"] == name, let design = arrays.vector("design", n),
      let trial = arrays.vector("trial", n),
      let curvature = arrays[real: "curvature"], let multipliers = arrays[real: "multipliers"],
      let penalties = arrays[real: "penalties"], let step = arrays[real: "step"],
      let numbers = arrays[real: "numbers"], numbers.count == 4,
      let counters = arrays[integer: "counters"], counters.count == 6
    else { return nil }
    var state = State(bounds: bounds, design: design, trial: trial)
    guard counters[5] == 1 else { return state }
    guard let evaluation = Evaluation(restoring: arrays.withPrefix("evaluation/"), count: n),
      curvature.count == n * n, step.count == n, penalties.count == evaluation.constraints.count,
      multipliers.count == penalties.count
    else { return nil }
    state.evaluation = evaluation
    (state.curvature, state.multipliers, state.penalties, state.step) = (curvature, multipliers, penalties, step)
    (state.length, state.slope, state.lastChange) = (numbers[0], numbers[1], numbers[2])
    if numbers[3] >= 0 { state.radius = numbers[3] }
    (state.updates, state.cuts, state.failures) = (Int(counters[0]), Int(counters[1]), Int(counters[2]))
    (state.isCorrection, state.wasReset) = (counters[3] == 1, counters[4] == 1)
    return state
  }
}
