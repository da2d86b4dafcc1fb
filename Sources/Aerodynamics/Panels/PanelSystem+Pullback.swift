import Foundation

extension PanelSystem {
  /// The derivative of Σ λ_i (equation i) by the nodes, `[node, 2]`, at circulation γ; and by the angle.
  ///
  /// The equations hold at every geometry, so a functional with adjoint λ of them changes by minus this.
  /// - Parameter sources: The signed mass defect of each node; empty for none.
  func pullback(_ lambda: [Double], circulation: [Double], angle: Double, sources: [Double] = [])
    -> (nodes: [Double], angle: Double)
  {
    let n = nodeCount
    let scale = 1 / (2 * Double.pi)
    var nodes = [Double](repeating: 0, count: 2 * n)
    var onSource = [Double](repeating: 0, count: edges.count), onVortex = onSource
    let c = cos(angle), s = sin(angle)
    var onAngle = 0.0
    let sharpRows = Set(edges.filter(\.isSharp).map(\.nodes.3))
    for (e, element) in surface.elements.enumerated() {
      let edge = edges[e]
      let jump = circulation[edge.nodes.0] - circulation[edge.nodes.3]
      for a in element.lowerBound..<element.upperBound {
        let closes = a + 1 == element.upperBound
        if closes && edge.isSharp { continue }
        let b = closes ? element.lowerBound : a + 1
        var ga = circulation[a], gb = circulation[b], source = 0.0
        if closes {
          ga = jump * edge.vortexFactor.value
          gb = ga
          source = jump * edge.sourceFactor.value
        }
        let length =
          ((surface.x[b] - surface.x[a]) * (surface.x[b] - surface.x[a])
          + (surface.y[b] - surface.y[a]) * (surface.y[b] - surface.y[a])).squareRoot()
        if !closes && !sources.isEmpty { source = (sources[b] - sources[a]) / length }
        var onA = SIMD2<Double>.zero, onB = SIMD2<Double>.zero, onStrength = 0.0, onVorticity = 0.0
        for i in 0..<n where !sharpRows.contains(i) {
          let frame = PanelFrame(surface.x[i], surface.y[i], surface.x[a], surface.y[a], surface.x[b], surface.y[b])
          let weight = scale * lambda[i]
          let gradient = frame.streamGradient(ga: ga, gb: gb, sa: source, sb: source, weight: weight)
          nodes[2 * i] += gradient.field.x
          nodes[2 * i + 1] += gradient.field.y
          onA += gradient.a
          onB += gradient.b
          onStrength += weight * frame.source
          if closes { onVorticity += weight * frame.vortex }
        }
        if closes {
          onSource[e] += onStrength * jump
          onVortex[e] += onVorticity * jump
        } else if source != 0 {
          // The strength is a difference over the panel's length.
          let tangent = SIMD2(surface.x[b] - surface.x[a], surface.y[b] - surface.y[a]) / length
          let stretch = -onStrength * source / length
          onB += stretch * tangent
          onA -= stretch * tangent
        }
        nodes[2 * a] += onA.x
        nodes[2 * a + 1] += onA.y
        nodes[2 * b] += onB.x
        nodes[2 * b + 1] += onB.y
      }
      for i in element where !sharpRows.contains(i) {
        nodes[2 * i] -= lambda[i] * s
        nodes[2 * i + 1] += lambda[i] * c
        onAngle += lambda[i] * (-s * surface.y[i] - c * surface.x[i])
      }
    }
    for (e, edge) in edges.enumerated() {
      edge.add(onSource[e], edge.sourceFactor, to: &nodes)
      edge.add(onVortex[e], edge.vortexFactor, to: &nodes)
    }
    for edge in edges where edge.isSharp {
      let weight = lambda[edge.nodes.3]
      let inner = SIMD2(edge.innerPoint.x.value, edge.innerPoint.y.value)
      let direction = SIMD2(edge.bisector.x.value, edge.bisector.y.value)
      var onInner = SIMD2<Double>.zero
      let velocity = velocityPullback(
        at: inner, seed: weight * direction, circulation: circulation, sources: sources, nodes: &nodes,
        field: &onInner)
      let total = velocity + SIMD2(c, s)
      edge.add(weight * total.x, edge.bisector.x, to: &nodes)
      edge.add(weight * total.y, edge.bisector.y, to: &nodes)
      edge.add(onInner.x, edge.innerPoint.x, to: &nodes)
      edge.add(onInner.y, edge.innerPoint.y, to: &nodes)
      onAngle += weight * (-s * direction.x + c * direction.y)
    }
    return (nodes, onAngle)
  }

  /// The velocity at a point from all panels of the surface, without the free stream; adds the derivatives of
  /// seed·velocity by the nodes and the point.
  func velocityPullback(
    at field: SIMD2<Double>, seed: SIMD2<Double>, circulation: [Double], sources: [Double],
    nodes: inout [Double], field onField: inout SIMD2<Double>
  ) -> SIMD2<Double> {
    let scale = 1 / (2 * Double.pi)
    var total = SIMD2<Double>.zero
    for (e, element) in surface.elements.enumerated() {
      let edge = edges[e]
      let jump = circulation[edge.nodes.0] - circulation[edge.nodes.3]
      for a in element {
        let closes = a + 1 == element.upperBound
        if closes && edge.isSharp { continue }
        let b = closes ? element.lowerBound : a + 1
        let frame = surface.frame(from: field, panel: a, b)
        var ga = circulation[a], gb = circulation[b], source = 0.0
        if closes {
          ga = jump * edge.vortexFactor.value
          gb = ga
          source = jump * edge.sourceFactor.value
        } else if !sources.isEmpty {
          source = (sources[b] - sources[a]) / frame.length
        }
        total += scale * frame.velocity(ga: ga, gb: gb, sa: source, sb: source)
        var gradient = frame.velocityGradient(scale * seed, ga: ga, gb: gb, sa: source, sb: source)
        if closes || source != 0 {
          let weights = frame.velocityWeights(scale * seed)
          if closes {
            edge.add((weights.sa + weights.sb) * jump, edge.sourceFactor, to: &nodes)
            edge.add((weights.ga + weights.gb) * jump, edge.vortexFactor, to: &nodes)
          } else {
            let stretch = -(weights.sa + weights.sb) * source / frame.length
            let turned = SIMD2(frame.tx, frame.ty) * stretch
            gradient.b += turned
            gradient.a -= turned
          }
        }
        onField += gradient.field
        nodes[2 * a] += gradient.a.x
        nodes[2 * a + 1] += gradient.a.y
        nodes[2 * b] += gradient.b.x
        nodes[2 * b + 1] += gradient.b.y
      }
    }
    return total
  }
}
