import Foundation

extension PanelSystem {
  /// Multipliers of the equations at a circulation.
  struct Multipliers {
    var lambda: [Double]
    var circulation: [Double]
  }

  /// The derivative of Σ λ_i (equation i) by the nodes, at circulation γ; and by the angle.
  ///
  /// The equations hold at every geometry, so a functional with adjoint λ of them changes by minus this.
  /// - Parameters:
  ///   - main: Multipliers of the equations with the sources.
  ///   - second: Further ones, of the equations without sources.
  ///   - strengths: The sources of the surface; nil for none.
  func pullback(
    _ main: Multipliers, second: Multipliers? = nil, angle: Double, strengths: [Double]? = nil
  ) -> (nodes: PointDerivatives, angle: Double) {
    let c = cos(angle), s = sin(angle)
    var nodes = PointDerivatives(zeros: nodeCount)
    var onStrengths = [Double](repeating: 0, count: strengths?.count ?? 0)
    // The multiplier of a sharp edge's condition belongs to another equation.
    var lambda = main.lambda, other = second?.lambda ?? [Double](repeating: 0, count: unknownCount)
    for edge in edges where edge.isSharp {
      lambda[edge.nodes.3] = 0
      other[edge.nodes.3] = 0
    }
    let otherCirculation = second?.circulation ?? main.circulation
    addStreamFunction(
      lambda, main.circulation, other, otherCirculation, strengths: strengths, to: &nodes, strengths: &onStrengths)
    var onAngle = 0.0
    for i in 0..<nodeCount {
      let weight = lambda[i] + other[i]
      nodes.add(weight * SIMD2(-s, c), at: i)
      onAngle += weight * (-s * surface.y[i] - c * surface.x[i])
    }
    for edge in edges where edge.isSharp {
      let row = edge.nodes.3
      let inner = surface.line.sight(from: edge.innerPlace), direction = edge.bisectorDirection
      var conditions = [(main.lambda[row], main.circulation, strengths)]
      if let second { conditions.append((second.lambda[row], second.circulation, nil)) }
      for (weight, gamma, strengths) in conditions {
        var onInner = SIMD2<Double>.zero
        var velocity = SIMD2(c, s)
        velocity += velocityPullback(
          at: inner, seed: weight * direction, circulation: gamma, nodes: &nodes, field: &onInner)
        if let strengths {
          velocity += sourceVelocityPullback(
            at: sourcePath.line.sight(from: edge.innerPlace), seed: weight * direction, strengths: strengths,
            nodes: &nodes, field: &onInner,
            strengths: &onStrengths)
        }
        edge.add(weight * velocity.x, edge.bisector.x, to: &nodes)
        edge.add(weight * velocity.y, edge.bisector.y, to: &nodes)
        edge.add(onInner.x, edge.innerPoint.x, to: &nodes)
        edge.add(onInner.y, edge.innerPoint.y, to: &nodes)
        onAngle += weight * (-s * direction.x + c * direction.y)
      }
    }
    if let strengths { addSourceLine(onStrengths, at: strengths, to: &nodes) }
    return (nodes, onAngle)
  }

