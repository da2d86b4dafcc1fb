import DifferentiableCore
import Foundation

/// Wall particles in layers that follow the surface of a `SolidShape`, at depths of half a spacing, one and a half and so
/// on, as deep as asked for, so that a curved wall is smooth where a lattice would make stairs.
///
/// Each particle has fixed coordinates on the shape and moves with it when the shape's numbers change: the map from
/// `SolidShape.parameters` to positions is differentiable. The masses stay those of the shape that was sampled.
public struct BodyFittedLayers: Sendable {
  public let shape: SolidShape
  /// m³ (m² in the plane), one a particle.
  public let volumes: [Double]
  private let samples: [Sample]

  /// Coordinates on the shape: a direction (ball), fractions of the half edges (box), or the place along the line with a
  /// direction along and across it (capsule).
  private struct Sample: Sendable {
    var along = 0.0
    var direction: SIMD3<Double>
    /// m
    var depth: Double
  }

  public var count: Int { samples.count }

  /// - Parameters:
  ///   - shape: of positive size, a capsule in the plane.
  ///   - spacing: between particles, m.
  ///   - layers: at most so many; those that a thin shape has no room for are left out.
  public init(_ shape: SolidShape, spacing: Double, layers: Int) {
    self.shape = shape
    var samples: [Sample] = [], volumes: [Double] = []
    func add(_ layer: [Sample], volume: Double) {
      if layer.isEmpty { return }
      samples += layer
      volumes += [Double](repeating: volume / Double(layer.count), count: layer.count)
    }
    for layer in 0..<layers {
      let outer = Double(layer) * spacing, depth = outer + spacing / 2
      switch shape {
      case .ball(let center, let radius):
        if radius <= outer { continue }
        let isFlat = center.count == 2, inner = max(radius - outer - spacing, 0), r = max(radius - depth, 0)
        add(
          (isFlat ? Self.circle(r, spacing) : Self.sphere(r, spacing)).map { Sample(direction: $0, depth: radius - r) },
          volume: isFlat
            ? .pi * (pow(radius - outer, 2) - pow(inner, 2)) : 4 / 3 * .pi * (pow(radius - outer, 3) - pow(inner, 3)))
      case .box(_, let halfSizes, _):
        guard let least = halfSizes.min(), least > outer else { continue }
        let whole = halfSizes.reduce(1) { $0 * 2 * ($1 - outer) }
        let left = halfSizes.reduce(1) { $0 * 2 * max($1 - outer - spacing, 0) }
        // The innermost layer of a thin box lies in its middle.
        let reached = min(depth, (least + outer) / 2)
        add(
          Self.surface(halfSizes.map { $0 - reached }, spacing).map { Sample(direction: $0, depth: reached) },
          volume: whole - left)
      case .capsule(let from, let to, let radius):
        if radius <= outer { continue }
        let length = SolidShape.length(zip(to, from).map { $0 - $1 })
        let inner = max(radius - outer - spacing, 0), r = max(radius - depth, 0)
        add(
          Self.stadium(length, r, spacing).map { Sample(along: $0.along, direction: $0.direction, depth: radius - r) },
          volume: .pi * (pow(radius - outer, 2) - pow(inner, 2)) + 2 * length * (radius - outer - inner))
      }
    }
    self.samples = samples
    self.volumes = volumes
  }

  /// `[count, dimension]`, m.
  public var positions: [Double] { positions(DenseVector(shape.parameters)).elements }

  /// `[count, dimension]` in m, of a shape of the same kind with other numbers.
  public func positions(_ parameters: DenseVector) -> DenseVector {
    let d = shape.dimension
    var places = DenseVector(zeros: count * d)
    for (k, sample) in samples.enumerated() {
      switch shape {
      case .ball:
        for axis in 0..<d {
          places[k * d + axis] = parameters[axis] + (parameters[d] - sample.depth) * sample.direction[axis]
        }
      case .box:
        var local = (0..<d).map { sample.direction[$0] * (parameters[d + $0] - sample.depth) }
        if d == 2 { local = SolidShape.turned(local, by: parameters[4]) }
        for axis in 0..<d { places[k * d + axis] = parameters[axis] + local[axis] }
      case .capsule:
        let frame = CapsuleFrame(parameters)
        let offset = frame.offset(sample.direction) * (parameters[4] - sample.depth)
        for axis in 0..<2 {
          let a = parameters[axis], b = parameters[2 + axis]
          places[k * 2 + axis] = a + sample.along * (b - a) + offset[axis]
        }
      }
    }
    return places
  }

