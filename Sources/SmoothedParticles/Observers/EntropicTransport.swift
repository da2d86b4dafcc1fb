import DifferentiableCore
import Foundation

/// Optimal transport between clouds of mass with an entropic penalty, by Sinkhorn's iteration on the potentials' logarithms,
/// with the penalty lowered step by step. Costs are squared distances. Peyré & Cuturi, "Computational optimal transport" (2019),
/// section 4.4; Feydy et al. (2019).
struct EntropicTransport {
  let dimension: Int
  /// Root of the penalty ε, m.
  let blur: Double
  /// Of the shares of mass, relative.
  let tolerance: Double

  static let mostIterations = 2000

  /// The cost, in m², and the derivative of the half that belongs to the first cloud by its places: for two clouds that of
  /// the cost, for a cloud and itself that of half the cost.
  struct Answer {
    var cost: Double
    var slope: [Double]
  }

  func between(_ x: [Double], _ a: [Double], _ y: [Double], _ b: [Double]) -> Answer {
    let forward = Kernel(from: x, to: y, dimension), back = Kernel(from: y, to: x, dimension)
    let logA = a.map { log($0) }, logB = b.map { log($0) }
    var f = [Double](repeating: 0, count: a.count), g = [Double](repeating: 0, count: b.count)
    for epsilon in schedule(x + y) {
      g = back.softMinimum(f, logA, epsilon)
      f = forward.softMinimum(g, logB, epsilon)
    }
    let epsilon = blur * blur
    for _ in 0..<Self.mostIterations {
      g = back.softMinimum(f, logA, epsilon)
      let next = forward.softMinimum(g, logB, epsilon)
      // The plan of (f, g) has the shares b exactly, and the shares a up to exp((f - next)/ε).
      let error = zip(f, next).reduce(0) { max($0, abs($1.0 - $1.1)) } / epsilon
      f = next
      if error <= tolerance { break }
    }
    let cost = zip(a, f).reduce(0) { $0 + $1.0 * $1.1 } + zip(b, g).reduce(0) { $0 + $1.0 * $1.1 }
    return Answer(cost: cost, slope: forward.slope(f, g, a, logB, epsilon))
  }

  func ofItself(_ x: [Double], _ a: [Double]) -> Answer {
    let kernel = Kernel(from: x, to: x, dimension), logA = a.map { log($0) }
    var f = [Double](repeating: 0, count: a.count)
    for epsilon in schedule(x) { f = zip(f, kernel.softMinimum(f, logA, epsilon)).map { ($0 + $1) / 2 } }
    let epsilon = blur * blur
    for _ in 0..<Self.mostIterations {
      let next = kernel.softMinimum(f, logA, epsilon)
      let error = zip(f, next).reduce(0) { max($0, abs($1.0 - $1.1)) } / epsilon
      f = zip(f, next).map { ($0 + $1) / 2 }
      if error <= tolerance { break }
    }
    let cost = 2 * zip(a, f).reduce(0) { $0 + $1.0 * $1.1 }
    return Answer(cost: cost, slope: kernel.slope(f, f, a, logA, epsilon))
  }

  /// Penalties from the clouds' extent down to the wanted one.
  private func schedule(_ places: [Double]) -> [Double] {
    var extent = 0.0
    for axis in 0..<dimension {
      let along = stride(from: axis, to: places.count, by: dimension).map { places[$0] }
      let width = (along.max() ?? 0) - (along.min() ?? 0)
      extent += width * width
    }
    var schedule: [Double] = [], epsilon = extent
    while epsilon > blur * blur {
      schedule.append(epsilon)
      epsilon /= 2
    }
    return schedule
  }

  /// Sums over pairs of two clouds.
  private struct Kernel {
    let dimension: Int
    let rows: Int
    /// Padded to whole vectors: what is added has no mass.
    let columns: Int
    let from: [Double]
    /// One array an axis.
    let to: [[SIMD8<Double>]]

    init(from x: [Double], to y: [Double], _ dimension: Int) {
      self.dimension = dimension
      rows = x.count / dimension
      columns = y.count / dimension
      from = x
      to = (0..<dimension).map { axis in
        Self.packed(stride(from: axis, to: y.count, by: dimension).map { y[$0] }, filler: 0)
      }
    }

