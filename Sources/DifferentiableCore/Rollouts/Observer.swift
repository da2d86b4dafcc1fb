/// A number that a rollout returns beside its final state: a running cost, or a cost at one instant.
public protocol Observer: Sendable {
  var name: String { get }
  /// The unit of `value`; a running cost is returned in that unit times s.
  var unit: String { get }
  var moment: ObservedMoment { get }

  /// The number at one state: the cost itself, or the rate of a running cost.
  func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) throws(SolveFailure) -> Double

  /// Adds `scale` times the derivatives of `value` with respect to the state to `seed`, and with respect to the
  /// parameters to `gradient`.
  func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) throws(SolveFailure)
}

/// When an observer looks.
public enum ObservedMoment: Sendable, Hashable {
  /// From start to end: the integral of the value over time, by the trapezoidal rule over the steps.
  case throughout
  /// At the final state.
  case end
  /// At a time in s; the step before it is shortened to end there.
  case instant(Double)
}

extension Observer {
  /// The factor of the value at a state in the observed number. `previousStep` is the length of the step that led here.
  func weight(_ context: StepContext, previousStep: Double, isLast: Bool) -> Double {
    switch moment {
    case .throughout: 0.5 * (previousStep + context.timeStep)
    case .end: isLast ? 1 : 0
    case .instant(let time): context.time == time ? 1 : 0
    }
  }

  var block: Block {
    switch moment {
    case .throughout: Block(name, shape: [1], unit: unit == "1" ? "s" : unit + " s")
    case .end, .instant: Block(name, shape: [1], unit: unit)
    }
  }
}