  /// Adds the derivatives of Σ λ_i ψ_i by the nodes and the sources: λ at γ with sources, and others at another γ without.
  private func addStreamFunction(
    _ lambda: [Double], _ circulation: [Double], _ other: [Double], _ otherCirculation: [Double],
    strengths: [Double]?, to nodes: inout PointDerivatives, strengths onStrengths: inout [Double]
  ) {
    let n = nodeCount, scale = 1 / (2 * Double.pi)
    var onFactors: [(edge: TrailingEdge, vortex: Double, source: Double)] = []
    lambda.withUnsafeBufferPointer { lambda in
      other.withUnsafeBufferPointer { other in
        nodes.withPointers { gx, gy in
          table.withView { view in
            for (element, edge) in zip(surface.elements, edges) {
              for a in element.lowerBound..<element.upperBound - 1 {
                let panel = PairTable.Panel(surface, a, a + 1)
                let ga = circulation[a], gb = circulation[a + 1]
                let ha = otherCirculation[a], hb = otherCirculation[a + 1]
                var onA = LaneVector.zero, onB = LaneVector.zero
                if let strengths {
                  let s1 = strengths[2 * a], sm = strengths[2 * a + 1], s2 = strengths[2 * a + 2]
                  var onFirst = PanelLanes.zero, onMiddleStrength = onFirst, onSecond = onFirst
                  PanelLanes.forEachGroup(n) { i, weight in
                    let l = (scale * weight) * PanelLanes.load(lambda.baseAddress! + i)
                    let o = (scale * weight) * PanelLanes.load(other.baseAddress! + i)
                    let gradient = view.frame(i, panel).vortexGradient(l * ga + o * ha, l * gb + o * hb)
                    let (first, second) = view.halves(i, panel)
                    let one = first.sourceGradient(l * s1, l * sm), two = second.sourceGradient(l * sm, l * s2)
                    let onMiddle = 0.5 * (one.b + two.a)
                    onA += gradient.a + one.a + onMiddle
                    onB += gradient.b + two.b + onMiddle
                    (gradient.field + one.field + two.field).add(to: gx, gy, at: i)
                    let ramp1 = first.sourceRamp, ramp2 = second.sourceRamp
                    onFirst += l * (first.source - ramp1)
                    onMiddleStrength += l * (ramp1 + second.source - ramp2)
                    onSecond += l * ramp2
                  }
                  onStrengths[2 * a] += onFirst.total
                  onStrengths[2 * a + 1] += onMiddleStrength.total
                  onStrengths[2 * a + 2] += onSecond.total
                } else {
                  PanelLanes.forEachGroup(n) { i, weight in
                    let l = (scale * weight) * PanelLanes.load(lambda.baseAddress! + i)
                    let o = (scale * weight) * PanelLanes.load(other.baseAddress! + i)
                    let gradient = view.frame(i, panel).vortexGradient(l * ga + o * ha, l * gb + o * hb)
                    onA += gradient.a
                    onB += gradient.b
                    gradient.field.add(to: gx, gy, at: i)
                  }
                }
                let first = onA.total, second = onB.total
                gx[a] += first.x
                gy[a] += first.y
                gx[a + 1] += second.x
                gy[a + 1] += second.y
              }
              if edge.isSharp { continue }
              let (first, last) = (edge.nodes.0, edge.nodes.3)
              let panel = PairTable.Panel(surface, last, first)
              let jump = circulation[first] - circulation[last]
              let otherJump = otherCirculation[first] - otherCirculation[last]
              let vortex = edge.vortexFactor.value, source = edge.sourceFactor.value
              var onA = LaneVector.zero, onB = LaneVector.zero, onVortex = PanelLanes.zero, onSource = onVortex
              PanelLanes.forEachGroup(n) { i, weight in
                let frame = view.frame(i, panel)
                let sum =
                  jump * PanelLanes.load(lambda.baseAddress! + i) + otherJump * PanelLanes.load(other.baseAddress! + i)
                let w = (scale * weight) * sum
                let gradient =
                  frame.vortexGradient(w * vortex, w * vortex) + frame.sourceGradient(w * source, w * source)
                onA += gradient.a
                onB += gradient.b
                gradient.field.add(to: gx, gy, at: i)
                onVortex += w * frame.vortex
                onSource += w * frame.source
              }
              let one = onA.total, two = onB.total
              gx[last] += one.x
              gy[last] += one.y
              gx[first] += two.x
              gy[first] += two.y
              onFactors.append((edge, onVortex.total, onSource.total))
            }
          }
        }
      }
    }
    for part in onFactors {
      part.edge.add(part.vortex, part.edge.vortexFactor, to: &nodes)
      part.edge.add(part.source, part.edge.sourceFactor, to: &nodes)
    }
  }

  /// The velocity at a point from the sources of the surface; adds the derivatives of seed·velocity by the nodes, the
  /// point and the strengths.
  func sourceVelocityPullback(
    at sight: PanelLine.Sight, seed: SIMD2<Double>, strengths: [Double], nodes: inout PointDerivatives,
    field onField: inout SIMD2<Double>, strengths onStrengths: inout [Double]
  ) -> SIMD2<Double> {
    var onPath = PointDerivatives(zeros: sources.strengthCount)
    let velocity = sourcePath.velocityPullback(
      at: sight, seed: seed, strengths: strengths, field: &onField, path: &onPath, strengths: &onStrengths)
    for (k, part) in sourcePath.onPoints(onPath).enumerated() { nodes.add(part, at: k) }
    return velocity
  }
}
