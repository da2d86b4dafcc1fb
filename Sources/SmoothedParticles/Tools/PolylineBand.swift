import DifferentiableCore

/// Layers of particles along both sides of a line through nodes in the plane: from the nodes, `[nodeCount, 2]` in m, to the
/// particles.
///
/// Every segment keeps its particles; a bend leaves a wedge open outside and doubles particles inside, each at most
/// half the thickness times the angle wide.
public struct PolylineBand: Transform {
  public let nodeCount: Int
  /// Where a particle is: its segment, its share of the way along it, its distance to the left of it.
  let places: [(segment: Int, share: Double, offset: Double)]

  /// - Parameters:
  ///   - lengths: of the segments for which particles are `spacing` apart, m.
  ///   - spacing: between particles, m.
  ///   - layers: across the line; the middle one lies on it where they are odd in number.
  public init(lengths: [Double], spacing: Double, layers: Int) {
    nodeCount = lengths.count + 1
    let middle = Double(layers - 1) / 2
    var places: [(segment: Int, share: Double, offset: Double)] = []
    for (segment, length) in lengths.enumerated() {
      let count = max(1, Int((length / spacing).rounded()))
      for along in 0..<count {
        let share = (Double(along) + 0.5) / Double(count)
        for layer in 0..<layers { places.append((segment, share, (Double(layer) - middle) * spacing)) }
      }
    }
    self.places = places
  }

  public var particleCount: Int { places.count }

  public func apply(_ nodes: DenseVector) throws(SolveFailure) -> DenseVector {
    let frames = try frames(nodes)
    var positions = DenseVector(zeros: 2 * places.count)
    for (i, place) in places.enumerated() {
      let frame = frames[place.segment]
      positions[2 * i] = frame.from.x + place.share * frame.along.x - place.offset * frame.along.y / frame.length
      positions[2 * i + 1] = frame.from.y + place.share * frame.along.y + place.offset * frame.along.x / frame.length
    }
    return positions
  }

  public func pullback(_ seed: DenseVector, at nodes: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    let frames = try frames(nodes)
    var gradient = DenseVector(zeros: nodes.count)
    for (i, place) in places.enumerated() {
      let frame = frames[place.segment], length = frame.length, s = SIMD2(seed[2 * i], seed[2 * i + 1])
      // The normal n = R d/|d| changes by R δd/|d| - n (d·δd)/|d|².
      let normal = SIMD2(-frame.along.y, frame.along.x) / length
      let across = (normal * s).sum() / length
      let turned = (SIMD2(s.y, -s.x) - across * frame.along) * (place.offset / length)
      let onAlong = place.share * s + turned, node = 2 * place.segment
      gradient[node] += s.x - onAlong.x
      gradient[node + 1] += s.y - onAlong.y
      gradient[node + 2] += onAlong.x
      gradient[node + 3] += onAlong.y
    }
    return gradient
  }

  private func frames(_ nodes: DenseVector) throws(SolveFailure)
    -> [(from: SIMD2<Double>, along: SIMD2<Double>, length: Double)]
  {
    precondition(nodes.count == 2 * nodeCount, "two coordinates a node")
    var frames: [(from: SIMD2<Double>, along: SIMD2<Double>, length: Double)] = []
    for k in 0..<nodeCount - 1 {
      let from = SIMD2(nodes[2 * k], nodes[2 * k + 1]), to = SIMD2(nodes[2 * k + 2], nodes[2 * k + 3])
      let along = to - from, length = (along * along).sum().squareRoot()
      guard length > 0, length.isFinite else {
        throw SolveFailure(.singular, "two nodes of a tool meet at (\(from.x), \(from.y)) m")
      }
      frames.append((from, along, length))
    }
    return frames
  }
}
