/// A SIMD vector as the grid kernels use it.
///
/// The operations of `SIMD` itself are loops over lanes when generic code calls them; these are witnesses on concrete
/// types, so that specialized generic kernels become plain vector instructions.
protocol Lanes {
  associatedtype Scalar: GridScalar
  static var count: Int { get }
  static func load(_ p: UnsafePointer<Scalar>) -> Self
  func store(_ p: UnsafeMutablePointer<Scalar>)
  static func broadcast(_ s: Scalar) -> Self
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  /// a + b * c
  static func fused(_ a: Self, _ b: Self, _ c: Self) -> Self
  /// (first, self[0], ..., self[count - 2])
  func shifted(in first: Scalar) -> Self
  var lastLane: Scalar { get }
  /// The lanes added up in double precision.
  var total: Double { get }
}

/// The floating-point types that grid kernels run in, with the vectors that fill a register best.
protocol GridScalar: BinaryFloatingPoint, Sendable {
  associatedtype Wide: Lanes where Wide.Scalar == Self
  /// For the rest of a row that does not fill a wide vector.
  associatedtype Narrow: Lanes where Narrow.Scalar == Self
}

extension Float: GridScalar {
  typealias Wide = Floats16
  typealias Narrow = Floats8
}

extension Double: GridScalar {
  typealias Wide = Doubles8
  typealias Narrow = Doubles8
}

struct Floats16: Lanes {
  var v: SIMD16<Float>

  @inline(__always) static var count: Int { 16 }
  @inline(__always) static func load(_ p: UnsafePointer<Float>) -> Self {
    Self(v: UnsafeRawPointer(p).loadUnaligned(as: SIMD16<Float>.self))
  }
  @inline(__always) func store(_ p: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(p).storeBytes(of: v, as: SIMD16<Float>.self)
  }
  @inline(__always) static func broadcast(_ s: Float) -> Self { Self(v: SIMD16<Float>(repeating: s)) }
  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(v: a.v + b.v) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(v: a.v - b.v) }
  @inline(__always) static func * (a: Self, b: Self) -> Self { Self(v: a.v * b.v) }
  @inline(__always) static func fused(_ a: Self, _ b: Self, _ c: Self) -> Self {
    Self(v: BuildProcessor.fusesMultiplyAdd ? a.v.addingProduct(b.v, c.v) : a.v + b.v * c.v)
  }
  @inline(__always) func shifted(in first: Float) -> Self {
    Self(
      v: SIMD16<Float>(
        first, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9],
        v[10], v[11], v[12], v[13], v[14]))
  }
  @inline(__always) var lastLane: Float { v[15] }
  @inline(__always) var total: Double { SIMD16<Double>(v).sum() }
}

struct Floats8: Lanes {
  var v: SIMD8<Float>

  @inline(__always) static var count: Int { 8 }
  @inline(__always) static func load(_ p: UnsafePointer<Float>) -> Self {
    Self(v: UnsafeRawPointer(p).loadUnaligned(as: SIMD8<Float>.self))
  }
  @inline(__always) func store(_ p: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(p).storeBytes(of: v, as: SIMD8<Float>.self)
  }
  @inline(__always) static func broadcast(_ s: Float) -> Self { Self(v: SIMD8<Float>(repeating: s)) }
  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(v: a.v + b.v) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(v: a.v - b.v) }
  @inline(__always) static func * (a: Self, b: Self) -> Self { Self(v: a.v * b.v) }
  @inline(__always) static func fused(_ a: Self, _ b: Self, _ c: Self) -> Self {
    Self(v: BuildProcessor.fusesMultiplyAdd ? a.v.addingProduct(b.v, c.v) : a.v + b.v * c.v)
  }
  @inline(__always) func shifted(in first: Float) -> Self {
    Self(v: SIMD8<Float>(first, v[0], v[1], v[2], v[3], v[4], v[5], v[6]))
  }
  @inline(__always) var lastLane: Float { v[7] }
  @inline(__always) var total: Double { SIMD8<Double>(v).sum() }
}

struct Doubles8: Lanes {
  var v: SIMD8<Double>

  @inline(__always) static var count: Int { 8 }
  @inline(__always) static func load(_ p: UnsafePointer<Double>) -> Self {
    Self(v: UnsafeRawPointer(p).loadUnaligned(as: SIMD8<Double>.self))
  }
  @inline(__always) func store(_ p: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(p).storeBytes(of: v, as: SIMD8<Double>.self)
  }
  @inline(__always) static func broadcast(_ s: Double) -> Self { Self(v: SIMD8<Double>(repeating: s)) }
  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(v: a.v + b.v) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(v: a.v - b.v) }
  @inline(__always) static func * (a: Self, b: Self) -> Self { Self(v: a.v * b.v) }
  @inline(__always) static func fused(_ a: Self, _ b: Self, _ c: Self) -> Self {
    Self(v: BuildProcessor.fusesMultiplyAdd ? a.v.addingProduct(b.v, c.v) : a.v + b.v * c.v)
  }
  @inline(__always) func shifted(in first: Double) -> Self {
    Self(v: SIMD8<Double>(first, v[0], v[1], v[2], v[3], v[4], v[5], v[6]))
  }
  @inline(__always) var lastLane: Double { v[7] }
  @inline(__always) var total: Double { v.sum() }
}
