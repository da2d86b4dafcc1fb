import CVectorLanes
import DifferentiableCore

/// Eight neighbours in double precision.
struct PairDoubles: PairLanes {
  var v: SIMD8<Double>

  @inline(__always) init(_ v: SIMD8<Double>) { self.v = v }
  @inline(__always) static var count: Int { 8 }
  @inline(__always) static func load(_ p: UnsafePointer<Double>) -> Self {
    Self(UnsafeRawPointer(p).loadUnaligned(as: SIMD8<Double>.self))
  }
  @inline(__always) static func broadcast(_ s: Double) -> Self { Self(SIMD8<Double>(repeating: s)) }
  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.v + b.v) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.v - b.v) }
  @inline(__always) static func * (a: Self, b: Self) -> Self { Self(a.v * b.v) }
  @inline(__always) static func / (a: Self, b: Self) -> Self { Self(a.v / b.v) }
  @inline(__always) static func fused(_ a: Self, _ b: Self, _ c: Self) -> Self {
    Self(BuildProcessor.fusesMultiplyAdd ? a.v.addingProduct(b.v, c.v) : a.v + b.v * c.v)
  }
  @inline(__always) static func larger(_ a: Self, _ b: Self) -> Self { Self(backsolve_doubles_larger(a.v, b.v)) }
  @inline(__always) static func smaller(_ a: Self, _ b: Self) -> Self { Self(backsolve_doubles_smaller(a.v, b.v)) }
  @inline(__always) var squareRoot: Self { Self(backsolve_doubles_sqrt(v)) }
  @inline(__always) func below(lane limit: Int, otherwise other: Double) -> Self {
    Self(backsolve_doubles_below(v, Int64(truncatingIfNeeded: limit), other))
  }
  @inline(__always) var isPositive: Self {
    Self(backsolve_doubles_is_positive(v))
  }
  @inline(__always) func someLane(below bound: Double) -> Bool { backsolve_doubles_some_below(v, bound) }
  /// By halves: `sum()` adds one lane after the other.
  @inline(__always) var total: Double {
    let four = v.lowHalf + v.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}
