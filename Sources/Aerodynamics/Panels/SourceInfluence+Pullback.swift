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
  )
    -> (nodes: [Double], angle: Double)
  {
    let n = system.nodeCount, w = wake.count
    let scale = 1 / (2 * Double.pi)
    let c = cos(angle), s = sin(angle)
    let stream = SIMD2(c, s)
    var nodes = [Double](repeating: 0, count: 2 * n)
    var onAngle = 0.0
    var onPoints = [SIMD2<Double>](repeating: .zero, count: w), onDirections = onPoints
    var onWake = SourceLine.Strengths(zeros: w), onSurface = SourceLine.Strengths(zeros: n)
    let total = total + [Double](repeating: 0, count: system.unknownCount - n)
    var onTotal = [Double](repeating: 0, count: system.unknownCount)
    for i in 0..<n { onTotal[i] = seed[i] }
    onTotal[n - 1] -= seed[n]
    let surfaceStrengths = system.sources.strengths(Array(mass[..<n]))
    let strengths = wake.sources.strengths(Array(mass[n...]))

    func addHalf(
      _ k: Int, _ isSecond: Bool, _ frame: PanelFrame, _ gradient: PanelGradient, _ atA: Double, _ atB: Double
    ) {
      if isSecond {
        onPoints[k] += 0.5 * gradient.a
        onPoints[k + 1] += 0.5 * gradient.a + gradient.b
        onWake.middles[k] += atA
        onWake.points[k + 1] += atB
      } else {
        onPoints[k] += gradient.a + 0.5 * gradient.b
        onPoints[k + 1] += 0.5 * gradient.b
        onWake.points[k] += atA
        onWake.middles[k] += atB
      }
    }
    /// The velocity at a point from the wake; adds the derivatives of seed·velocity.
    func wakeVelocity(at field: SIMD2<Double>, _ seed: SIMD2<Double>, _ onField: inout SIMD2<Double>) -> SIMD2<Double> {
      var velocity = SIMD2<Double>.zero, moved = SIMD2<Double>.zero
      wake.visitHalves { k, isSecond, a, b in
        let frame = PanelFrame(field.x, field.y, a.x, a.y, b.x, b.y)
        let sa = isSecond ? strengths.middles[k] : strengths.points[k]
        let sb = isSecond ? strengths.points[k + 1] : strengths.middles[k]
        velocity += scale * frame.velocity(ga: 0, gb: 0, sa: sa, sb: sb)
        let gradient = frame.velocityGradient(scale * seed, ga: 0, gb: 0, sa: sa, sb: sb)
        let weights = frame.velocityWeights(scale * seed)
        moved += gradient.field
        addHalf(k, isSecond, frame, gradient, weights.sa, weights.sb)
      }
      onField += moved
      return velocity
    }

    // Velocities in the wake.
    for k in 1..<w where seed[n + k] != 0 {
      let direction = wake.directions[k], onVelocity = seed[n + k] * direction
      var onField = SIMD2<Double>.zero
      var velocity = stream
      velocity += system.velocityPullback(
        at: wake.points[k], seed: onVelocity, circulation: total, strengths: surfaceStrengths, nodes: &nodes,
        field: &onField, strengths: &onSurface)
      velocity += wakeVelocity(at: wake.points[k], onVelocity, &onField)
      onPoints[k] += onField
      onDirections[k] += seed[n + k] * velocity
      onAngle += -s * onVelocity.x + c * onVelocity.y
      system.addVelocityWeights(at: wake.points[k], seed: onVelocity, to: &onTotal)
    }

    // γ at the nodes, by the equations of the panels with the sources.
    let lambda = system.factorization.solution(onTotal, transposed: true)
    let edge = system.edges[0]
    let sharpRow = edge.isSharp ? edge.nodes.3 : -1
    for i in 0..<n where i != sharpRow {
      let field = system.surface.point(i), weight = -scale * lambda[i]
      var onField = SIMD2<Double>.zero
      wake.visitHalves { k, isSecond, a, b in
        let frame = PanelFrame(field.x, field.y, a.x, a.y, b.x, b.y)
        let sa = isSecond ? strengths.middles[k] : strengths.points[k]
        let sb = isSecond ? strengths.points[k + 1] : strengths.middles[k]
        let gradient = frame.streamGradient(ga: 0, gb: 0, sa: sa, sb: sb, weight: weight)
        onField += gradient.field
        let ramp = frame.sourceRamp
        addHalf(k, isSecond, frame, gradient, weight * (frame.source - ramp), weight * ramp)
      }
      nodes[2 * i] += onField.x
      nodes[2 * i + 1] += onField.y
    }
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
    for i in 0..<2 * n { nodes[i] -= panels.nodes[i] }
    onAngle -= panels.angle
    return (nodes, onAngle)
  }
}
