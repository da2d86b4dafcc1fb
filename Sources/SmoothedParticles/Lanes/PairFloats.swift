import CVectorLanes
import DifferentiableCore

/// The neighbours that a register holds in single precision: sixteen with AVX-512, else eight.
struct PairFloats: PairLanes {
  var v: backsolve_floats

  @inline(__always) init(_ v: backsolve_floats) { self.v = v }
  @inline(__always) static var count: Int { Int(BACKSOLVE_FLOAT_LANES) }
  @inline(__always) static func load(_ p: UnsafePointer<Float>) -> Self {
    Self(UnsafeRawPointer(p).loadUnaligned(as: backsolve_floats.self))
  }
  @inline(__always) static func broadcast(_ s: Float) -> Self { Self(backsolve_floats(repeating: s)) }
  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.v + b.v) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.v - b.v) }
  @inline(__always) static func * (a: Self, b: Self) -> Self { Self(a.v * b.v) }
  @inline(__always) static func / (a: Self, b: Self) -> Self { Self(a.v / b.v) }
  @inline(__always) static func fused(_ a: Self, _ b: Self, _ c: Self) -> Self {
    Self(backsolve_floats_fused(a.v, b.v, c.v))
  }
  @inline(__always) static func larger(_ a: Self, _ b: Self) -> Self { Self(backsolve_floats_larger(a.v, b.v)) }
  @inline(__always) static func smaller(_ a: Self, _ b: Self) -> Self { Self(backsolve_floats_smaller(a.v, b.v)) }
  @inline(__always) var squareRoot: Self { Self(backsolve_floats_sqrt(v)) }
  @inline(__always) var isPositive: Self {
    Self(backsolve_floats_is_positive(v))
  }
  @inline(__always) func someLane(below bound: Float) -> Bool { backsolve_floats_some_below(v, bound) }
  @inline(__always) var total: Float { backsolve_floats_total(v) }
}
