import DifferentiableCore
import Foundation

/// A number with its derivatives along a few directions, one a lane.
///
/// For handfuls of unknowns only: the equations of one pair of boundary-layer stations, the corner of one trailing edge.
struct Dual<Lanes: SIMD & Sendable>: Sendable where Lanes.Scalar == Double {
  var value: Double
  var slope: Lanes

  @inline(__always) init(_ value: Double, _ slope: Lanes) {
    self.value = value
    self.slope = slope
  }
  /// A constant.
  @inline(__always) init(_ value: Double) {
    self.value = value
    slope = .zero
  }
  /// The variable of a lane.
  @inline(__always) init(_ value: Double, lane: Int) {
    self.value = value
    slope = .zero
    slope[lane] = 1
  }

  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.value + b.value, a.slope + b.slope) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.value - b.value, a.slope - b.slope) }
  @inline(__always) static func + (a: Self, b: Double) -> Self { Self(a.value + b, a.slope) }
  @inline(__always) static func - (a: Self, b: Double) -> Self { Self(a.value - b, a.slope) }
  @inline(__always) static func + (a: Double, b: Self) -> Self { Self(a + b.value, b.slope) }
  @inline(__always) static func - (a: Double, b: Self) -> Self { Self(a - b.value, Lanes.zero - b.slope) }
  @inline(__always) static prefix func - (a: Self) -> Self { Self(-a.value, Lanes.zero - a.slope) }
  @inline(__always) static func * (a: Double, b: Self) -> Self { Self(a * b.value, a * b.slope) }
  @inline(__always) static func * (a: Self, b: Double) -> Self { Self(a.value * b, a.slope * b) }
  @inline(__always) static func / (a: Self, b: Double) -> Self { a * (1 / b) }
  @inline(__always) static func * (a: Self, b: Self) -> Self {
    let first = a.slope * b.value
    return Self(
      a.value * b.value,
      BuildProcessor.fusesMultiplyAdd
        ? first.addingProduct(b.slope, Lanes(repeating: a.value)) : first + a.value * b.slope)
  }
  @inline(__always) static func / (a: Self, b: Self) -> Self {
    let inverse = 1 / b.value, quotient = a.value * inverse
    return Self(quotient, (a.slope - quotient * b.slope) * inverse)
  }
  @inline(__always) static func / (a: Double, b: Self) -> Self {
    let quotient = a / b.value
    return Self(quotient, b.slope * (-quotient / b.value))
  }

  @inline(__always) var squared: Self { Self(value * value, slope * (2 * value)) }
  @inline(__always) var squareRoot: Self {
    let root = value.squareRoot()
    return Self(root, slope * (0.5 / root))
  }
  /// The number where a function of it has a known value and derivative.
  @inline(__always) func mapped(_ value: Double, _ derivative: Double) -> Self { Self(value, slope * derivative) }
  @inline(__always) var logarithm: Self { mapped(log(value), 1 / value) }
  @inline(__always) var exponential: Self {
    let e = exp(value)
    return mapped(e, e)
  }
  @inline(__always) var hyperbolicTangent: Self {
    // To the last bits of one, which is all that sums with it need.
    let t = 1 - 2 / (exp(2 * value) + 1)
    return mapped(t, 1 - t * t)
  }
  @inline(__always) func power(_ exponent: Double) -> Self {
    let p = pow(value, exponent)
    return mapped(p, exponent * p / value)
  }
  /// The larger of the number and a constant.
  @inline(__always) func atLeast(_ bound: Double) -> Self { value < bound ? Self(bound) : self }
  @inline(__always) func atMost(_ bound: Double) -> Self { value > bound ? Self(bound) : self }
  @inline(__always) func larger(_ other: Self) -> Self { value < other.value ? other : self }
}
