import Foundation

extension PanelSystem {
  /// Multipliers of the equations at a circulation.
  struct Multipliers {
    var lambda: [Double]
    var circulation: [Double]
  }

  /// The derivative of Σ λ_i (equation i) by the nodes, `[node, 2]`, at circulation γ; and by the angle.
  ///
  /// The equations hold at every geometry, so a functional with adjoint λ of them changes by minus this.
  /// - Parameters:
  ///   - main: Multipliers of the equations with the sources.
  ///   - second: Further ones, of the equations without sources.
  ///   - strengths: The sources of the surface; nil for none.
  func pullback(
    _ main: Multipliers, second: Multipliers? = nil, angle: Double, strengths: SourceLine.Strengths? = nil
  ) -> (nodes: [Double], angle: Double) {
    let n = nodeCount
    let scale = 1 / (2 * Double.pi)
    var nodes = [Double](repeating: 0, count: 2 * n)
    var onSource = [Double](repeating: 0, count: edges.count), onVortex = onSource
    let c = cos(angle), s = sin(angle)
    var onAngle = 0.0
    var onStrengths = SourceLine.Strengths(zeros: sources.count)
    // The multiplier of a sharp edge's condition belongs to another equation.
    var lambda = main.lambda, other = second?.lambda ?? [Double](repeating: 0, count: unknownCount)
    for edge in edges where edge.isSharp {
      lambda[edge.nodes.3] = 0
      other[edge.nodes.3] = 0
    }
    let circulation = main.circulation, otherCirculation = second?.circulation ?? circulation
    nodes.withUnsafeMutableBufferPointer { nodes in
      for (e, element) in surface.elements.enumerated() {
        let edge = edges[e]
        func jump(_ gamma: [Double]) -> Double { gamma[edge.nodes.0] - gamma[edge.nodes.3] }
        for a in element.lowerBound..<element.upperBound {
          let closes = a + 1 == element.upperBound
          if closes && edge.isSharp { continue }
          let b = closes ? element.lowerBound : a + 1
          let panel = PairTable.Panel(surface, a, b)
          var onA = SIMD2<Double>.zero, onB = SIMD2<Double>.zero
          if closes {
            let first = jump(circulation), second = jump(otherCirculation)
            for i in 0..<n {
              let frame = table.frame(i, panel)
              let weight = scale * (lambda[i] * first + other[i] * second)
              let vortex = edge.vortexFactor.value, source = edge.sourceFactor.value
              let gradient = frame.streamGradient(ga: vortex, gb: vortex, sa: source, sb: source, weight: weight)
              nodes[2 * i] += gradient.field.x
              nodes[2 * i + 1] += gradient.field.y
              onA += gradient.a
              onB += gradient.b
              onSource[e] += weight * frame.source
              onVortex[e] += weight * frame.vortex
            }
          } else {
            let ga = circulation[a], gb = circulation[b], ha = otherCirculation[a], hb = otherCirculation[b]
            let s1 = strengths?.points[a] ?? 0, sm = strengths?.middles[a] ?? 0, s2 = strengths?.points[b] ?? 0
            var onFirst = 0.0, onMiddleStrength = 0.0, onSecond = 0.0
            for i in 0..<n {
              let frame = table.frame(i, panel)
              let gradient = frame.streamGradient(
                ga: lambda[i] * ga + other[i] * ha, gb: lambda[i] * gb + other[i] * hb, sa: 0, sb: 0, weight: scale)
              var onField = gradient.field
              onA += gradient.a
              onB += gradient.b
              if strengths != nil {
                let weight = scale * lambda[i]
                let (first, second) = table.halves(i, panel)
                let one = first.streamGradient(ga: 0, gb: 0, sa: s1, sb: sm, weight: weight)
                let two = second.streamGradient(ga: 0, gb: 0, sa: sm, sb: s2, weight: weight)
                let onMiddle = 0.5 * (one.b + two.a)
                onField += one.field + two.field
                onA += one.a + onMiddle
                onB += two.b + onMiddle
                let ramp1 = first.sourceRamp, ramp2 = second.sourceRamp
                onFirst += weight * (first.source - ramp1)
                onMiddleStrength += weight * (ramp1 + second.source - ramp2)
                onSecond += weight * ramp2
              }
              nodes[2 * i] += onField.x
              nodes[2 * i + 1] += onField.y
            }
            if strengths != nil {
              onStrengths.points[a] += onFirst
              onStrengths.middles[a] += onMiddleStrength
              onStrengths.points[b] += onSecond
            }
          }
          nodes[2 * a] += onA.x
          nodes[2 * a + 1] += onA.y
          nodes[2 * b] += onB.x
          nodes[2 * b + 1] += onB.y
        }
        for i in element {
          let weight = lambda[i] + other[i]
          nodes[2 * i] -= weight * s
          nodes[2 * i + 1] += weight * c
          onAngle += weight * (-s * surface.y[i] - c * surface.x[i])
        }
      }
    }
    for (e, edge) in edges.enumerated() {
      edge.add(onSource[e], edge.sourceFactor, to: &nodes)
      edge.add(onVortex[e], edge.vortexFactor, to: &nodes)
    }
    for edge in edges where edge.isSharp {
      let row = edge.nodes.3
      let inner = SIMD2(edge.innerPoint.x.value, edge.innerPoint.y.value)
      let direction = SIMD2(edge.bisector.x.value, edge.bisector.y.value)
      var conditions = [(main.lambda[row], circulation, strengths)]
      if let second { conditions.append((second.lambda[row], second.circulation, nil)) }
      for (weight, gamma, strengths) in conditions {
        var onInner = SIMD2<Double>.zero
        let velocity = velocityPullback(
          at: inner, seed: weight * direction, circulation: gamma, strengths: strengths, nodes: &nodes,
          field: &onInner, strengths: &onStrengths)
        let total = velocity + SIMD2(c, s)
        edge.add(weight * total.x, edge.bisector.x, to: &nodes)
        edge.add(weight * total.y, edge.bisector.y, to: &nodes)
        edge.add(onInner.x, edge.innerPoint.x, to: &nodes)
        edge.add(onInner.y, edge.innerPoint.y, to: &nodes)
        onAngle += weight * (-s * direction.x + c * direction.y)
      }
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
