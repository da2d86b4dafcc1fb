import InverseDesign
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A model of a scene at a design, with its derivatives there: forward (`pushforward`) and back (`pullback`).
///
/// It holds a session of its own until it is released; calls of several threads take turns.
public final class SceneLinearization: Sendable {
  public let model: SceneModel
  public let design: DenseVector
  public let evaluation: SceneEvaluation

  private struct Solved: @unchecked Sendable {
    var linearization: ResponseLinearization
    var session: any ResponseSession
  }
  private let solved: Mutex<Solved>

  init(
    _ model: SceneModel, _ design: DenseVector, _ linearization: ResponseLinearization, _ session: any ResponseSession
  ) {
    self.model = model
    self.design = design
    evaluation = model.evaluation(linearization.result)
    solved = Mutex(Solved(linearization: linearization, session: session))
  }

  deinit {
    // The session is free once the linearization, which shares its solver, is gone with this object.
    model.sessions.give(back: solved.withLock { UncheckedShared($0.session) }.value)
  }

  /// The vector-Jacobian product: weights on rows and seeds on field and state to the gradient with respect to the
  /// design. One adjoint solve, whatever the seed.
  public func pullback(_ seed: ResponseSeed) throws(SceneFault) -> DenseVector {
    try model.check(seed)
    return try SceneModel.value { () throws(SolveFailure) in
      try solved.withLock { (solved: inout Solved) throws(SolveFailure) in
        let gradient = try solved.linearization.pullback(seed)
        guard gradient.isFinite else { throw SolveFailure(.nonFinite, "a gradient is not finite") }
        return gradient
      }
    }
  }

  /// The Jacobian-vector product of every output.
  ///
  /// Rows are exact up to the solver: where the model has no forward derivative, each is the product of its gradient with
  /// the direction. Field and state are the model's own forward derivative, or else a central difference of two
  /// solutions with the step that `SceneModel.hessianVector` explains.
  ///
  /// - Parameters:
  ///   - direction: of the design.
  ///   - wantsState: false leaves field and state empty where they would cost solves of their own.
  public func pushforward(_ direction: DenseVector, wantsState: Bool = true) throws(SceneFault) -> ResponseChange {
    try model.check(direction, count: model.designCount, "the direction")
    let known = try SceneModel.value { () throws(SolveFailure) in
      try solved.withLock { (solved: inout Solved) throws(SolveFailure) in
        try solved.linearization.pushforward(direction)
      }
    }
    if let known { return known }
    var change = ResponseChange(rows: [], state: .zero, field: .zero)
    for row in model.rows.indices {
      var weights = [Double](repeating: 0, count: model.rows.count)
      weights[row] = 1
      change.rows.append(try pullback(ResponseSeed(rows: weights)).dot(direction))
    }
    guard wantsState, !evaluation.state.isEmpty || !evaluation.field.isEmpty else { return change }
    guard direction.largestMagnitude > 0 else {
      change.state = DenseVector(zeros: evaluation.state.count)
      change.field = DenseVector(zeros: evaluation.field.count)
      return change
    }
    let moved = try model.differences(at: design, along: direction) { session, point throws(SolveFailure) in
      let result = try session.evaluate(point, gradientsOf: [])
      return ResponseSeed(state: result.state, field: result.field)
    } combined: { ahead, behind, factor in
      ResponseSeed(
        state: (ahead.state - behind.state).scaled(by: factor), field: (ahead.field - behind.field).scaled(by: factor))
    }
    (change.state, change.field) = (moved.state, moved.field)
    return change
  }
}

extension SceneModel {
  /// - Throws: `SceneFault.invalidInput` for sizes that do not fit.
  func check(_ seed: ResponseSeed) throws(SceneFault) {
    if !seed.rows.isEmpty { try check(DenseVector(seed.rows), count: rows.count, "the weights of the rows") }
    for (place, part) in [(StateOutput.Place.state, seed.state), (.field, seed.field)] where !part.isEmpty {
      let count = stateOutputs.filter { $0.place == place }.map(\.range.upperBound).max() ?? 0
      try check(part, count: count, "the seed on the \(place)")
    }
  }
}

func cubeRoot(_ x: Double) -> Double { cbrt(x) }
