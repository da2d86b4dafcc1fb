import DifferentiableCore
import Geometry

/// The places of a lattice inside a closed surface of triangles, each moved to the nearest of the depths at which layers
/// lie. They move with the surface, whose numbers are a shift.
struct SurfaceLayers: ShapeLayers {
  private struct Sample {
    var place: SIMD3<Double>
    /// To the nearest point of the surface.
    var outward: SIMD3<Double>
  }

  let volumes: [Double]
  private let samples: [Sample]

  init(_ distance: SurfaceDistance, spacing: Double, layers: Int) {
    var found = LayerSamples<Sample>()
    if let bounds = distance.bounds {
      let spans = (0..<3).map { Int(((bounds.upper[$0] - bounds.lower[$0]) / spacing).rounded(.up)) }
      var all: [Sample] = []
      for k in 0..<max(1, spans[2]) {
        for j in 0..<max(1, spans[1]) {
          for i in 0..<max(1, spans[0]) {
            let place = bounds.lower + spacing * (SIMD3(Double(i), Double(j), Double(k)) + 0.5)
            guard distance.isInside(place) else { continue }
            let way = distance.nearest(place) - place, depth = way.length
            let layer = (depth / spacing).rounded(.down)
            guard depth > 1e-9 * spacing, layer < Double(layers) else { continue }
            let out = way / depth, aim = (layer + 0.5) * spacing
            all.append(Sample(place: place + (depth - aim) * out, outward: aim * out))
          }
        }
      }
      found.add(all, volume: Double(all.count) * spacing * spacing * spacing)
    }
    samples = found.samples
    volumes = found.volumes
  }

  func place(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double> {
    samples[particle].place + SIMD3(parameters, from: 0, count: 3)
  }

  func pull(_ particle: Int, _ seed: SIMD3<Double>, _ parameters: DenseVector, into gradient: inout DenseVector) {
    gradient.add(seed, at: 0, count: 3)
  }

  func outward(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double> { samples[particle].outward }
}
