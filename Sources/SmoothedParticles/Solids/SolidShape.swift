import Foundation
import Geometry

/// A solid given by its signed distance, by numbers that a gradient can be taken with respect to.
public enum SolidShape: Sendable, Equatable {
  /// Centre and radius: a disc in the plane, a ball in space; m.
  case ball(center: [Double], radius: Double)
  /// Centre and half its edges, along the axes, turned counter-clockwise by an angle in the plane; m and rad.
  case box(center: [Double], halfSizes: [Double], angle: Double = 0)
  /// All places within a radius of the line between two points; m.
  case capsule(from: [Double], to: [Double], radius: Double)
  /// All that is behind a plane (in 2D a line) through a point, seen along its outward normal, which need not have length
  /// one; m.
  case halfSpace(point: [Double], normal: [Double])
  /// The inside of a polygon in the plane that does not cross itself; corners in m, in either sense.
  case polygon([[Double]])
  /// The inside of a closed surface in space, shifted; m.
  case surface(SurfaceDistance, shift: [Double] = [0, 0, 0])

  public var dimension: Int {
    switch self {
    case .ball(let center, _), .box(let center, _, _), .capsule(let center, _, _), .halfSpace(let center, _):
      center.count
    case .polygon: 2
    case .surface: 3
    }
  }

  /// Its numbers: centre and radius; centre, half edges and in the plane the angle; both ends and the radius; point and
  /// normal; the corners; the shift.
  public var parameters: [Double] {
    switch self {
    case .ball(let center, let radius): center + [radius]
    case .box(let center, let halfSizes, let angle): center + halfSizes + (center.count == 2 ? [angle] : [])
    case .capsule(let from, let to, let radius): from + to + [radius]
    case .halfSpace(let point, let normal): point + normal
    case .polygon(let corners): corners.flatMap { $0 }
    case .surface(_, let shift): shift
    }
  }

  /// What one of its numbers says.
  public enum NumberKind: Sendable {
    case place, size, turn
  }

  /// Of each of `parameters`.
  public var numberKinds: [NumberKind] {
    let d = dimension
    func several(_ kind: NumberKind, _ count: Int) -> [NumberKind] { [NumberKind](repeating: kind, count: count) }
    return switch self {
    case .ball: several(.place, d) + [.size]
    case .box: several(.place, d) + several(.size, d) + (d == 2 ? [.turn] : [])
    case .capsule: several(.place, 2 * d) + [.size]
    case .halfSpace: several(.place, d) + several(.turn, d)
    case .polygon(let corners): several(.place, 2 * corners.count)
    case .surface: several(.place, d)
    }
  }

  /// The distance to its surface, negative inside, m.
  public func signedDistance(_ place: [Double]) -> Double {
    switch self {
    case .ball(let center, let radius):
      return Self.length(zip(place, center).map { $0 - $1 }) - radius
    case .box(let center, let halfSizes, let angle):
      var local = zip(place, center).map { $0 - $1 }
      if local.count == 2 { local = Self.turned(local, by: -angle) }
      let beyond = zip(local, halfSizes).map { abs($0) - $1 }
      return Self.length(beyond.map { max($0, 0) }) + min(beyond.max() ?? 0, 0)
    case .capsule(let from, let to, let radius): return Self.distance(place, toLineFrom: from, to) - radius
    case .halfSpace(let point, let normal):
      let height = place.indices.reduce(0.0) { $0 + (place[$1] - point[$1]) * normal[$1] }
      return height / Self.length(normal)
    case .polygon(let corners): return Self.signedDistance(toPolygon: corners, place)
    case .surface(let distance, let shift):
      return distance.signed(SIMD3(first: zip(place, shift).map { $0 - $1 }))
    }
  }

  /// Whether a place is at least so far outside, m.
  public func keeps(_ gap: Double, from place: [Double]) -> Bool {
    if case .surface(let distance, let shift) = self, let bounds = distance.bounds {
      // Most places are far from a surface with many triangles.
      for axis in 0..<3 {
        let x = place[axis] - shift[axis]
        if x <= bounds.lower[axis] - gap || x >= bounds.upper[axis] + gap { return true }
      }
    }
    return signedDistance(place) >= gap
  }

  /// False for a polygon whose corners lie on a line; true for all else.
  public var enclosesArea: Bool {
    guard case .polygon(let corners) = self else { return true }
    let reach = corners.reduce(0.0) { max($0, abs($1[0] - corners[0][0]), abs($1[1] - corners[0][1])) }
    return abs(Self.area(corners)) > 1e-12 * reach * reach
  }

  static func length(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  static func turned(_ v: [Double], by angle: Double) -> [Double] {
    let c = cos(angle), s = sin(angle)
    return [c * v[0] - s * v[1], s * v[0] + c * v[1]]
  }

  private static func distance(_ place: [Double], toLineFrom from: [Double], _ to: [Double]) -> Double {
    let along = zip(to, from).map { $0 - $1 }, off = zip(place, from).map { $0 - $1 }
    let square = along.reduce(0) { $0 + $1 * $1 }
    let t = square > 0 ? min(max(zip(along, off).reduce(0) { $0 + $1.0 * $1.1 } / square, 0), 1) : 0
    return length(zip(off, along).map { $0 - t * $1 })
  }

  /// Of a polygon, positive where its corners run counter-clockwise, m².
  static func area(_ corners: [[Double]]) -> Double {
    var twice = 0.0
    for (a, b) in zip(corners, corners.dropFirst() + corners.prefix(1)) { twice += a[0] * b[1] - b[0] * a[1] }
    return twice / 2
  }

  static func signedDistance(toPolygon corners: [[Double]], _ place: [Double]) -> Double {
    var least = Double.infinity, isInside = false
    for (a, b) in zip(corners, corners.dropFirst() + corners.prefix(1)) {
      least = min(least, distance(place, toLineFrom: a, b))
      if (a[1] > place[1]) != (b[1] > place[1]),
        place[0] < a[0] + (b[0] - a[0]) * (place[1] - a[1]) / (b[1] - a[1])
      {
        isInside.toggle()
      }
    }
    return isInside ? -least : least
  }
}
