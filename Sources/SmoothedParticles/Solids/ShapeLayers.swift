import DifferentiableCore

/// Particles in layers under the surface of a shape of one kind. Each has fixed coordinates on the shape; where that puts it
/// is a differentiable function of the shape's numbers.
protocol ShapeLayers: Sendable {
  /// m³ (m² in the plane), one a particle.
  var volumes: [Double] { get }
  /// Where a particle is for some numbers of the shape; in the plane z is zero. m.
  func place(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double>
  /// Adds what a seed on `place` is worth.
  func pull(_ particle: Int, _ seed: SIMD3<Double>, _ parameters: DenseVector, into gradient: inout DenseVector)
  /// From a particle to the point of the surface that it lies under, m.
  func outward(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double>
}

/// The samples of layers and the share of the volume that each has.
struct LayerSamples<Sample> {
  private(set) var samples: [Sample] = []
  private(set) var volumes: [Double] = []

  /// Adds a layer, whose volume its samples share.
  mutating func add(_ layer: [Sample], volume: Double) {
    if layer.isEmpty { return }
    samples += layer
    volumes += [Double](repeating: volume / Double(layer.count), count: layer.count)
  }
}

extension SIMD3<Double> {
  /// The first entries of a list, zero where it ends.
  init(first entries: some Collection<Double>) {
    self = .zero
    for (axis, entry) in entries.prefix(3).enumerated() { self[axis] = entry }
  }

  init(_ vector: DenseVector, from start: Int, count: Int) {
    self = .zero
    for axis in 0..<count { self[axis] = vector[start + axis] }
  }

  var length: Double { (self * self).sum().squareRoot() }

  /// Of a direction of length one: the direction counter-clockwise of it in the plane; in space two that are square to it
  /// and to each other. The second is zero in the plane.
  func across(dimension: Int) -> (first: SIMD3, second: SIMD3) {
    if dimension == 2 { return (SIMD3(-y, x, 0), .zero) }
    let axis = [abs(x), abs(y), abs(z)].enumerated().min { $0.element < $1.element }?.offset ?? 0
    var first = SIMD3.zero
    first[axis] = 1
    first -= (first * self).sum() * self
    first /= first.length
    return (
      first, SIMD3(y * first.z - z * first.y, z * first.x - x * first.z, x * first.y - y * first.x)
    )
  }
}

extension DenseVector {
  /// Adds a vector of some axes.
  mutating func add(_ v: SIMD3<Double>, at start: Int, count: Int) {
    for axis in 0..<count { self[start + axis] += v[axis] }
  }
}
