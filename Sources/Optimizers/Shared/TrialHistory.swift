/// The last accepted iterate and the point to be evaluated next. When an evaluation fails, the trial moves halfway back
/// to the accepted iterate, a limited number of times.
struct TrialHistory: Sendable, Equatable {
  private(set) var accepted: DenseVector
  private(set) var trial: DenseVector
  /// False until the first evaluation succeeded: then there is nothing to move back to.
  private(set) var hasEvaluation = false
  private(set) var retreats = 0
  /// Successful evaluations so far.
  private(set) var iteration = 0

  static let mostRetreats = 10

  init(start: DenseVector) {
    accepted = start
    trial = start
  }

  /// Accepts the trial with its evaluation; nil when the evaluation failed and the trial was moved back.
  mutating func take(
    _ evaluations: [Result<Evaluation, SolveFailure>], constraints: ClosedRange<Int>?, method: String
  ) throws(SolveFailure) -> Evaluation? {
    do throws(SolveFailure) {
      let evaluation = try Evaluation.checked(
        evaluations, count: trial.count, constraints: constraints, method: method)
      accepted = trial
      hasEvaluation = true
      retreats = 0
      iteration += 1
      return evaluation
    } catch {
      if error.kind == .cancelled || error.kind == .unsupported || !hasEvaluation { throw error }
      guard retreats < Self.mostRetreats else {
        var failure = error
        failure.attempts.append("\(retreats) steps halved toward the last good design")
        throw failure
      }
      retreats += 1
      trial.add(accepted, scaledBy: 1)
      trial.scale(by: 0.5)
      return nil
    }
  }

  /// Sets the next trial and returns the largest change from the accepted iterate.
  mutating func propose(_ next: DenseVector) -> Double {
    trial = next
    return largestDifference(next, accepted)
  }

  func save() -> NamedArrays {
    var arrays = NamedArrays()
    arrays[vector: "accepted"] = accepted
    arrays[vector: "trial"] = trial
    arrays[integer: "counters"] = [hasEvaluation ? 1 : 0, Int64(retreats), Int64(iteration)]
    return arrays
  }

  init?(restoring arrays: NamedArrays, count: Int) {
    guard let accepted = arrays[vector: "accepted"], let trial = arrays[vector: "trial"],
      accepted.count == count, trial.count == count,
      let counters = arrays[integer: "counters"], counters.count == 3, counters.allSatisfy({ $0 >= 0 })
    else { return nil }
    self.accepted = accepted
    self.trial = trial
    hasEvaluation = counters[0] == 1
    retreats = Int(counters[1])
    iteration = Int(counters[2])
  }
}

/// The largest absolute difference of two vectors' entries.
func largestDifference(_ a: DenseVector, _ b: DenseVector) -> Double {
  a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in
      var largest = 0.0
      for i in 0..<min(a.count, b.count) { largest = max(largest, abs(a[i] - b[i])) }
      return largest
    }
  }
}
