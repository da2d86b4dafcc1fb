import _Differentiation

/// A dense vector of `Double` with value semantics; the type of designs, states and gradients.
///
/// Storage is shared until written. Hot loops take `withUnsafeBufferPointer` once and then run on pointers.
/// Sums are taken in fixed blocks, so that the bits of a result do not depend on the number of threads.
public struct DenseVector: EuclideanVector, Hashable {
  public typealias TangentVector = DenseVector

  /// The entries, in order.
  public var elements: [Double]

  public init(_ elements: [Double]) { self.elements = elements }
  public init<S: Sequence>(_ elements: S) where S.Element == Double { self.elements = Array(elements) }
  public init(repeating value: Double, count: Int) {
    elements = [Double](repeating: value, count: count)
  }
  public init(zeros count: Int) { self.init(repeating: 0, count: count) }

  /// Creates `count` entries written by `initializer`, which must initialize every one.
  public init(count: Int, initializedBy initializer: (UnsafeMutableBufferPointer<Double>) -> Void) {
    elements = [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      initializer(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }

  @inlinable public var count: Int { elements.count }
  @inlinable public var isEmpty: Bool { elements.isEmpty }
  @inlinable public var indices: Range<Int> { 0..<elements.count }

  @inlinable public subscript(index: Int) -> Double {
    get { elements[index] }
    _modify { yield &elements[index] }
  }

  @inlinable public func withUnsafeBufferPointer<R, Failure: Error>(
    _ body: (UnsafeBufferPointer<Double>) throws(Failure) -> R
  ) throws(Failure) -> R {
    try elements.withUnsafeBufferPointer(body)
  }

  @inlinable public mutating func withUnsafeMutableBufferPointer<R, Failure: Error>(
    _ body: (inout UnsafeMutableBufferPointer<Double>) throws(Failure) -> R
  ) throws(Failure) -> R {
    try elements.withUnsafeMutableBufferPointer(body)
  }

  /// True when every entry is finite.
  public var isFinite: Bool {
    elements.withUnsafeBufferPointer { x in
      // A product with zero is zero for finite numbers only.
      var sum = SIMD8<Double>.zero
      var i = 0
      while i &+ 8 <= x.count {
        sum += UnsafeRawPointer(x.baseAddress! + i).loadUnaligned(as: SIMD8<Double>.self) * 0
        i &+= 8
      }
      var rest = 0.0
      while i < x.count {
        rest += x[i] * 0
        i &+= 1
      }
      return (sum.sum() + rest).isFinite
    }
  }
  /// The largest absolute entry; zero for the empty vector.
  public var largestMagnitude: Double { elements.reduce(0) { max($0, abs($1)) } }
  /// The sum of the entries, in fixed blocks.
  public var sum: Double {
    elements.withUnsafeBufferPointer { x in
      sumInBlocks(count: x.count) { range in
        var total = 0.0
        for i in range { total += x[i] }
        return total
      }
    }
  }
}

extension DenseVector: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Double...) { self.init(elements) }
}

extension DenseVector {
  public static var zero: DenseVector { DenseVector([]) }

  public static func + (a: DenseVector, b: DenseVector) -> DenseVector {
    var result = a
    result.add(b, scaledBy: 1)
    return result
  }

  public static func += (a: inout DenseVector, b: DenseVector) { a.add(b, scaledBy: 1) }
  public static func -= (a: inout DenseVector, b: DenseVector) { a.add(b, scaledBy: -1) }

  public static func - (a: DenseVector, b: DenseVector) -> DenseVector {
    var result = a
    result.add(b, scaledBy: -1)
    return result
  }

  public mutating func add(_ other: DenseVector, scaledBy scale: Double) {
    if other.isEmpty { return }
    if isEmpty {
      self = other.scaled(by: scale)
      return
    }
    precondition(count == other.count, "vectors of \(count) and \(other.count) entries cannot be added")
    elements.withUnsafeMutableBufferPointer { y in
      other.elements.withUnsafeBufferPointer { x in
        let y = y.baseAddress!, x = x.baseAddress!
        for i in 0..<other.count { y[i] += scale * x[i] }
      }
    }
  }

  public mutating func move(by offset: DenseVector) { add(offset, scaledBy: 1) }

  public mutating func scale(by factor: Double) {
    elements.withUnsafeMutableBufferPointer { x in
      for i in 0..<x.count { x[i] *= factor }
    }
  }

  public func dot(_ other: DenseVector) -> Double {
    if isEmpty || other.isEmpty { return 0 }
    precondition(
      count == other.count, "vectors of \(count) and \(other.count) entries have no inner product")
    return elements.withUnsafeBufferPointer { x in
      other.elements.withUnsafeBufferPointer { y in
        sumInBlocks(count: x.count) { range in dotProduct(x.baseAddress!, y.baseAddress!, range) }
      }
    }
  }
}

/// The inner product over a range, with eight partial sums so that the loop is not bound by the latency of an addition.
@inlinable
func dotProduct(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ range: Range<Int>) -> Double {
  var partial = SIMD8<Double>.zero
  var i = range.lowerBound
  while i &+ 8 <= range.upperBound {
    let a = UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Double>.self)
    let b = UnsafeRawPointer(y + i).loadUnaligned(as: SIMD8<Double>.self)
    if BuildProcessor.fusesMultiplyAdd { partial.addProduct(a, b) } else { partial += a * b }
    i &+= 8
  }
  var total = partial.sum()
  while i < range.upperBound {
    total += x[i] * y[i]
    i &+= 1
  }
  return total
}
