import DifferentiableCore

/// Planes of particles under a plane. Each particle hangs on a fixed point of space, its anchor, and lies under the point of
/// the plane that is nearest to that, so that it needs no directions along the plane, which would have to turn with it.
struct HalfSpaceLayers: ShapeLayers {
  private struct Sample {
    var anchor: SIMD3<Double>
    /// m
    var depth: Double
  }

  let volumes: [Double]
  private let samples: [Sample]
  private let dimension: Int

  /// - Parameter bounds: the box that the anchors reach over.
  init(_ shape: SolidShape, spacing: Double, layers: Int, within bounds: (lower: [Double], upper: [Double])) {
    let d = shape.dimension, numbers = DenseVector(shape.parameters)
    dimension = d
    let point = SIMD3(numbers, from: 0, count: d), normal = SIMD3(numbers, from: d, count: d)
    let n = normal / normal.length
    // Along the plane, and how far: to the farthest corner of the box.
    let (first, second) = n.across(dimension: d)
    let middle = (SIMD3(first: bounds.lower) + SIMD3(first: bounds.upper)) / 2
    let start = middle - ((middle - point) * n).sum() * n
    let reach = Int(((SIMD3(first: bounds.upper) - SIMD3(first: bounds.lower)).length / (2 * spacing)).rounded(.up))
    var found = LayerSamples<Sample>()
    let cell = d == 2 ? spacing * spacing : spacing * spacing * spacing
    for layer in 0..<layers {
      var points: [Sample] = []
      for j in d == 3 ? -reach...reach : 0...0 {
        for i in -reach...reach {
          let aside = (Double(i) + 0.5) * spacing * first + (d == 3 ? (Double(j) + 0.5) * spacing : 0) * second
          points.append(Sample(anchor: start + aside, depth: (Double(layer) + 0.5) * spacing))
        }
      }
      found.add(points, volume: cell * Double(points.count))
    }
    samples = found.samples
    volumes = found.volumes
  }

  private func plane(_ parameters: DenseVector) -> (point: SIMD3<Double>, n: SIMD3<Double>, size: Double) {
    let normal = SIMD3(parameters, from: dimension, count: dimension), size = normal.length
    return (SIMD3(parameters, from: 0, count: dimension), normal / size, size)
  }

  func place(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double> {
    let sample = samples[particle], plane = plane(parameters)
    let height = ((sample.anchor - plane.point) * plane.n).sum()
    return sample.anchor - (height + sample.depth) * plane.n
  }

  func pull(_ particle: Int, _ seed: SIMD3<Double>, _ parameters: DenseVector, into gradient: inout DenseVector) {
    let sample = samples[particle], plane = plane(parameters)
    let above = sample.anchor - plane.point, height = (above * plane.n).sum()
    let along = (seed * plane.n).sum()
    gradient.add(along * plane.n, at: 0, count: dimension)
    let onNormal = -along * above - (height + sample.depth) * seed
    gradient.add((onNormal - (onNormal * plane.n).sum() * plane.n) / plane.size, at: dimension, count: dimension)
  }

  func outward(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double> {
    samples[particle].depth * plane(parameters).n
  }
}