  /// From the seed on positions to that on the shape's numbers.
  public func pullback(_ seed: DenseVector, at parameters: DenseVector) -> DenseVector {
    let d = shape.dimension
    var found = DenseVector(zeros: parameters.count)
    if seed.isEmpty { return found }
    for (k, sample) in samples.enumerated() {
      let s = (0..<d).map { seed[k * d + $0] }
      switch shape {
      case .ball:
        for axis in 0..<d {
          found[axis] += s[axis]
          found[d] += s[axis] * sample.direction[axis]
        }
      case .box:
        for axis in 0..<d { found[axis] += s[axis] }
        let back = d == 2 ? SolidShape.turned(s, by: -parameters[4]) : s
        for axis in 0..<d { found[d + axis] += back[axis] * sample.direction[axis] }
        if d == 2 {
          let x = sample.direction.x * (parameters[2] - sample.depth)
          let y = sample.direction.y * (parameters[3] - sample.depth)
          found[4] += back[1] * x - back[0] * y
        }
      case .capsule:
        let frame = CapsuleFrame(parameters), reach = parameters[4] - sample.depth
        let seed = SIMD2(s[0], s[1])
        found[4] += (seed * frame.offset(sample.direction)).sum()
        let turn = frame.pullOffset(seed * reach, sample.direction)
        for axis in 0..<2 {
          found[axis] += (1 - sample.along) * s[axis] - turn[axis]
          found[2 + axis] += sample.along * s[axis] + turn[axis]
        }
      }
    }
    return found
  }

  // MARK: - Samples

  private static func circle(_ radius: Double, _ spacing: Double) -> [SIMD3<Double>] {
    let count = max(1, Int((2 * .pi * radius / spacing).rounded()))
    return (0..<count).map { k in
      let angle = 2 * .pi * (Double(k) + 0.5) / Double(count)
      return SIMD3(cos(angle), sin(angle), 0)
    }
  }

  /// A spiral with equal areas. González, Math. Geosci. 42 (2010).
  private static func sphere(_ radius: Double, _ spacing: Double) -> [SIMD3<Double>] {
    let count = max(1, Int((4 * .pi * radius * radius / (spacing * spacing)).rounded()))
    let golden = Double.pi * (3 - 5.0.squareRoot())
    return (0..<count).map { k in
      let z = 1 - (2 * Double(k) + 1) / Double(count), r = (1 - z * z).squareRoot()
      return SIMD3(r * cos(golden * Double(k)), r * sin(golden * Double(k)), z)
    }
  }

  /// The outermost points of a lattice over a box, as fractions of its half edges.
  private static func surface(_ half: [Double], _ spacing: Double) -> [SIMD3<Double>] {
    let spans = half.map { Int((2 * $0 / spacing).rounded()) }
    func fraction(_ i: Int, _ axis: Int) -> Double {
      spans[axis] == 0 ? 0 : 2 * Double(i) / Double(spans[axis]) - 1
    }
    var points: [SIMD3<Double>] = []
    for k in 0...(half.count > 2 ? spans[2] : 0) {
      for j in 0...spans[1] {
        for i in 0...spans[0] {
          let place = [i, j, k].prefix(half.count)
          guard zip(place, spans).contains(where: { $0 == 0 || $0 == $1 }) else { continue }
          points.append(SIMD3(fraction(i, 0), fraction(j, 1), half.count > 2 ? fraction(k, 2) : 0))
        }
      }
    }
    return points
  }

  /// Two straight sides and two half circles.
  private static func stadium(_ length: Double, _ radius: Double, _ spacing: Double) -> [(
    along: Double, direction: SIMD3<Double>
  )] {
    let straight = max(1, Int((length / spacing).rounded()))
    let round = max(0, Int((.pi * radius / spacing).rounded()))
    let sides = radius > 0 ? [1.0, -1.0] : [0.0]
    var points: [(along: Double, direction: SIMD3<Double>)] = []
    for side in sides {
      for k in 0..<straight { points.append(((Double(k) + 0.5) / Double(straight), SIMD3(0, side, 0))) }
    }
    for (end, outward) in [(0.0, -1.0), (1.0, 1.0)] {
      for k in 0..<round {
        let angle = .pi * ((Double(k) + 0.5) / Double(round) - 0.5)
        points.append((end, SIMD3(outward * cos(angle), sin(angle), 0)))
      }
    }
    return points
  }
}

/// The directions along and across a capsule.
private struct CapsuleFrame {
  let u: SIMD2<Double>
  let length: Double

  init(_ parameters: DenseVector) {
    let w = SIMD2(parameters[2] - parameters[0], parameters[3] - parameters[1])
    length = (w * w).sum().squareRoot()
    u = w / length
  }

  func offset(_ direction: SIMD3<Double>) -> SIMD2<Double> {
    direction.x * u + direction.y * SIMD2(-u.y, u.x)
  }

  /// From the seed on `offset` to that on the vector from one end to the other.
  func pullOffset(_ seed: SIMD2<Double>, _ direction: SIMD3<Double>) -> SIMD2<Double> {
    let onU = direction.x * seed + direction.y * SIMD2(seed.y, -seed.x)
    return (onU - (onU * u).sum() * u) / length
  }
}
