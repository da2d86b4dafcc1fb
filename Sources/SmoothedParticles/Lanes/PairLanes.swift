import DifferentiableCore

/// A SIMD vector as the pair loops use it: one particle against several neighbours at a time.
///
/// The operations of `SIMD` itself are loops over lanes when generic code calls them; these are witnesses on concrete
/// types, so that specialized generic loops become plain vector instructions.
protocol PairLanes: Sendable {
  associatedtype Scalar: ParticleScalar where Scalar.Lanes == Self
  static var count: Int { get }
  static func load(_ p: UnsafePointer<Scalar>) -> Self
  static func broadcast(_ s: Scalar) -> Self
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  /// a + b * c
  static func fused(_ a: Self, _ b: Self, _ c: Self) -> Self
  static func larger(_ a: Self, _ b: Self) -> Self
  static func smaller(_ a: Self, _ b: Self) -> Self
  var squareRoot: Self { get }
  /// One where the lane is above zero, zero elsewhere.
  var isPositive: Self { get }
  /// True where some lane is below the bound.
  func someLane(below bound: Scalar) -> Bool
  /// The lanes added up.
  var total: Scalar { get }
}

extension PairLanes {
  @inline(__always) static var zero: Self { broadcast(0) }
  @inline(__always) static prefix func - (a: Self) -> Self { zero - a }
}

/// The floating-point types that pair loops run in, with the vector that suits them.
protocol ParticleScalar: BinaryFloatingPoint, Sendable {
  associatedtype Lanes: PairLanes where Lanes.Scalar == Self
}

extension Float: ParticleScalar { typealias Lanes = PairFloats }
extension Double: ParticleScalar { typealias Lanes = PairDoubles }
