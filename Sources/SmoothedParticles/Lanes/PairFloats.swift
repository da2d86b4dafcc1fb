import CVectorLanes
import DifferentiableCore

/// Sixteen neighbours in single precision.
struct PairFloats: PairLanes {
  var v: SIMD16<Float>

  @inline(__always) init(_ v: SIMD16<Float>) { self.v = v }
  @inline(__always) static var count: Int { 16 }
  @inline(__always) static func load(_ p: UnsafePointer<Float>) -> Self {
    Self(UnsafeRawPointer(p).loadUnaligned(as: SIMD16<Float>.self))
  }
  @inline(__always) static func broadcast(_ s: Float) -> Self { Self(SIMD16<Float>(repeating: s)) }
  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.v + b.v) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.v - b.v) }
  @inline(__always) static func * (a: Self, b: Self) -> Self { Self(a.v * b.v) }
  @inline(__always) static func / (a: Self, b: Self) -> Self { Self(a.v / b.v) }
  @inline(__always) static func fused(_ a: Self, _ b: Self, _ c: Self) -> Self {
    Self(BuildProcessor.fusesMultiplyAdd ? a.v.addingProduct(b.v, c.v) : a.v + b.v * c.v)
  }
  @inline(__always) static func larger(_ a: Self, _ b: Self) -> Self { Self(backsolve_floats_larger(a.v, b.v)) }
  @inline(__always) static func smaller(_ a: Self, _ b: Self) -> Self { Self(backsolve_floats_smaller(a.v, b.v)) }
  @inline(__always) var squareRoot: Self { Self(backsolve_floats_sqrt(v)) }
  @inline(__always) func below(lane limit: Int, otherwise other: Float) -> Self {
    Self(backsolve_floats_below(v, Int32(truncatingIfNeeded: limit), other))
  }
  @inline(__always) var isPositive: Self {
    Self(backsolve_floats_is_positive(v))
  }
  @inline(__always) func someLane(below bound: Float) -> Bool { backsolve_floats_some_below(v, bound) }
  /// By halves: `sum()` adds one lane after the other.
  @inline(__always) var total: Float {
    let eight = v.lowHalf + v.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}
