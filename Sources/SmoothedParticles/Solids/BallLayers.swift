import DifferentiableCore
import Foundation

/// Circles or spheres of particles; coordinates on the ball are a direction and a depth.
struct BallLayers: ShapeLayers {
  private struct Sample {
    var direction: SIMD3<Double>
    /// m
    var depth: Double
  }

  let volumes: [Double]
  private let samples: [Sample]
  private let dimension: Int

  init(_ dimension: Int, radius: Double, spacing: Double, layers: Int) {
    self.dimension = dimension
    var found = LayerSamples<Sample>()
    for layer in 0..<layers {
      let outer = Double(layer) * spacing
      if radius <= outer { continue }
      let inner = max(radius - outer - spacing, 0), r = max(radius - outer - spacing / 2, 0)
      found.add(
        (dimension == 2 ? Self.circle(r, spacing) : Self.sphere(r, spacing)).map {
          Sample(direction: $0, depth: radius - r)
        },
        volume: dimension == 2
          ? .pi * (pow(radius - outer, 2) - pow(inner, 2)) : 4 / 3 * .pi * (pow(radius - outer, 3) - pow(inner, 3)))
    }
    samples = found.samples
    volumes = found.volumes
  }

  func place(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double> {
    let sample = samples[particle], d = dimension
    return SIMD3(parameters, from: 0, count: d) + (parameters[d] - sample.depth) * sample.direction
  }

  func pull(_ particle: Int, _ seed: SIMD3<Double>, _ parameters: DenseVector, into gradient: inout DenseVector) {
    gradient.add(seed, at: 0, count: dimension)
    gradient[dimension] += (seed * samples[particle].direction).sum()
  }

  func outward(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double> {
    samples[particle].depth * samples[particle].direction
  }

  private static func circle(_ radius: Double, _ spacing: Double) -> [SIMD3<Double>] {
    let count = max(1, Int((2 * .pi * radius / spacing).rounded()))
    return (0..<count).map { k in
      let angle = 2 * .pi * (Double(k) + 0.5) / Double(count)
      return SIMD3(cos(angle), sin(angle), 0)
    }
  }

  /// A spiral with equal areas. González, Math. Geosci. 42 (2010).
  static func sphere(_ radius: Double, _ spacing: Double) -> [SIMD3<Double>] {
    let count = max(1, Int((4 * .pi * radius * radius / (spacing * spacing)).rounded()))
    let golden = Double.pi * (3 - 5.0.squareRoot())
    return (0..<count).map { k in
      let z = 1 - (2 * Double(k) + 1) / Double(count), r = (1 - z * z).squareRoot()
      return SIMD3(r * cos(golden * Double(k)), r * sin(golden * Double(k)), z)
    }
  }
}
