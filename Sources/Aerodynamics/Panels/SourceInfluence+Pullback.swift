import Foundation

extension SourceInfluence {
  /// The derivatives of Σ μ_i (velocity of station i) by the nodes and the angle, at given mass defects.
  ///
  /// Through everything that follows from the shape: the panels, the wake's line, the directions in which its velocities
  /// are taken. Two transposed solves with the panels' factors.
  /// - Parameters:
  ///   - seed: μ, of γ at the nodes and of the velocities of the wake.
  ///   - circulation: γ of the viscous flow at the nodes.
  ///   - mass: The signed mass defect of each station.
  ///   - extraLengths: Derivatives by the lengths of the wake that the caller has already.
  func pullback(
    _ seed: [Double], circulation total: [Double], mass: [Double], lengths extraLengths: [Double], _ system: PanelSystem
  ) -> (nodes: PointDerivatives, angle: Double) {
    let n = system.nodeCount, w = wake.count
    let c = cos(angle), s = sin(angle)
    let path = SourcePath(wake.points), line = wake.sources
    let surfaceStrengths = system.sources.strengths(Array(mass[..<n]))
    let strengths = line.strengths(Array(mass[n...]))
    var nodes = PointDerivatives(zeros: n), onPath = PointDerivatives(zeros: line.strengthCount)
    var onAngle = 0.0
    var onPoints = [SIMD2<Double>](repeating: .zero, count: w), onDirections = onPoints
    var onWake = [Double](repeating: 0, count: line.strengthCount)
    var onSurface = [Double](repeating: 0, count: system.sources.strengthCount)
    let total = total + [Double](repeating: 0, count: system.unknownCount - n)
    var onTotal = [Double](repeating: 0, count: system.unknownCount)
    for i in 0..<n { onTotal[i] = seed[i] }
    onTotal[n - 1] -= seed[n]

    // Velocities in the wake.
    for k in 1..<w where seed[n + k] != 0 {
      let direction = wake.directions[k], onVelocity = seed[n + k] * direction
      var onField = SIMD2<Double>.zero
      var velocity = SIMD2(c, s)
      velocity += system.velocityPullback(
        at: wake.nodeSight(k), seed: onVelocity, circulation: total, nodes: &nodes, field: &onField)
      velocity += system.sourceVelocityPullback(
        at: wake.sights[k], seed: onVelocity, strengths: surfaceStrengths, nodes: &nodes, field: &onField,
        strengths: &onSurface)
      velocity += path.velocityPullback(
        at: path.line.sight(from: wake.points[k]), seed: onVelocity, strengths: strengths, field: &onField,
        path: &onPath, strengths: &onWake)
      onPoints[k] += onField
      onDirections[k] += seed[n + k] * velocity
      onAngle += -s * onVelocity.x + c * onVelocity.y
      system.addVelocityWeights(at: wake.nodeSight(k), seed: onVelocity, to: &onTotal)
    }

    // γ at the nodes, by the equations of the panels with the sources.
    let lambda = system.factorization.solution(onTotal, transposed: true)
    var onNodes = lambda
    if system.edges[0].isSharp { onNodes[system.edges[0].nodes.3] = 0 }
    wake.addStreamFunction(
      onNodes, strengths: strengths, at: system.surface, nodes: &nodes, path: &onPath, strengths: &onWake)
    for (k, part) in path.onPoints(onPath).enumerated() { onPoints[k] += part }
    var onLengths = wake.strengthsByLengths(onWake, at: strengths)
    system.addSourceLine(onSurface, at: surfaceStrengths, to: &nodes)

    // The line of the wake follows the flow without viscosity.
    for w in 0..<extraLengths.count { onLengths[w] += extraLengths[w] }
    var onCirculation = [Double](repeating: 0, count: system.unknownCount)
    onAngle += wake.pullback(
      points: onPoints, directions: onDirections, lengths: onLengths, system, circulation: circulation, angle: angle,
      nodes: &nodes, circulation: &onCirculation)
    let second = system.factorization.solution(onCirculation, transposed: true)
    let panels = system.pullback(
      PanelSystem.Multipliers(lambda: lambda, circulation: total),
      second: PanelSystem.Multipliers(lambda: second, circulation: circulation), angle: angle,
      strengths: surfaceStrengths)
    nodes.add(panels.nodes, scaledBy: -1)
    return (nodes, onAngle - panels.angle)
  }
}

extension WakeGeometry {
  /// Adds the derivatives of -Σ λ_i ψ_i, ψ_i the stream function at the nodes, by the nodes, the path and the strengths.
  func addStreamFunction(
    _ lambda: [Double], strengths: [Double], at surface: PanelSurface, nodes: inout PointDerivatives,
    path onPath: inout PointDerivatives, strengths onStrengths: inout [Double]
  ) {
    let scale = -1 / (2 * Double.pi)
    nodes.withPointers { gx, gy in
      lambda.withUnsafeBufferPointer { lambda in
        for k in 0..<2 * count - 2 {
          var onA = LaneVector.zero, onB = onA, onFirst = PanelLanes.zero, onSecond = onFirst
          forEachGroup(of: surface, seenByPanel: k) { i, weight, frame in
            let l = (scale * weight) * PanelLanes.load(lambda.baseAddress! + i)
            let gradient = frame.sourceGradient(l * strengths[k], l * strengths[k + 1])
            gradient.field.add(to: gx, gy, at: i)
            onA += gradient.a
            onB += gradient.b
            let ramp = frame.sourceRamp
            onFirst += l * (frame.source - ramp)
            onSecond += l * ramp
          }
          onPath.add(onA.total, at: k)
          onPath.add(onB.total, at: k + 1)
          onStrengths[k] += onFirst.total
          onStrengths[k + 1] += onSecond.total
        }
      }
    }
  }
}
