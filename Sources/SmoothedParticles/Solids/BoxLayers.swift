import DifferentiableCore

/// The outermost points of lattices over ever smaller boxes; coordinates on the box are fractions of its half edges and a
/// depth.
struct BoxLayers: ShapeLayers {
  private struct Sample {
    var fractions: SIMD3<Double>
    /// m
    var depth: Double
  }

  let volumes: [Double]
  private let samples: [Sample]
  private let dimension: Int

  init(_ halfSizes: [Double], spacing: Double, layers: Int) {
    dimension = halfSizes.count
    var found = LayerSamples<Sample>()
    for layer in 0..<layers {
      let outer = Double(layer) * spacing
      guard let least = halfSizes.min(), least > outer else { continue }
      let whole = halfSizes.reduce(1) { $0 * 2 * ($1 - outer) }
      let left = halfSizes.reduce(1) { $0 * 2 * max($1 - outer - spacing, 0) }
      // The innermost layer of a thin box lies in its middle.
      let reached = min(outer + spacing / 2, (least + outer) / 2)
      found.add(
        Self.surface(halfSizes.map { $0 - reached }, spacing).map { Sample(fractions: $0, depth: reached) },
        volume: whole - left)
    }
    samples = found.samples
    volumes = found.volumes
  }

  /// Before the box is turned.
  private func local(_ sample: Sample, _ parameters: DenseVector) -> SIMD3<Double> {
    var place = SIMD3<Double>.zero
    for axis in 0..<dimension {
      place[axis] = sample.fractions[axis] * (parameters[dimension + axis] - sample.depth)
    }
    return place
  }

  private func turned(_ v: SIMD3<Double>, _ parameters: DenseVector, back: Bool = false) -> SIMD3<Double> {
    if dimension == 3 { return v }
    return SIMD3(first: SolidShape.turned([v.x, v.y], by: back ? -parameters[4] : parameters[4]))
  }

  func place(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double> {
    SIMD3(parameters, from: 0, count: dimension) + turned(local(samples[particle], parameters), parameters)
  }

  func pull(_ particle: Int, _ seed: SIMD3<Double>, _ parameters: DenseVector, into gradient: inout DenseVector) {
    let sample = samples[particle], back = turned(seed, parameters, back: true)
    gradient.add(seed, at: 0, count: dimension)
    gradient.add(back * sample.fractions, at: dimension, count: dimension)
    if dimension == 3 { return }
    let place = local(sample, parameters)
    gradient[4] += back.y * place.x - back.x * place.y
  }

  /// At an edge to the edge.
  func outward(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double> {
    let sample = samples[particle]
    var way = SIMD3<Double>.zero
    for axis in 0..<dimension where abs(sample.fractions[axis]) == 1 {
      way[axis] = sample.fractions[axis] * sample.depth
    }
    return turned(way, parameters)
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
}
