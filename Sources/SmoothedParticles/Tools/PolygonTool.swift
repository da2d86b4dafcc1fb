import DifferentiableCore
import Foundation

/// A filled polygon in the plane whose corners the variables move, in m, along the axes that are free. What is inside
/// follows by mean value coordinates: Hormann & Floater, ACM Trans. Graph. 25 (2006) 1424.
public struct PolygonTool: ToolShape {
  private let inside: LinearNodes
  /// Variables to corners.
  let outline: LinearNodes
  private let freeAxes: [Int]

  /// - Parameters:
  ///   - corners: with all variables zero, in order, `[x, y]` in m.
  ///   - freeAxes: along which they may move.
  ///   - places: of the particles that fill it, `[count, 2]` in m, none on an edge.
  public init(corners: [[Double]], freeAxes: [Int] = [0, 1], filledWith places: [Double]) {
    precondition(corners.count >= 3 && corners.allSatisfy { $0.count == 2 })
    self.freeAxes = freeAxes
    outline = LinearNodes(
      reference: corners, freeAxes: freeAxes, weights: corners.indices.map { [(index: $0, weight: 1)] })
    inside = LinearNodes(
      reference: corners, freeAxes: freeAxes,
      weights: stride(from: 0, to: places.count, by: 2).map {
        Self.coordinates(SIMD2(places[$0], places[$0 + 1]), corners)
      })
  }

  public var dimension: Int { 2 }
  public var particleCount: Int { inside.weights.count }
  public var variables: Block { Block("corner", shape: [outline.reference.count, freeAxes.count], unit: "m") }
  public func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector { inside.apply(x) }
  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    inside.pullback(seed, at: x)
  }

  /// w_i ∝ (tan(α_{i-1}/2) + tan(α_i/2))/|v_i - p|, with α_i the signed angle of edge i seen from p.
  private static func coordinates(_ p: SIMD2<Double>, _ corners: [[Double]]) -> [(index: Int, weight: Double)] {
    let rays = corners.map { SIMD2($0[0], $0[1]) - p }
    let lengths = rays.map { ($0 * $0).sum().squareRoot() }
    let tangents = corners.indices.map { i -> Double in
      let j = (i + 1) % corners.count
      let cross = rays[i].x * rays[j].y - rays[i].y * rays[j].x, dot = (rays[i] * rays[j]).sum()
      return (lengths[i] * lengths[j] - dot) / cross
    }
    let weights = corners.indices.map { i in
      (tangents[(i + corners.count - 1) % corners.count] + tangents[i]) / lengths[i]
    }
    let sum = weights.reduce(0, +)
    return weights.enumerated().map { (index: $0, weight: $1 / sum) }
  }
}
