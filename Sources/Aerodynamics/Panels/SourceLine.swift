/// Sources along a line of points, from the mass defect at each point.
///
/// Strengths are linear on each half of a panel. They stand at the points and at the middles between them, in order along
/// the line: each is a difference of the mass defect over the distance, at a middle of the two points beside it, at a point
/// of its two neighbours. Reference: Drela (1989), section 2.
struct SourceLine: Sendable {
  /// The number of points.
  let count: Int
  /// Over what distance the mass defect is differenced, for each strength.
  let spans: [Double]

  /// The number of strengths.
  var strengthCount: Int { 2 * count - 1 }

  /// - Parameter distance: The distance of two points, along the line.
  init(count: Int, distance: (_ from: Int, _ to: Int) -> Double) {
    self.count = count
    spans = (0..<2 * count - 1).map {
      let (from, to) = Self.ends($0, count)
      return distance(from, to)
    }
  }

  /// The points between which a strength is a difference.
  @inline(__always)
  static func ends(_ strength: Int, _ count: Int) -> (from: Int, to: Int) {
    let point = strength / 2
    return strength % 2 == 0 ? (max(point - 1, 0), min(point + 1, count - 1)) : (point, point + 1)
  }

  @inline(__always)
  func ends(_ strength: Int) -> (from: Int, to: Int) { Self.ends(strength, count) }

  func strengths(_ mass: [Double]) -> [Double] {
    spans.indices.map {
      let (from, to) = ends($0)
      return (mass[to] - mass[from]) / spans[$0]
    }
  }

  /// Derivatives by strengths to derivatives by mass: the transposed map.
  func transposed(_ seed: [Double]) -> [Double] {
    var mass = [Double](repeating: 0, count: count)
    for k in spans.indices {
      let (from, to) = ends(k), part = seed[k] / spans[k]
      mass[to] += part
      mass[from] -= part
    }
    return mass
  }

  /// Derivatives by strengths to derivatives by the spans.
  func pullback(_ seed: [Double], at strengths: [Double]) -> [Double] {
    spans.indices.map { -seed[$0] * strengths[$0] / spans[$0] }
  }
}

/// A broken line through points and the middles between them, on which sources are linear from one to the next.
struct SourcePath: Sendable {
  let x: [Double], y: [Double]
  let line: PanelLine

  /// Panels between points and middles.
  var panelCount: Int { x.count - 1 }

  init(_ points: [SIMD2<Double>]) {
    var x: [Double] = [], y: [Double] = []
    for (k, point) in points.enumerated() {
      if k > 0 {
        let middle = 0.5 * (points[k - 1] + point)
        x.append(middle.x)
        y.append(middle.y)
      }
      x.append(point.x)
      y.append(point.y)
    }
    self.x = x
    self.y = y
    line = PanelLine(x: x, y: y)
  }

  /// The derivatives of seed·velocity at a point by the strengths.
  func velocityWeights(at sight: PanelLine.Sight, seed: SIMD2<Double>) -> [Double] {
    let seed = LaneVector(seed / (2 * Double.pi))
    var weights = [Double](repeating: 0, count: x.count)
    weights.withUnsafeMutableBufferPointer { weights in
      line.forEachGroup(0..<panelCount, sight) { start, weight, frame in
        let part = frame.velocityWeights(weight * seed, vortex: false)
        part.a.add(to: weights.baseAddress! + start)
        part.b.add(to: weights.baseAddress! + start + 1)
      }
    }
    return weights
  }

  /// The velocity at a point; adds the derivatives of seed·velocity by the point, the path and the strengths.
  func velocityPullback(
    at sight: PanelLine.Sight, seed: SIMD2<Double>, strengths: [Double], field onField: inout SIMD2<Double>,
    path onPath: inout PointDerivatives, strengths onStrengths: inout [Double]
  ) -> SIMD2<Double> {
    let scale = 1 / (2 * Double.pi)
    let seed = LaneVector(scale * seed)
    var velocity = LaneVector.zero, moved = LaneVector.zero
    strengths.withUnsafeBufferPointer { strengths in
      onStrengths.withUnsafeMutableBufferPointer { onStrengths in
        onPath.withPointers { gx, gy in
          line.forEachGroup(0..<panelCount, sight) { start, weight, frame in
            let sa = PanelLanes.load(strengths.baseAddress! + start)
            let sb = PanelLanes.load(strengths.baseAddress! + start + 1)
            let seed = weight * seed
            let (part, gradient) = frame.velocityGradient(seed, sa, sb, vortex: false)
            velocity += (scale * weight) * part
            moved += gradient.field
            gradient.a.add(to: gx, gy, at: start)
            gradient.b.add(to: gx, gy, at: start + 1)
            let weights = frame.velocityWeights(seed, vortex: false)
            weights.a.add(to: onStrengths.baseAddress! + start)
            weights.b.add(to: onStrengths.baseAddress! + start + 1)
          }
        }
      }
    }
    onField += moved.total
    return velocity.total
  }

  /// Derivatives by the path to those by the points alone.
  func onPoints(_ onPath: PointDerivatives) -> [SIMD2<Double>] {
    (0...panelCount / 2).map { k in
      var sum = SIMD2(onPath.x[2 * k], onPath.y[2 * k])
      if k > 0 { sum += 0.5 * SIMD2(onPath.x[2 * k - 1], onPath.y[2 * k - 1]) }
      if 2 * k < panelCount { sum += 0.5 * SIMD2(onPath.x[2 * k + 1], onPath.y[2 * k + 1]) }
      return sum
    }
  }
}
