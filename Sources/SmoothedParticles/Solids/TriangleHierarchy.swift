import Geometry

/// The triangles of a surface in boxes within boxes, each halved at the median along its longest side.
///
/// A box also keeps caps: triangles that close the part of the surface in it, fanned from one of its corners to its rim.
/// From outside the box the part is seen under the same solid angle as its caps turned round, which are few where the part
/// is large. Jacobson, Kavan, Sorkine-Hornung, ACM Trans. Graph. 32 (2013), section 4.2.
struct TriangleHierarchy: Sendable {
  struct Box: Sendable {
    var lower: SIMD3<Double>
    var upper: SIMD3<Double>
    /// In `order`.
    var triangles: Range<Int>
    /// In `caps`; nil where there would not be fewer than triangles.
    var caps: Range<Int>?
    /// The other half; the first stands right behind its box. Nil in a leaf.
    var second: Int?

    func contains(_ place: SIMD3<Double>) -> Bool {
      all(place .>= lower) && all(place .<= upper)
    }

    /// Zero inside, m².
    func squaredDistance(_ place: SIMD3<Double>) -> Double {
      let gap = pointwiseMax(pointwiseMax(lower - place, place - upper), .zero)
      return (gap * gap).sum()
    }
  }

  /// The root first; empty without triangles.
  private(set) var boxes: [Box] = []
  /// Numbers of triangles, those of a box together.
  private(set) var order: [Int]
  private(set) var caps: [SIMD3<Int32>] = []

  private static let leafSize = 4

  init(_ surface: TriangleSurface) {
    order = Array(surface.triangles.indices)
    if order.isEmpty { return }
    let centers = surface.triangles.map { t in
      let (a, b, c) = surface.corners(t)
      return a + b + c
    }
    split(order.indices, surface, centers)
  }

  @discardableResult
  private mutating func split(_ range: Range<Int>, _ surface: TriangleSurface, _ centers: [SIMD3<Double>]) -> Int {
    let number = boxes.count
    var lower = SIMD3<Double>(repeating: .infinity), upper = -lower
    for k in range {
      let (a, b, c) = surface.corners(surface.triangles[order[k]])
      lower = pointwiseMin(lower, pointwiseMin(a, pointwiseMin(b, c)))
      upper = pointwiseMax(upper, pointwiseMax(a, pointwiseMax(b, c)))
    }
    boxes.append(Box(lower: lower, upper: upper, triangles: range))
    addCaps(to: number, surface)
    if range.count <= Self.leafSize { return number }
    let size = upper - lower
    let axis = size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2
    // The number breaks ties, so that the tree is the same wherever it is built.
    order[range].sort { (centers[$0][axis], $0) < (centers[$1][axis], $1) }
    let middle = range.lowerBound + range.count / 2
    split(range.lowerBound..<middle, surface, centers)
    boxes[number].second = split(middle..<range.upperBound, surface, centers)
    return number
  }

  private mutating func addCaps(to number: Int, _ surface: TriangleSurface) {
    let range = boxes[number].triangles
    // How often an edge is run through from its lower to its higher vertex, less the other way: zero but on the rim.
    var passes: [SIMD2<Int32>: Int] = [:]
    for k in range {
      let t = surface.triangles[order[k]]
      for (from, to) in [(t.x, t.y), (t.y, t.z), (t.z, t.x)] where from != to {
        passes[SIMD2(min(from, to), max(from, to)), default: 0] += from < to ? 1 : -1
      }
    }
    let rim = passes.filter { $0.value != 0 }.sorted { ($0.key.x, $0.key.y) < ($1.key.x, $1.key.y) }
    let apex = rim.first?.key.x ?? 0
    let first = caps.count
    for (edge, times) in rim where edge.x != apex && edge.y != apex {
      let cap = times > 0 ? SIMD3(apex, edge.x, edge.y) : SIMD3(apex, edge.y, edge.x)
      caps += Array(repeating: cap, count: abs(times))
    }
    if caps.count - first < range.count {
      boxes[number].caps = first..<caps.count
    } else {
      caps.removeSubrange(first...)
    }
  }
}
