extension Evaluation {
  /// The one evaluation that a method asked for, with its size and its finiteness checked.
  ///
  /// - Throws: the failure of the evaluation itself, or one in words where the numbers cannot be used.
  static func checked(
    _ evaluations: [Result<Evaluation, SolveFailure>], count: Int, constraints: ClosedRange<Int>?, method: String
  ) throws(SolveFailure) -> Evaluation {
    guard evaluations.count == 1 else {
      throw SolveFailure(.unsupported, "\(method) asked for one evaluation and was given \(evaluations.count)")
    }
    let evaluation = try evaluations[0].get()
    let found = evaluation.constraints.count
    if let constraints, !constraints.contains(found) {
      throw SolveFailure(.unsupported, "\(method) takes \(constraints.inWords), and the problem has \(found)")
    }
    let gradients = [evaluation.objectiveGradient] + evaluation.constraintGradients
    guard evaluation.constraintGradients.count == found, gradients.allSatisfy({ $0.count == count }) else {
      throw SolveFailure(.unsupported, "\(method) needs a gradient of \(count) entries for each of its functions")
    }
    guard evaluation.objective.isFinite, evaluation.constraints.allSatisfy(\.isFinite),
      gradients.allSatisfy({ $0.dot($0).isFinite })
    else {
      throw SolveFailure(.nonFinite, "the objective, a constraint or a gradient is not finite")
    }
    return evaluation
  }
}

extension ClosedRange<Int> {
  fileprivate var inWords: String {
    if lowerBound < upperBound { return "at least \(lowerBound) constraints" }
    switch lowerBound {
    case 0: return "no constraint"
    case 1: return "exactly one constraint"
    default: return "\(lowerBound) constraints"
    }
  }
}
