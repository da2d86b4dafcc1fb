import CVectorLanes
import DifferentiableCore

/// The neighbours that a register holds in double precision: eight with AVX-512, else four.
struct PairDoubles: PairLanes {
  var v: backsolve_doubles

  @inline(__always) init(_ v: backsolve_doubles) { self.v = v }
  @inline(__always) static var count: Int { Int(BACKSOLVE_DOUBLE_LANES) }
  @inline(__always) static func load(_ p: UnsafePointer<Double>) -> Self {
    Self(UnsafeRawPointer(p).loadUnaligned(as: backsolve_doubles.self))
  }
  @inline(__always) static func broadcast(_ s: Double) -> Self { Self(backsolve_doubles(repeating: s)) }
  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.v + b.v) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.v - b.v) }
  @inline(__always) static func * (a: Self, b: Self) -> Self { Self(a.v * b.v) }
  @inline(__always) static func / (a: Self, b: Self) -> Self { Self(a.v / b.v) }
  @inline(__always) static func fused(_ a: Self, _ b: Self, _ c: Self) -> Self {
    Self(backsolve_doubles_fused(a.v, b.v, c.v))
  }
  @inline(__always) static func larger(_ a: Self, _ b: Self) -> Self { Self(backsolve_doubles_larger(a.v, b.v)) }
  @inline(__always) static func smaller(_ a: Self, _ b: Self) -> Self { Self(backsolve_doubles_smaller(a.v, b.v)) }
  @inline(__always) var squareRoot: Self { Self(backsolve_doubles_sqrt(v)) }
  @inline(__always) var isPositive: Self {
    Self(backsolve_doubles_is_positive(v))
  }
  @inline(__always) func someLane(below bound: Double) -> Bool { backsolve_doubles_some_below(v, bound) }
  @inline(__always) var total: Double { backsolve_doubles_total(v) }
}
