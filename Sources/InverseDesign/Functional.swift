import _Differentiation

/// An objective or constraint in plain differentiable Swift: `Functional("compliance") { x in load.dot(model(decode(x))) }`.
public struct Functional: Responses {
  public let name: String
  private let body: @Sendable @differentiable(reverse) (DenseVector) -> Double

  public init(_ name: String, _ body: @escaping @Sendable @differentiable(reverse) (DenseVector) -> Double) {
    self.name = name
    self.body = body
  }

  public var names: [String] { [name] }
  public func makeSession() -> any ResponseSession { FunctionalSession([self]) }

  /// The value at a design. `trap` keeps workspaces from one call to the next.
  public func value(at design: DenseVector, in trap: FailureTrap = FailureTrap()) throws(SolveFailure) -> Double {
    try trap.run { body(design) }.0
  }

  /// The value and gradient at a design; rethrows the first failed solve inside.
  public func valueWithGradient(at design: DenseVector, in trap: FailureTrap = FailureTrap()) throws(SolveFailure)
    -> (value: Double, gradient: DenseVector, report: SolveReport)
  {
    let (result, report) = try trap.run { _Differentiation.valueWithGradient(at: design, of: body) }
    guard result.value.isFinite, result.gradient.isFinite else {
      throw SolveFailure(.nonFinite, "'\(name)' or its gradient is not finite")
    }
    let gradient = result.gradient.isEmpty ? DenseVector(zeros: design.count) : result.gradient
    return (result.value, gradient, report)
  }
}

/// Several functionals as rows; each is evaluated for itself.
public struct FunctionalList: Responses {
  public let functionals: [Functional]
  public init(_ functionals: [Functional]) { self.functionals = functionals }
  public var names: [String] { functionals.map(\.name) }
  public func makeSession() -> any ResponseSession { FunctionalSession(functionals) }
}

final class FunctionalSession: ResponseSession {
  private let functionals: [Functional]
  private let traps: [FailureTrap]

  init(_ functionals: [Functional]) {
    self.functionals = functionals
    traps = functionals.map { _ in FailureTrap() }
  }

  func evaluate(_ design: DenseVector, gradientsOf rows: Set<Int>) throws(SolveFailure) -> ResponseValues {
    var result = ResponseValues(values: [])
    for (index, functional) in functionals.enumerated() {
      if rows.contains(index) {
        let (value, gradient, report) = try functional.valueWithGradient(at: design, in: traps[index])
        result.values.append(value)
        result.gradients[index] = gradient
        result.report.merge(report)
      } else {
        result.values.append(try functional.value(at: design, in: traps[index]))
      }
    }
    return result
  }
}
