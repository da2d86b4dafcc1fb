import Foundation

/// A rigid body that the fluid moves, made of dummy particles as walls are.
///
/// Its mass and its inertia are those of its particles' volumes at its density.
public struct RigidBody: Sendable, Equatable {
  public var name: String
  /// m, `[count, dimension]`: from the centre of mass, in the frame of the body.
  public let points: [Double]
  /// m³ (m² in the plane), one a point.
  public let volumes: [Double]
  /// kg/m³ (kg/m² in the plane)
  public var density: Double
  /// The centre of mass at time zero, m.
  public var position: [Double]
  /// From the frame of the body at time zero: the angle in the plane (one entry), a rotation vector in space, rad.
  public var rotation: [Double]
  /// m/s
  public var velocity: [Double]
  /// rad/s; one entry in the plane, three in space.
  public var angularVelocity: [Double]

  /// A body that fills the cells of a lattice.
  ///
  /// - Parameters:
  ///   - name: what messages call it.
  ///   - places: the centres of its cells as it lies without rotation, m, `[count, dimension]`; at least one.
  ///   - dimension: of space, 2 or 3.
  ///   - cellVolume: m³ (m² in the plane).
  ///   - density: kg/m³ (kg/m² in the plane).
  public init(
    _ name: String, filling places: [Double], dimension: Int, cellVolume: Double, density: Double,
    rotation: [Double]? = nil, velocity: [Double]? = nil, angularVelocity: [Double]? = nil
  ) {
    let count = places.count / dimension
    precondition(count > 0 && places.count % dimension == 0 && (2...3).contains(dimension))
    var center = [Double](repeating: 0, count: dimension)
    for k in places.indices { center[k % dimension] += places[k] / Double(count) }
    self.name = name
    points = places.indices.map { places[$0] - center[$0 % dimension] }
    volumes = [Double](repeating: cellVolume, count: count)
    self.density = density
    position = center
    let none = [Double](repeating: 0, count: dimension == 2 ? 1 : 3)
    self.rotation = rotation ?? none
    self.velocity = velocity ?? [Double](repeating: 0, count: dimension)
    self.angularVelocity = angularVelocity ?? none
    precondition(self.rotation.count == none.count && self.angularVelocity.count == none.count)
    precondition(self.velocity.count == dimension)
  }

  public var count: Int { volumes.count }
  var dimension: Int { points.count / volumes.count }
  /// m³ (m² in the plane)
  public var volume: Double { volumes.reduce(0, +) }
  /// kg
  public var mass: Double { density * volume }

  func point(_ k: Int) -> SIMD3<Double> {
    let d = dimension
    return SIMD3(points[k * d], points[k * d + 1], d > 2 ? points[k * d + 2] : 0)
  }

  /// The inertia over the density in the frame of the body, m⁵ (m⁴ in the plane); each cell adds that of its own square
  /// or cube.
  var inertiaPerDensity: Matrix3 {
    var sum = Matrix3.zero
    for k in 0..<count {
      let r = point(k), side = dimension == 2 ? volumes[k].squareRoot() : cbrt(volumes[k])
      let square = (r * r).sum() + side * side / 6
      for axis in 0..<3 { sum[axis][axis] += volumes[k] * square }
      sum.add(outer: r, r, times: -volumes[k])
    }
    return sum
  }
}
