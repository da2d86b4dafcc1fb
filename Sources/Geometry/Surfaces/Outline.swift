/// Closed polygons in the plane with the body on their left: outer rims counter-clockwise, holes clockwise.
public struct Outline: Sendable, Hashable {
  /// In m; the last point joins the first.
  public var loops: [[SIMD2<Double>]]

  public init(loops: [[SIMD2<Double>]] = []) { self.loops = loops }

  public var isEmpty: Bool { loops.isEmpty }

  /// Enclosed area, holes taken off, in m².
  public var area: Double {
    loops.reduce(0) { sum, loop in
      guard let base = loop.first else { return sum }
      var twice = 0.0
      for i in loop.indices {
        let a = loop[i] - base, b = loop[(i + 1) % loop.count] - base
        twice += a.x * b.y - a.y * b.x
      }
      return sum + twice / 2
    }
  }

  /// Links oriented segments between numbered points into loops. Every point must begin as many segments as it ends.
  ///
  /// Where two parts touch in a point, the walk takes the leftmost turn, which keeps the parts as loops of their own.
  static func linking(_ segments: [(from: Int, to: Int)], points: [SIMD2<Double>]) -> Outline {
    var leaving: [Int: [Int]] = [:]
    for (s, segment) in segments.enumerated() { leaving[segment.from, default: []].append(s) }
    var used = [Bool](repeating: false, count: segments.count)
    var result = Outline()
    for start in segments.indices where !used[start] {
      var loop: [SIMD2<Double>] = []
      var s = start
      while !used[s] {
        used[s] = true
        loop.append(points[segments[s].from])
        let candidates = leaving[segments[s].to, default: []].filter { !used[$0] }
        let direction = points[segments[s].to] - points[segments[s].from]
        guard
          let next = candidates.max(by: {
            turn(direction, points[segments[$0].to] - points[segments[$0].from])
              < turn(direction, points[segments[$1].to] - points[segments[$1].from])
          })
        else { break }
        s = next
      }
      result.loops.append(loop)
    }
    return result
  }

  /// Grows with the angle from a to b, from -2 (turning back to the right) to 2 (to the left).
  private static func turn(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
    let length = ((a * a).sum() * (b * b).sum()).squareRoot()
    guard length > 0 else { return 0 }
    let sine = (a.x * b.y - a.y * b.x) / length, cosine = (a * b).sum() / length
    return sine >= 0 ? 1 - cosine : cosine - 1
  }
}
