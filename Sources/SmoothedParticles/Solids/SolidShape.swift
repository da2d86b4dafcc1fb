import Foundation

/// A solid given by its signed distance, by numbers that a gradient can be taken with respect to.
public enum SolidShape: Sendable, Equatable {
  /// Centre and radius: a disc in the plane, a ball in space; m.
  case ball(center: [Double], radius: Double)
  /// Centre and half its edges, along the axes, turned counter-clockwise by an angle in the plane; m and rad.
  case box(center: [Double], halfSizes: [Double], angle: Double = 0)
  /// All places within a radius of the line between two points; in the plane alone; m.
  case capsule(from: [Double], to: [Double], radius: Double)

  public var dimension: Int {
    switch self {
    case .ball(let center, _), .box(let center, _, _), .capsule(let center, _, _): center.count
    }
  }

  /// Its numbers: centre and radius; centre, half edges and in the plane the angle; both ends and the radius.
  public var parameters: [Double] {
    switch self {
    case .ball(let center, let radius): center + [radius]
    case .box(let center, let halfSizes, let angle): center + halfSizes + (center.count == 2 ? [angle] : [])
    case .capsule(let from, let to, let radius): from + to + [radius]
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
    case .capsule(let from, let to, let radius):
      let along = zip(to, from).map { $0 - $1 }, off = zip(place, from).map { $0 - $1 }
      let square = along.reduce(0) { $0 + $1 * $1 }
      let t = min(max(zip(along, off).reduce(0) { $0 + $1.0 * $1.1 } / square, 0), 1)
      return Self.length(zip(off, along).map { $0 - t * $1 }) - radius
    }
  }

  static func length(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  static func turned(_ v: [Double], by angle: Double) -> [Double] {
    let c = cos(angle), s = sin(angle)
    return [c * v[0] - s * v[1], s * v[0] + c * v[1]]
  }
}
