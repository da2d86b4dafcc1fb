import Foundation

/// A clamped cubic B-spline from the upper trailing edge over the leading edge to the lower trailing edge.
///
/// Design: the ordinates of its control points, in chords, but the two at the trailing edge, which stay. Their places
/// along the chord are given and do not move; the three nearest to the nose have x = 0, which makes it round.
public struct BSplineSurface: Transform {
  public let surface: SurfaceModes

  /// - Parameters:
  ///   - controlsPerSide: control points of a side between the trailing edge and the nose.
  ///   - trailingEdge: the ordinates of the upper and the lower trailing edge.
  public init(
    controlsPerSide: Int = 8, trailingEdge: (upper: Double, lower: Double) = (0, 0),
    stations: ChordStations = ChordStations()
  ) {
    let inner = controlsPerSide
    let side = (0..<inner).map { i in
      // From the trailing edge, dense at both ends; the last one stands above the nose.
      i == inner - 1 ? 0 : 0.5 * (1 + cos(Double.pi * Double(i + 1) / Double(inner)))
    }
    let controlX = [1] + side + [0] + side.reversed() + [1]
    let count = controlX.count
    let knots = Self.clampedKnots(controls: count, degree: 3)
    let nodes = stations.nodeCount
    let rows = (0..<nodes).map { node -> [Double] in
      // As dense near the nose as the control points make it, and with a node on its middle.
      Self.basis(Double(node) / Double(nodes - 1), knots: knots, controls: count, degree: 3)
    }
    var base = DenseVector(zeros: 2 * nodes)
    for node in 0..<nodes {
      for (weight, x) in zip(rows[node], controlX) { base[2 * node] += weight * x }
      base[2 * node + 1] = rows[node][0] * trailingEdge.upper + rows[node][count - 1] * trailingEdge.lower
    }
    let modes = (1..<(count - 1)).map { control in
      var mode = DenseVector(zeros: 2 * nodes)
      for node in 0..<nodes { mode[2 * node + 1] = rows[node][control] }
      return mode
    }
    surface = SurfaceModes(base: base, modes: modes)
  }

  public var designCount: Int { surface.modes.count }
  public func apply(_ x: DenseVector) -> DenseVector { surface.apply(x) }
  public func pullback(_ seed: DenseVector, at x: DenseVector) -> DenseVector { surface.pullback(seed, at: x) }

  /// The design nearest to a given foil: its surface is read at the places of the spline's own nodes.
  public func fit(to foil: DenseVector) throws(SolveFailure) -> DenseVector {
    let curve = SurfaceSpline(foil)
    let base = surface.base
    let nose = base.foremostNode
    let upper = try curve.ordinates(at: (1..<nose).map { base[2 * $0] }, side: .upper)
    let lower = try curve.ordinates(at: ((nose + 1)..<(base.count / 2 - 1)).map { base[2 * $0] }, side: .lower)
    var target = base
    for (i, ordinate) in upper.enumerated() { target[2 * (i + 1) + 1] = ordinate.value }
    target[2 * nose + 1] = curve.point(curve.leadingEdge.place).y
    for (i, ordinate) in lower.enumerated() { target[2 * (nose + 1 + i) + 1] = ordinate.value }
    return surface.fit(to: target, damping: 1e-10)
  }

  private static func clampedKnots(controls: Int, degree: Int) -> [Double] {
    let inner = controls - degree - 1
    return [Double](repeating: 0, count: degree + 1) + (0..<inner).map { Double($0 + 1) / Double(inner + 1) }
      + [Double](repeating: 1, count: degree + 1)
  }

  /// All basis functions at u in [0, 1] by the recursion of Cox and de Boor.
  private static func basis(_ u: Double, knots: [Double], controls: Int, degree: Int) -> [Double] {
    var values = [Double](repeating: 0, count: knots.count - 1)
    var span = degree
    while span + 1 < controls, u >= knots[span + 1] { span += 1 }
    values[span] = 1
    for p in 1...degree {
      for i in 0..<(knots.count - 1 - p) {
        let left = knots[i + p] - knots[i], right = knots[i + p + 1] - knots[i + 1]
        values[i] =
          (left > 0 ? (u - knots[i]) / left * values[i] : 0)
          + (right > 0 ? (knots[i + p + 1] - u) / right * values[i + 1] : 0)
      }
    }
    return Array(values.prefix(controls))
  }
}
