import Foundation

/// The velocity at points off the surface, from the vorticity and the panels that close blunt edges.
extension PanelSystem {
  /// Visits the panels between nodes in groups, and the closing panels one in every lane, as they are seen from a point.
  @inline(__always)
  private static func forEachGroup(
    _ surface: PanelSurface, _ edges: [TrailingEdge], _ sight: PanelLine.Sight,
    _ body: (_ start: Int, _ weight: PanelLanes, PanelFrame) -> Void,
    closing: (_ edge: TrailingEdge, PanelFrame) -> Void
  ) {
    for (element, edge) in zip(surface.elements, edges) {
      surface.line.forEachGroup(element.lowerBound..<element.upperBound - 1, sight, body)
      if !edge.isSharp {
        closing(
          edge,
          PanelFrame(
            from: LaneVector(sight.field), LaneVector(surface.point(edge.nodes.3)),
            LaneVector(surface.point(edge.nodes.0))))
      }
    }
  }

  /// The velocity without the free stream.
  func velocity(at sight: PanelLine.Sight, circulation: [Double]) -> SIMD2<Double> {
    let scale = 1 / (2 * Double.pi)
    var total = LaneVector.zero, closed = SIMD2<Double>.zero
    circulation.withUnsafeBufferPointer { circulation in
      let gamma = circulation.baseAddress!
      Self.forEachGroup(surface, edges, sight) { start, weight, frame in
        total += (scale * weight) * frame.vortexVelocity(.load(gamma + start), .load(gamma + start + 1))
      } closing: { edge, frame in
        let jump = gamma[edge.nodes.0] - gamma[edge.nodes.3]
        let vortex = PanelLanes(repeating: jump * edge.vortexFactor.value)
        let source = PanelLanes(repeating: jump * edge.sourceFactor.value)
        let part = frame.vortexVelocity(vortex, vortex) + frame.sourceVelocity(source, source)
        closed += scale * SIMD2(part.x[0], part.y[0])
      }
    }
    return total.total + closed
  }

  /// Adds the derivatives of seed·velocity at a point by the circulation.
  func addVelocityWeights(at sight: PanelLine.Sight, seed: SIMD2<Double>, to circulation: inout [Double]) {
    Self.addVelocityWeights(surface, edges, at: sight, seed: seed, to: &circulation)
  }

  static func addVelocityWeights(
    _ surface: PanelSurface, _ edges: [TrailingEdge], at sight: PanelLine.Sight, seed: SIMD2<Double>,
    to circulation: inout [Double]
  ) {
    let seed = LaneVector(seed / (2 * Double.pi))
    circulation.withUnsafeMutableBufferPointer { circulation in
      let gamma = circulation.baseAddress!
      forEachGroup(surface, edges, sight) { start, weight, frame in
        let part = frame.velocityWeights(weight * seed, vortex: true)
        part.a.add(to: gamma + start)
        part.b.add(to: gamma + start + 1)
      } closing: { edge, frame in
        let vortex = frame.velocityWeights(seed, vortex: true), source = frame.velocityWeights(seed, vortex: false)
        let jump =
          (vortex.a[0] + vortex.b[0]) * edge.vortexFactor.value
          + (source.a[0] + source.b[0]) * edge.sourceFactor.value
        gamma[edge.nodes.0] += jump
        gamma[edge.nodes.3] -= jump
      }
    }
  }

  /// The velocity without the free stream; adds the derivatives of seed·velocity by the nodes and the point.
  func velocityPullback(
    at sight: PanelLine.Sight, seed: SIMD2<Double>, circulation: [Double], nodes: inout PointDerivatives,
    field onField: inout SIMD2<Double>
  ) -> SIMD2<Double> {
    let scale = 1 / (2 * Double.pi)
    let seed = LaneVector(scale * seed)
    var total = LaneVector.zero, moved = LaneVector.zero
    var closed = SIMD2<Double>.zero, movedByClosing = SIMD2<Double>.zero
    var onFactors: [(edge: TrailingEdge, vortex: Double, source: Double)] = []
    circulation.withUnsafeBufferPointer { circulation in
      nodes.withPointers { gx, gy in
        let gamma = circulation.baseAddress!
        Self.forEachGroup(surface, edges, sight) { start, weight, frame in
          let (velocity, gradient) = frame.velocityGradient(
            weight * seed, .load(gamma + start), .load(gamma + start + 1), vortex: true)
          total += (scale * weight) * velocity
          moved += gradient.field
          gradient.a.add(to: gx, gy, at: start)
          gradient.b.add(to: gx, gy, at: start + 1)
        } closing: { edge, frame in
          let jump = gamma[edge.nodes.0] - gamma[edge.nodes.3]
          let vortex = PanelLanes(repeating: jump * edge.vortexFactor.value)
          let source = PanelLanes(repeating: jump * edge.sourceFactor.value)
          let (one, first) = frame.velocityGradient(seed, vortex, vortex, vortex: true)
          let (two, second) = frame.velocityGradient(seed, source, source, vortex: false)
          let velocity = one + two, gradient = first + second
          closed += scale * SIMD2(velocity.x[0], velocity.y[0])
          movedByClosing += SIMD2(gradient.field.x[0], gradient.field.y[0])
          gx[edge.nodes.3] += gradient.a.x[0]
          gy[edge.nodes.3] += gradient.a.y[0]
          gx[edge.nodes.0] += gradient.b.x[0]
          gy[edge.nodes.0] += gradient.b.y[0]
          let v = frame.velocityWeights(seed, vortex: true), s = frame.velocityWeights(seed, vortex: false)
          onFactors.append((edge, (v.a[0] + v.b[0]) * jump, (s.a[0] + s.b[0]) * jump))
        }
      }
    }
    for part in onFactors {
      part.edge.add(part.vortex, part.edge.vortexFactor, to: &nodes)
      part.edge.add(part.source, part.edge.sourceFactor, to: &nodes)
    }
    onField += moved.total + movedByClosing
    return total.total + closed
  }
}
