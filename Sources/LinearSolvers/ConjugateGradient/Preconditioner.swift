/// A symmetric positive definite approximation of A⁻¹, prepared for one operator.
///
/// It may own scratch memory, so one value serves one solve at a time.
public protocol Preconditioner {
  /// z = M⁻¹ r. The arrays hold one entry per unknown and do not overlap.
  func apply(_ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>)
  /// What preparing it took and an application takes.
  var work: PreconditionerWork { get }
}

/// Work as counts of multiply-adds, so that a choice that rests on it repeats.
public struct PreconditionerWork: Sendable, Equatable {
  public var preparation: Double
  public var application: Double

  public init(preparation: Double, application: Double) {
    self.preparation = preparation
    self.application = application
  }
}

/// A way to make preconditioners: Jacobi, incomplete Cholesky, and learned ones alike.
public protocol PreconditionerFactory<Operator>: Sendable {
  associatedtype Operator: LinearOperator
  associatedtype Prepared: Preconditioner
  /// The method as a scene names it, without the Krylov method: `jacobi`, `incomplete-cholesky`.
  var name: String { get }
  /// Prepares for `a`; whatever of `previous` still fits (patterns, buffers) is reused.
  func prepare(_ a: Operator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared
  /// The same method with a more robust setting (a larger shift, more fill), tried once after a stall; nil where there
  /// is none.
  var stronger: Self? { get }
}

extension PreconditionerFactory {
  public var stronger: Self? { nil }
}
