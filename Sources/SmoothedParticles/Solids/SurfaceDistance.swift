import Foundation
import Geometry

/// The distance to a closed surface of triangles, by looking at all of them.
struct SurfaceDistance {
  let surface: TriangleSurface

  init(_ surface: TriangleSurface) { self.surface = surface }

  /// By the solid angle under which the surface is seen, which small gaps between triangles hardly change. Van Oosterom &
  /// Strackee, IEEE Trans. Biomed. Eng. 30 (1983).
  func isInside(_ place: SIMD3<Double>) -> Bool {
    guard let bounds = surface.bounds,
      (0..<3).allSatisfy({ place[$0] > bounds.lower[$0] && place[$0] < bounds.upper[$0] })
    else { return false }
    var angle = 0.0
    for t in surface.triangles {
      let corners = surface.corners(t)
      let a = corners.0 - place, b = corners.1 - place, c = corners.2 - place
      let la = a.length, lb = b.length, lc = c.length
      let triple =
        a.x * (b.y * c.z - b.z * c.y) + a.y * (b.z * c.x - b.x * c.z) + a.z * (b.x * c.y - b.y * c.x)
      let below = la * lb * lc + (a * b).sum() * lc + (b * c).sum() * la + (c * a).sum() * lb
      angle += 2 * atan2(triple, below)
    }
    return abs(angle) > 2 * .pi
  }

  /// The nearest point of the surface, m.
  func nearest(_ place: SIMD3<Double>) -> SIMD3<Double> {
    var best = place, least = Double.infinity
    for t in surface.triangles {
      let (a, b, c) = surface.corners(t)
      let point = Self.nearest(place, a, b, c), gap = place - point, square = (gap * gap).sum()
      if square < least {
        least = square
        best = point
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
  private static func nearest(
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
