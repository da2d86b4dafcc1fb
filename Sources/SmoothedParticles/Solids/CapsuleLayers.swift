import DifferentiableCore
import Foundation

/// Two straight sides and two half circles, or a tube and two half spheres; coordinates on the capsule are the place along its
/// line, the share of the direction that goes along it, a direction across it and a depth.
struct CapsuleLayers: ShapeLayers {
  private struct Sample {
    var along: Double
    /// The outward direction is `axial` u + `radial` n, with u along the line and n across it.
    var axial: Double
    var radial: Double
    /// Of the capsule as it was sampled; n is what of it is across the line.
    var across: SIMD3<Double>
    /// m
    var depth: Double
  }

  let volumes: [Double]
  private let samples: [Sample]
  private let dimension: Int

  init(from: SIMD3<Double>, to: SIMD3<Double>, dimension: Int, radius: Double, spacing: Double, layers: Int) {
    self.dimension = dimension
    let length = (to - from).length, u = (to - from) / length
    let (first, second) = u.across(dimension: dimension)
    var found = LayerSamples<Sample>()
    for layer in 0..<layers {
      let outer = Double(layer) * spacing
      if radius <= outer { continue }
      let inner = max(radius - outer - spacing, 0), r = max(radius - outer - spacing / 2, 0)
      func sample(_ along: Double, _ axial: Double, _ radial: Double, _ across: SIMD3<Double>) -> Sample {
        Sample(along: along, axial: axial, radial: radial, across: across, depth: radius - r)
      }
      if dimension == 2 {
        found.add(
          Self.stadium(length, r, spacing).map { sample($0.along, $0.axial, $0.radial, first) },
          volume: .pi * (pow(radius - outer, 2) - pow(inner, 2)) + 2 * length * (radius - outer - inner))
        continue
      }
      var points: [Sample] = []
      let rings = max(1, Int((length / spacing).rounded())), around = max(1, Int((2 * .pi * r / spacing).rounded()))
      for ring in 0..<rings {
        for k in 0..<around {
          // Every second ring is turned by half a place.
          let angle = 2 * .pi * (Double(k) + (ring % 2 == 0 ? 0.25 : 0.75)) / Double(around)
          points.append(
            sample(
              (Double(ring) + 0.5) / Double(rings), 0, r > 0 ? 1 : 0, cos(angle) * first + sin(angle) * second))
        }
      }
      for direction in BallLayers.sphere(r, spacing) where r > 0 {
        let across = (direction.x * direction.x + direction.y * direction.y).squareRoot()
        let n = across > 1e-9 ? (direction.x * first + direction.y * second) / across : first
        points.append(sample(direction.z > 0 ? 1 : 0, direction.z, across, n))
      }
      found.add(
        points,
        volume: 4 / 3 * .pi * (pow(radius - outer, 3) - pow(inner, 3))
          + .pi * length * (pow(radius - outer, 2) - pow(inner, 2)))
    }
    samples = found.samples
    volumes = found.volumes
  }

  /// The directions along the line and, of a sample, across it.
  private struct Frame {
    let u: SIMD3<Double>
    let length: Double
    let n: SIMD3<Double>
    /// Of what of `across` is across the line, before it is scaled to one.
    let size: Double
  }

  private func frame(_ sample: Sample, _ parameters: DenseVector) -> Frame {
    let way = SIMD3(parameters, from: dimension, count: dimension) - SIMD3(parameters, from: 0, count: dimension)
    let length = way.length, u = way / length
    if dimension == 2 { return Frame(u: u, length: length, n: SIMD3(-u.y, u.x, 0), size: 1) }
    let v = sample.across - (sample.across * u).sum() * u, size = v.length
    return Frame(u: u, length: length, n: v / size, size: size)
  }

  func place(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double> {
    let sample = samples[particle], frame = frame(sample, parameters), d = dimension
    let a = SIMD3(parameters, from: 0, count: d), b = SIMD3(parameters, from: d, count: d)
    let direction = sample.axial * frame.u + sample.radial * frame.n
    return a + sample.along * (b - a) + (parameters[2 * d] - sample.depth) * direction
  }

  func pull(_ particle: Int, _ seed: SIMD3<Double>, _ parameters: DenseVector, into gradient: inout DenseVector) {
    let sample = samples[particle], frame = frame(sample, parameters), d = dimension, u = frame.u, n = frame.n
    let reach = parameters[2 * d] - sample.depth
    gradient[2 * d] += (seed * (sample.axial * u + sample.radial * n)).sum()
    // On u, of itself and of n, which turns with it.
    let onNormal = reach * sample.radial * seed
    var onU = reach * sample.axial * seed
    if d == 2 {
      onU += SIMD3(onNormal.y, -onNormal.x, 0)
    } else {
      let onV = (onNormal - (onNormal * n).sum() * n) / frame.size
      onU -= (onV * u).sum() * sample.across + (sample.across * u).sum() * onV
    }
    let onWay = (onU - (onU * u).sum() * u) / frame.length
    gradient.add((1 - sample.along) * seed - onWay, at: 0, count: d)
    gradient.add(sample.along * seed + onWay, at: d, count: d)
  }

  func outward(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double> {
    let sample = samples[particle], frame = frame(sample, parameters)
    return sample.depth * (sample.axial * frame.u + sample.radial * frame.n)
  }

  private static func stadium(_ length: Double, _ radius: Double, _ spacing: Double) -> [(
    along: Double, axial: Double, radial: Double
  )] {
    let straight = max(1, Int((length / spacing).rounded()))
    let round = max(0, Int((.pi * radius / spacing).rounded()))
    var points: [(along: Double, axial: Double, radial: Double)] = []
    for side in radius > 0 ? [1.0, -1.0] : [0.0] {
      for k in 0..<straight { points.append(((Double(k) + 0.5) / Double(straight), 0, side)) }
    }
    for (end, outward) in [(0.0, -1.0), (1.0, 1.0)] {
      for k in 0..<round {
        let angle = .pi * ((Double(k) + 0.5) / Double(round) - 0.5)
        points.append((end, outward * cos(angle), sin(angle)))
      }
    }
    return points
  }
}
