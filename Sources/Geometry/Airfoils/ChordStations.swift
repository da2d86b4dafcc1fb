import Foundation

/// Places along the chord at which a parameterized surface is written down, the same on both sides, dense at both ends:
/// x = (1 + cos θ) / 2 with equal steps in θ, from the trailing edge to the leading edge.
public struct ChordStations: Sendable, Hashable {
  /// From 1 to 0.
  public let x: [Double]

  /// - Parameter perSide: panels on each side; the surface has 2 `perSide` + 1 nodes.
  public init(perSide: Int = 120) {
    precondition(perSide >= 4, "a surface needs at least four panels a side")
    x = (0...perSide).map { i in
      i == perSide ? 0 : 0.5 * (1 + cos(Double.pi * Double(i) / Double(perSide)))
    }
  }

  public var nodeCount: Int { 2 * x.count - 1 }

  /// The surface made of the two sides' ordinates at the stations, `[nodeCount, 2]`: from the upper trailing edge over
  /// the leading edge to the lower trailing edge. At the leading edge the upper side counts.
  func surface(upper: (_ station: Int) -> (x: Double, y: Double), lower: (_ station: Int) -> (x: Double, y: Double))
    -> DenseVector
  {
    let last = x.count - 1
    return DenseVector(count: 2 * nodeCount) { nodes in
      for i in 0...last {
        let point = upper(i)
        nodes[2 * i] = point.x
        nodes[2 * i + 1] = point.y
      }
      for i in 0..<last {
        let point = lower(i), node = 2 * last - i
        nodes[2 * node] = point.x
        nodes[2 * node + 1] = point.y
      }
    }
  }
}
