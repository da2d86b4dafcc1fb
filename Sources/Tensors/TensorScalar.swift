import CVectorLanes
import DifferentiableCore

/// The numbers that tensors are made of: `Float` for networks, `Double` for checks of their derivatives.
///
/// `Lanes` is what a vector register of the processor of this build holds.
public protocol TensorScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable, LosslessStringConvertible {
  associatedtype Lanes: SIMD where Lanes.Scalar == Self
  /// e to the power of each lane.
  static func exponential(_ x: Lanes) -> Lanes
  static func larger(_ a: Lanes, _ b: Lanes) -> Lanes
  static func smaller(_ a: Lanes, _ b: Lanes) -> Lanes
  /// One where a lane is above zero, else zero.
  static func isPositive(_ a: Lanes) -> Lanes
  /// The logarithm of one number.
  static func logarithm(_ x: Self) -> Self
}

extension TensorScalar {
  @inline(__always) static var lanes: Int { Lanes.scalarCount }
  /// Room after the last entry of every tensor, so that loops may read and write whole registers there.
  @inline(__always) static var slack: Int { 2 * Lanes.scalarCount }

  /// a + b c in one rounding where the processor has it.
  @inline(__always) static func fused(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes {
    BuildProcessor.fusesMultiplyAdd ? a.addingProduct(b, c) : a + b * c
  }

  @inline(__always) static func load(_ p: UnsafePointer<Self>) -> Lanes {
    UnsafeRawPointer(p).loadUnaligned(as: Lanes.self)
  }

  @inline(__always) static func store(_ x: Lanes, _ p: UnsafeMutablePointer<Self>) {
    UnsafeMutableRawPointer(p).storeBytes(of: x, as: Lanes.self)
  }
}
