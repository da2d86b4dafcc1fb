/// The strengths of sources along a line of points, from the mass defect at each point.
///
/// Sources are linear on each half of a panel: at the middle the difference of the mass defect over the panel's length,
/// at a point that of its neighbours over their distance. Reference: Drela (1989), section 2.
struct SourceLine: Sendable {
  /// Between one point and the next.
  let lengths: [Double]
  /// Of each point the distance of its neighbours; at the ends the length of the one panel.
  let spans: [Double]

  var count: Int { spans.count }

  struct Strengths: Sendable {
    var points: [Double], middles: [Double]

    init(points: [Double], middles: [Double]) {
      self.points = points
      self.middles = middles
    }
    init(zeros count: Int) {
      points = [Double](repeating: 0, count: count)
      middles = [Double](repeating: 0, count: count - 1)
    }
  }

  private func before(_ i: Int) -> Int { max(i - 1, 0) }
  private func after(_ i: Int) -> Int { min(i + 1, count - 1) }

  func strengths(_ mass: [Double]) -> Strengths {
    Strengths(
      points: (0..<count).map { (mass[after($0)] - mass[before($0)]) / spans[$0] },
      middles: (0..<count - 1).map { (mass[$0 + 1] - mass[$0]) / lengths[$0] })
  }

  /// Derivatives by strengths to derivatives by mass: the transposed map.
  func transposed(_ seed: Strengths) -> [Double] {
    var mass = [Double](repeating: 0, count: count)
    for i in 0..<count {
      let part = seed.points[i] / spans[i]
      mass[after(i)] += part
      mass[before(i)] -= part
    }
    for i in 0..<count - 1 {
      let part = seed.middles[i] / lengths[i]
      mass[i + 1] += part
      mass[i] -= part
    }
    return mass
  }

  /// Derivatives by strengths to derivatives by lengths and spans.
  func pullback(_ seed: Strengths, at strengths: Strengths) -> (lengths: [Double], spans: [Double]) {
    (
      (0..<count - 1).map { -seed.middles[$0] * strengths.middles[$0] / lengths[$0] },
      (0..<count).map { -seed.points[$0] * strengths.points[$0] / spans[$0] }
    )
  }
}
