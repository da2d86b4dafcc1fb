import Foundation

extension PanelSystem {
  /// The derivative of Σ λ_i (equation i) by the nodes, `[node, 2]`, at circulation γ; and by the angle.
  ///
  /// The equations hold at every geometry, so a functional with adjoint λ of them changes by minus this.
  /// - Parameter strengths: The sources of the surface; nil for none.
  func pullback(
    _ lambda: [Double], circulation: [Double], angle: Double, strengths: SourceLine.Strengths? = nil
  ) -> (nodes: [Double], angle: Double) {
    let n = nodeCount
    let scale = 1 / (2 * Double.pi)
    var nodes = [Double](repeating: 0, count: 2 * n)
    var onSource = [Double](repeating: 0, count: edges.count), onVortex = onSource
    let c = cos(angle), s = sin(angle)
    var onAngle = 0.0
    var onStrengths = SourceLine.Strengths(zeros: sources.count)
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
        var onA = SIMD2<Double>.zero, onB = SIMD2<Double>.zero, onStrength = 0.0, onVorticity = 0.0
        for i in 0..<n where !sharpRows.contains(i) {
          let frame = PanelFrame(surface.x[i], surface.y[i], surface.x[a], surface.y[a], surface.x[b], surface.y[b])
          let weight = scale * lambda[i]
          let gradient = frame.streamGradient(ga: ga, gb: gb, sa: source, sb: source, weight: weight)
          nodes[2 * i] += gradient.field.x
          nodes[2 * i + 1] += gradient.field.y
          onA += gradient.a
          onB += gradient.b
          if closes { onStrength += weight * frame.source }
          if closes { onVorticity += weight * frame.vortex }
          if let strengths, !closes {
            let middle = 0.5 * (surface.point(a) + surface.point(b))
            let sm = strengths.middles[a], s1 = strengths.points[a], s2 = strengths.points[b]
            let field = surface.point(i)
            let first = PanelFrame(field.x, field.y, surface.x[a], surface.y[a], middle.x, middle.y)
            let one = first.streamGradient(ga: 0, gb: 0, sa: s1, sb: sm, weight: weight)
            let second = PanelFrame(field.x, field.y, middle.x, middle.y, surface.x[b], surface.y[b])
            let two = second.streamGradient(ga: 0, gb: 0, sa: sm, sb: s2, weight: weight)
            let onField = one.field + two.field, onMiddle = 0.5 * (one.b + two.a)
            nodes[2 * i] += onField.x
            nodes[2 * i + 1] += onField.y
            onA += one.a + onMiddle
            onB += two.b + onMiddle
            let ramp1 = first.sourceRamp, ramp2 = second.sourceRamp
            onStrengths.points[a] += weight * (first.source - ramp1)
            onStrengths.middles[a] += weight * (ramp1 + second.source - ramp2)
            onStrengths.points[b] += weight * ramp2
          }
        }
        if closes {
          onSource[e] += onStrength * jump
          onVortex[e] += onVorticity * jump
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
        at: inner, seed: weight * direction, circulation: circulation, strengths: strengths, nodes: &nodes,
        field: &onInner, strengths: &onStrengths)
      let total = velocity + SIMD2(c, s)
      edge.add(weight * total.x, edge.bisector.x, to: &nodes)
      edge.add(weight * total.y, edge.bisector.y, to: &nodes)
      edge.add(onInner.x, edge.innerPoint.x, to: &nodes)
      edge.add(onInner.y, edge.innerPoint.y, to: &nodes)
      onAngle += weight * (-s * direction.x + c * direction.y)
    }
    if let strengths { addSourceLine(onStrengths, at: strengths, to: &nodes) }
    return (nodes, onAngle)
  }

  /// The velocity at a point from all panels of the surface, without the free stream; adds the derivatives of
  /// seed·velocity by the nodes, the point and the sources.
  func velocityPullback(
    at field: SIMD2<Double>, seed: SIMD2<Double>, circulation: [Double], strengths: SourceLine.Strengths?,
    nodes: inout [Double], field onField: inout SIMD2<Double>, strengths onStrengths: inout SourceLine.Strengths
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
        }
        total += scale * frame.velocity(ga: ga, gb: gb, sa: source, sb: source)
        var gradient = frame.velocityGradient(scale * seed, ga: ga, gb: gb, sa: source, sb: source)
        if closes {
          let weights = frame.velocityWeights(scale * seed)
          edge.add((weights.sa + weights.sb) * jump, edge.sourceFactor, to: &nodes)
          edge.add((weights.ga + weights.gb) * jump, edge.vortexFactor, to: &nodes)
        } else if let strengths {
          let middle = 0.5 * (surface.point(a) + surface.point(b))
          let sm = strengths.middles[a], s1 = strengths.points[a], s2 = strengths.points[b]
          let first = PanelFrame(field.x, field.y, surface.x[a], surface.y[a], middle.x, middle.y)
          let second = PanelFrame(field.x, field.y, middle.x, middle.y, surface.x[b], surface.y[b])
          let u1 = first.velocity(ga: 0, gb: 0, sa: s1, sb: sm), u2 = second.velocity(ga: 0, gb: 0, sa: sm, sb: s2)
          total += scale * (u1 + u2)
          let one = first.velocityGradient(scale * seed, ga: 0, gb: 0, sa: s1, sb: sm)
          let two = second.velocityGradient(scale * seed, ga: 0, gb: 0, sa: sm, sb: s2)
          let onMiddle = 0.5 * (one.b + two.a)
          gradient.field += one.field + two.field
          gradient.a += one.a + onMiddle
          gradient.b += two.b + onMiddle
          let w1 = first.velocityWeights(scale * seed), w2 = second.velocityWeights(scale * seed)
          onStrengths.points[a] += w1.sa
          onStrengths.middles[a] += w1.sb + w2.sa
          onStrengths.points[b] += w2.sb
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
