import InverseDesign

extension SceneModel {
  /// The state outputs one after the other, as other programs get them.
  public func stateVector(field: DenseVector, state: DenseVector) -> DenseVector {
    var values: [Double] = []
    values.reserveCapacity(stateOutputCount)
    for output in stateOutputs {
      switch output.place {
      case .field: values += field.elements[output.range]
      case .state: values += state.elements[output.range]
      }
    }
    return DenseVector(values)
  }

  /// A seed from weights on the rows and from one vector over all state outputs; both may be empty.
  ///
  /// - Throws: `SceneFault.invalidInput` for sizes that do not fit and numbers that are not finite.
  public func seed(rows weights: [Double], stateVector: DenseVector) throws(SceneFault) -> ResponseSeed {
    var seed = ResponseSeed(rows: weights)
    if stateVector.isEmpty { return seed }
    try check(stateVector, count: stateOutputCount, "the seed on the state")
    func count(_ place: StateOutput.Place) -> Int {
      stateOutputs.filter { $0.place == place }.map(\.range.upperBound).max() ?? 0
    }
    var field = DenseVector(zeros: count(.field)), state = DenseVector(zeros: count(.state))
    var isFieldSeeded = false, isStateSeeded = false
    var start = 0
    for output in stateOutputs {
      let part = stateVector.elements[start..<start + output.block.count]
      start += output.block.count
      guard part.contains(where: { $0 != 0 }) else { continue }
      switch output.place {
      case .field:
        field.elements.replaceSubrange(output.range, with: part)
        isFieldSeeded = true
      case .state:
        state.elements.replaceSubrange(output.range, with: part)
        isStateSeeded = true
      }
    }
    if isFieldSeeded { seed.field = field }
    if isStateSeeded { seed.state = state }
    return seed
  }
}

extension SceneModel {
  /// Where a state output lies in the vector of all of them.
  public func stateRange(of output: StateOutput) -> Range<Int> {
    var start = 0
    for each in stateOutputs {
      if each == output { break }
      start += each.block.count
    }
    return start..<start + output.block.count
  }
}
