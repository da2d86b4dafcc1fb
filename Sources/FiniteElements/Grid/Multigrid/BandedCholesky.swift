#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A Cholesky factor of a symmetric positive semidefinite band matrix, for the coarsest grid.
///
/// A pivot that vanishes to round-off (a motion that nothing resists on the coarse grid) is left out, which leaves a
/// semidefinite inverse.
final class BandedCholesky {
  let count: Int
  /// Entries left of the diagonal in a row.
  let bandwidth: Int
  /// Row i holds columns i - bandwidth ... i.
  private let rows: AlignedBuffer<Double>
  private let inversePivots: AlignedBuffer<Double>
  private var width: Int { bandwidth + 1 }

  init(count: Int, bandwidth: Int) {
    self.count = count
    self.bandwidth = bandwidth
    rows = AlignedBuffer(count: count * (bandwidth + 1))
    inversePivots = AlignedBuffer(count: count)
  }

  func clear() { rows.pointer.update(repeating: 0, count: count * width) }

  /// Adds to an entry of the lower triangle, `column <= row`, before factoring.
  func add(_ value: Double, row: Int, column: Int) {
    rows.pointer[row * width + bandwidth - (row - column)] += value
  }

  func factor() {
    let rows = rows.pointer, pivots = inversePivots.pointer
    for i in 0..<count {
      let first = max(0, i - bandwidth)
      // Entry (i, j) lies at row(i)[j].
      let row = rows + (i * width + bandwidth - i)
      for j in first..<i {
        let other = rows + (j * width + bandwidth - j)
        let start = max(first, max(0, j - bandwidth))
        row[j] = (row[j] - Self.dot(row + start, other + start, j - start)) * pivots[j]
      }
      let pivot = row[i] - Self.dot(row + first, row + first, i - first)
      pivots[i] = pivot > 1e-11 * row[i] ? 1 / pivot.squareRoot() : 0
    }
  }

  /// x = A⁻¹ x in place.
  func solve(_ x: UnsafeMutablePointer<Double>) {
    let rows = UnsafePointer(rows.pointer), pivots = UnsafePointer(inversePivots.pointer)
    for i in 0..<count {
      let first = max(0, i &- bandwidth)
      let row = rows + (i &* width &+ bandwidth &- i)
      x[i] = (x[i] - Self.dot(row + first, UnsafePointer(x) + first, i &- first)) * pivots[i]
    }
    var i = count &- 1
    while i >= 0 {
      let first = max(0, i &- bandwidth)
      let row = rows + (i &* width &+ bandwidth &- i)
      let value = x[i] * pivots[i]
      x[i] = value
      var j = first
      let vector = SIMD8<Double>(repeating: value)
      while j &+ 8 <= i {
        let a = UnsafeRawPointer(row + j).loadUnaligned(as: SIMD8<Double>.self)
        let b = UnsafeRawPointer(x + j).loadUnaligned(as: SIMD8<Double>.self)
        UnsafeMutableRawPointer(x + j).storeBytes(of: b - a * vector, as: SIMD8<Double>.self)
        j &+= 8
      }
      while j < i {
        x[j] -= row[j] * value
        j &+= 1
      }
      i &-= 1
    }
  }

  @inline(__always)
  private static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var first = Doubles8.broadcast(0), second = first
    var i = 0
    while i &+ 16 <= count {
      first = Doubles8.fused(first, Doubles8.load(a + i), Doubles8.load(b + i))
      second = Doubles8.fused(second, Doubles8.load(a + (i &+ 8)), Doubles8.load(b + (i &+ 8)))
      i &+= 16
    }
    var total = (first + second).total
    while i < count {
      total += a[i] * b[i]
      i &+= 1
    }
    return total
  }
}
