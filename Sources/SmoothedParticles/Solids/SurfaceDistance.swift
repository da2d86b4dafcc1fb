import Foundation
import Geometry

/// The distance to a closed surface of triangles.
public struct SurfaceDistance: Sendable, Equatable {
  public let surface: TriangleSurface
  private let hierarchy: TriangleHierarchy

  public init(_ surface: TriangleSurface) {
    self.surface = surface
    hierarchy = TriangleHierarchy(surface)
  }

  public static func == (a: Self, b: Self) -> Bool { a.surface == b.surface }

  /// Lowest and highest coordinates, m; nil without triangles.
  var bounds: (lower: SIMD3<Double>, upper: SIMD3<Double>)? { hierarchy.boxes.first.map { ($0.lower, $0.upper) } }

  /// By the solid angle under which the surface is seen, which small gaps between triangles hardly change; of parts seen from
  /// outside their box that of their caps, which is the same.
  func isInside(_ place: SIMD3<Double>) -> Bool {
    guard let root = hierarchy.boxes.first, root.contains(place) else { return false }
    var angle = 0.0, pending = [0]
    while let number = pending.popLast() {
      let box = hierarchy.boxes[number]
      if let caps = box.caps, !box.contains(place) {
        for k in caps { angle += solidAngle(hierarchy.caps[k], place) }
      } else if let second = box.second {
        pending += [second, number + 1]
      } else {
        for k in box.triangles { angle += solidAngle(surface.triangles[hierarchy.order[k]], place) }
      }
    }
    return abs(angle) > 2 * .pi
  }

  /// Van Oosterom & Strackee, IEEE Trans. Biomed. Eng. 30 (1983).
  private func solidAngle(_ triangle: SIMD3<Int32>, _ place: SIMD3<Double>) -> Double {
    let corners = surface.corners(triangle)
    let a = corners.0 - place, b = corners.1 - place, c = corners.2 - place
    let la = a.length, lb = b.length, lc = c.length
    let below = la * lb * lc + (a * b).sum() * lc + (b * c).sum() * la + (c * a).sum() * lb
    return 2 * atan2(dot(a, cross(b, c)), below)
  }

  /// The nearest point of the surface, m; of several that of the first triangle.
  func nearest(_ place: SIMD3<Double>) -> SIMD3<Double> {
    var best = place, least = Double.infinity, first = Int.max
    // The nearer half is looked into first; a box as far as the best may hold a triangle that comes before, and rounding
    // may put a box behind the triangle that reaches its side.
    var pending = hierarchy.boxes.isEmpty ? [] : [(number: 0, square: hierarchy.boxes[0].squaredDistance(place))]
    while let (number, square) = pending.popLast() {
      if square > least * (1 + 1e-12) { continue }
      let box = hierarchy.boxes[number]
      if let second = box.second {
        let halves = [number + 1, second].map { (number: $0, square: hierarchy.boxes[$0].squaredDistance(place)) }
        pending += halves[0].square <= halves[1].square ? [halves[1], halves[0]] : halves
        continue
      }
      for k in box.triangles {
        let number = hierarchy.order[k], (a, b, c) = surface.corners(surface.triangles[number])
        let point = Self.nearest(place, a, b, c), gap = place - point, square = (gap * gap).sum()
        if square < least || (square == least && number < first) { (best, least, first) = (point, square, number) }
      }
    }
    return best
  }

  /// Negative inside, m.
  func signed(_ place: SIMD3<Double>) -> Double {
    let distance = (nearest(place) - place).length
    return isInside(place) ? -distance : distance
  }

  /// The nearest point of a triangle, by the region of its plane that the place lies over. Ericson, Real-Time Collision
  /// Detection (2005), section 5.1.5.
  static func nearest(
    _ p: SIMD3<Double>, _ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>
  ) -> SIMD3<Double> {
    let ab = b - a, ac = c - a
    let d1 = (ab * (p - a)).sum(), d2 = (ac * (p - a)).sum()
    if d1 <= 0 && d2 <= 0 { return a }
    let d3 = (ab * (p - b)).sum(), d4 = (ac * (p - b)).sum()
    if d3 >= 0 && d4 <= d3 { return b }
    let vc = d1 * d4 - d3 * d2
    if vc <= 0 && d1 >= 0 && d3 <= 0 { return a + d1 / (d1 - d3) * ab }
    let d5 = (ab * (p - c)).sum(), d6 = (ac * (p - c)).sum()
    if d6 >= 0 && d5 <= d6 { return c }
    let vb = d5 * d2 - d1 * d6
    if vb <= 0 && d2 >= 0 && d6 <= 0 { return a + d2 / (d2 - d6) * ac }
    let va = d3 * d6 - d5 * d4
    if va <= 0 && d4 >= d3 && d5 >= d6 { return b + (d4 - d3) / ((d4 - d3) + (d5 - d6)) * (c - b) }
    let sum = va + vb + vc
    return a + vb / sum * ab + vc / sum * ac
  }
}
