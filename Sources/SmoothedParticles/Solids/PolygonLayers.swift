import DifferentiableCore
import Foundation

/// Particles along the sides of a polygon moved inward, and around its corners that point inward; coordinates on the polygon
/// are a side with a fraction of its length, or a corner with a share of its two sides' normals, and a depth.
struct PolygonLayers: ShapeLayers {
  private struct Sample {
    /// The side that begins at this corner, or the corner that the side after it begins at.
    var corner: Int
    /// Along a side; around a corner the share of the normal of the side that begins there.
    var fraction: Double
    var isAround: Bool
    /// m
    var depth: Double
  }

  private(set) var volumes: [Double] = []
  private var samples: [Sample] = []
  private let count: Int
  /// One where the corners run counter-clockwise, minus one otherwise.
  private let turn: Double

  init(_ corners: [[Double]], spacing: Double, layers: Int) {
    count = corners.count
    turn = SolidShape.area(corners) > 0 ? 1 : -1
    var found = LayerSamples<Sample>()
    let numbers = DenseVector(corners.flatMap { $0 })
    for layer in 0..<layers {
      let depth = (Double(layer) + 0.5) * spacing
      let fine = candidates(numbers, depth: depth, step: spacing / 16)
      let places = fine.map { place($0, numbers) }
      // Those that no other side or corner is nearer to are a line around the polygon.
      let valid = places.indices.filter {
        SolidShape.signedDistance(toPolygon: corners, [places[$0].x, places[$0].y]) <= -depth * (1 - 1e-6)
      }
      if valid.isEmpty { continue }
      var travelled = [0.0]
      for (k, next) in zip(valid, valid.dropFirst() + valid.prefix(1)) {
        // A jump is where a thin part of the polygon has no room for the layer.
        travelled.append(travelled[travelled.count - 1] + min((places[next] - places[k]).length, spacing / 4))
      }
      let length = travelled[valid.count], wanted = max(1, Int((length / spacing).rounded()))
      var chosen: [Sample] = [], next = 0
      for k in 0..<wanted {
        let aim = (Double(k) + 0.5) * length / Double(wanted)
        while next + 1 < valid.count, travelled[next + 1] <= aim { next += 1 }
        chosen.append(fine[valid[next]])
      }
      found.add(chosen, volume: length * spacing)
    }
    samples = found.samples
    volumes = found.volumes
  }

  /// Finely spread around the polygon, in order.
  private func candidates(_ numbers: DenseVector, depth: Double, step: Double) -> [Sample] {
    var all: [Sample] = []
    for corner in 0..<count {
      let before = normal((corner + count - 1) % count, numbers).n, after = normal(corner, numbers).n
      let cross = turn * (before.x * after.y - before.y * after.x)
      if cross < 0 {
        let angle = acos(min(max((before * after).sum(), -1), 1)), around = Int((angle * depth / step).rounded(.up))
        for k in 0..<around {
          all.append(
            Sample(corner: corner, fraction: (Double(k) + 0.5) / Double(around), isAround: true, depth: depth))
        }
      }
      let pieces = max(1, Int((normal(corner, numbers).length / step).rounded(.up)))
      for k in 0..<pieces {
        all.append(
          Sample(corner: corner, fraction: (Double(k) + 0.5) / Double(pieces), isAround: false, depth: depth))
      }
    }
    return all
  }

  private func corner(_ k: Int, _ numbers: DenseVector) -> SIMD3<Double> { SIMD3(numbers, from: 2 * k, count: 2) }

  /// Of the side that begins at a corner: inward, with the side's direction and length.
  private func normal(_ side: Int, _ numbers: DenseVector) -> (n: SIMD3<Double>, u: SIMD3<Double>, length: Double) {
    let way = corner((side + 1) % count, numbers) - corner(side, numbers), length = way.length, u = way / length
    return (turn * SIMD3(-u.y, u.x, 0), u, length)
  }

  private func pullNormal(_ side: Int, _ seed: SIMD3<Double>, _ numbers: DenseVector, into gradient: inout DenseVector)
  {
    let (_, u, length) = normal(side, numbers), onU = turn * SIMD3(seed.y, -seed.x, 0)
    let onWay = (onU - (onU * u).sum() * u) / length
    gradient.add(onWay, at: 2 * ((side + 1) % count), count: 2)
    gradient.add(-onWay, at: 2 * side, count: 2)
  }

  /// The inward direction at a sample; around a corner with the size of the mean that it is the direction of.
  private func inward(_ sample: Sample, _ numbers: DenseVector) -> (direction: SIMD3<Double>, size: Double) {
    let own = normal(sample.corner, numbers).n
    if !sample.isAround { return (own, 1) }
    let before = normal((sample.corner + count - 1) % count, numbers).n
    let mean = (1 - sample.fraction) * before + sample.fraction * own, size = mean.length
    return (mean / size, size)
  }

  private func place(_ sample: Sample, _ numbers: DenseVector) -> SIMD3<Double> {
    let a = corner(sample.corner, numbers), b = corner((sample.corner + 1) % count, numbers)
    let foot = sample.isAround ? a : a + sample.fraction * (b - a)
    return foot + sample.depth * inward(sample, numbers).direction
  }

  func place(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double> { place(samples[particle], parameters) }

  func pull(_ particle: Int, _ seed: SIMD3<Double>, _ parameters: DenseVector, into gradient: inout DenseVector) {
    let sample = samples[particle], next = (sample.corner + 1) % count
    let onDirection = sample.depth * seed
    if !sample.isAround {
      gradient.add((1 - sample.fraction) * seed, at: 2 * sample.corner, count: 2)
      gradient.add(sample.fraction * seed, at: 2 * next, count: 2)
      pullNormal(sample.corner, onDirection, parameters, into: &gradient)
      return
    }
    gradient.add(seed, at: 2 * sample.corner, count: 2)
    let (direction, size) = inward(sample, parameters)
    let onMean = (onDirection - (onDirection * direction).sum() * direction) / size
    pullNormal((sample.corner + count - 1) % count, (1 - sample.fraction) * onMean, parameters, into: &gradient)
    pullNormal(sample.corner, sample.fraction * onMean, parameters, into: &gradient)
  }

  func outward(_ particle: Int, _ parameters: DenseVector) -> SIMD3<Double> {
    -samples[particle].depth * inward(samples[particle], parameters).direction
  }
}