    static func packed(_ values: [Double], filler: Double) -> [SIMD8<Double>] {
      stride(from: 0, to: values.count, by: 8).map { first in
        var lanes = SIMD8(repeating: filler)
        for lane in 0..<min(8, values.count - first) { lanes[lane] = values[first + lane] }
        return lanes
      }
    }

    /// -ε ln Σ_j exp(ln b_j + (g_j - c_ij)/ε) for each row.
    func softMinimum(_ g: [Double], _ logB: [Double], _ epsilon: Double) -> [Double] {
      let heights = Self.packed(zip(g, logB).map { $0 / epsilon + $1 }, filler: -1e300)
      return rows(of: 1) { i, out in
        var top = SIMD8<Double>(repeating: -.infinity)
        for k in heights.indices {
          top = top.replacing(with: exponent(i, k, heights, epsilon), where: top .< exponent(i, k, heights, epsilon))
        }
        let most = top.max()
        var sum = SIMD8<Double>.zero
        for k in heights.indices { sum += exponential(exponent(i, k, heights, epsilon) - most) }
        out[0] = -epsilon * (most + log(sum.sum()))
      }
    }

    /// Σ_j π_ij 2 (x_i - y_j) with π_ij = a_i b_j exp((f_i + g_j - c_ij)/ε), `[rows, dimension]`.
    func slope(_ f: [Double], _ g: [Double], _ a: [Double], _ logB: [Double], _ epsilon: Double) -> [Double] {
      let heights = Self.packed(zip(g, logB).map { $0 / epsilon + $1 }, filler: -1e300)
      return rows(of: dimension) { i, out in
        var sums = [SIMD8<Double>](repeating: .zero, count: dimension)
        for k in heights.indices {
          let share = exponential(exponent(i, k, heights, epsilon) + f[i] / epsilon)
          for axis in 0..<dimension { sums[axis] += share * (from[i * dimension + axis] - to[axis][k]) }
        }
        for axis in 0..<dimension { out[axis] = 2 * a[i] * sums[axis].sum() }
      }
    }

    @inline(__always) private func exponent(_ i: Int, _ k: Int, _ heights: [SIMD8<Double>], _ epsilon: Double)
      -> SIMD8<Double>
    {
      var square = SIMD8<Double>.zero
      for axis in 0..<dimension {
        let away = from[i * dimension + axis] - to[axis][k]
        square += away * away
      }
      return heights[k] - square / epsilon
    }

    private func rows(of width: Int, _ body: (Int, UnsafeMutableBufferPointer<Double>) -> Void) -> [Double] {
      var image = [Double](repeating: 0, count: rows * width)
      image.withUnsafeMutableBufferPointer { image in
        for i in 0..<rows { body(i, UnsafeMutableBufferPointer(rebasing: image[i * width..<(i + 1) * width])) }
      }
      return image
    }
  }
}

/// eˣ of eight numbers at most some tens above zero, to a few units in the last place: 2ⁿ times a polynomial of the rest.
@inline(__always) func exponential(_ x: SIMD8<Double>) -> SIMD8<Double> {
  let bounded = x.clamped(lowerBound: SIMD8(repeating: -690), upperBound: SIMD8(repeating: 690))
  let n = (bounded * 1.4426950408889634).rounded(.toNearestOrEven)
  // ln 2 in two parts, so that what is left keeps its digits.
  let r = (bounded - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10
  var sum = SIMD8<Double>(repeating: 1 / 479_001_600.0)
  for factorial in [39_916_800.0, 3_628_800, 362_880, 40320, 5040, 720, 120, 24, 6, 2, 1, 1] {
    sum = sum * r + 1 / factorial
  }
  let bits = (SIMD8<Int64>(truncatingIfNeeded: SIMD8<Int64>(n)) &+ 1023) &<< 52
  return sum * SIMD8<Double>(bitPattern: bits)
}

extension SIMD8<Double> {
  @inline(__always) fileprivate init(bitPattern bits: SIMD8<Int64>) {
    self = unsafeBitCast(bits, to: SIMD8<Double>.self)
  }
}
