import DifferentiableCore
import Foundation

/// A body of particles shifted, stretched at constant volume and, in the plane, turned: from `[shift | stretch | turn]` to
/// the displacements of its particles, in m.
///
/// x ↦ c + shift + R(turn) diag(exp(s)) (x - c), with c the centre of the body at the start, one shift an axis, and
/// stretches whose sum is zero: those of all axes but the last are variables.
public struct BodyShape: Transform {
  public let dimension: Int
  private let center: [Double]
  private let offsets: [Double]

  /// - Parameters:
  ///   - positions: of the body's particles, `[count, dimension]` in m.
  ///   - dimension: of space, 2 or 3.
  public init(positions: [Double], dimension: Int) {
    self.dimension = dimension
    let count = Double(positions.count / dimension)
    var sums = [Double](repeating: 0, count: dimension)
    for (k, x) in positions.enumerated() { sums[k % dimension] += x }
    center = sums.map { $0 / count }
    offsets = positions.enumerated().map { [center] in $1 - center[$0 % dimension] }
  }

  public var variableCount: Int { dimension + (dimension - 1) + (dimension == 2 ? 1 : 0) }

  private func factors(_ x: DenseVector) -> [Double] {
    let stretches = (0..<dimension - 1).map { x[dimension + $0] }
    return (stretches + [-stretches.reduce(0, +)]).map(exp)
  }

  private func turn(_ x: DenseVector) -> Double { dimension == 2 ? x[3] : 0 }

  public func apply(_ x: DenseVector) -> DenseVector {
    let factors = factors(x), c = cos(turn(x)), s = sin(turn(x))
    var moved = DenseVector(zeros: offsets.count)
    for first in stride(from: 0, to: offsets.count, by: dimension) {
      var place = (0..<dimension).map { factors[$0] * offsets[first + $0] }
      if dimension == 2 { place = [c * place[0] - s * place[1], s * place[0] + c * place[1]] }
      for axis in 0..<dimension { moved[first + axis] = place[axis] + x[axis] - offsets[first + axis] }
    }
    return moved
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) -> DenseVector {
    if seed.isEmpty { return seed }
    let factors = factors(x), c = cos(turn(x)), s = sin(turn(x))
    var gradient = DenseVector(zeros: variableCount)
    var onFactors = [Double](repeating: 0, count: dimension)
    for first in stride(from: 0, to: offsets.count, by: dimension) {
      var back = (0..<dimension).map { seed[first + $0] }
      for axis in 0..<dimension { gradient[axis] += back[axis] }
      if dimension == 2 {
        back = [c * back[0] + s * back[1], -s * back[0] + c * back[1]]
        gradient[3] += back[1] * factors[0] * offsets[first] - back[0] * factors[1] * offsets[first + 1]
      }
      for axis in 0..<dimension { onFactors[axis] += back[axis] * offsets[first + axis] }
    }
    for k in 0..<dimension - 1 {
      gradient[dimension + k] = onFactors[k] * factors[k] - onFactors[dimension - 1] * factors[dimension - 1]
    }
    return gradient
  }
}
