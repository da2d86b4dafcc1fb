import Foundation

/// Pressure and forces from the surface velocity, with the compressibility correction of Kármán and Tsien.
///
/// Lift and moment are integrals of the pressure over panels on which it varies linearly. References: Drela (1989),
/// section 2; Tsien, J. Aeronaut. Sci. 6 (1939).
struct SurfaceForces: Sendable {
  let mach: Double
  let angle: Double
  /// The pressure coefficient of each node.
  let pressure: [Double]
  let lift: Double, drag: Double
  /// About (0.25, 0), positive nose up.
  let moment: Double
  /// What each element has of lift, drag and moment.
  let elements: [SIMD3<Double>]

  /// The incompressible surface velocity at each node, relative to the free stream, gives all of it.
  init(_ surface: PanelSurface, velocity: [Double], angle: Double, mach: Double) {
    self.mach = mach
    self.angle = angle
    let pressure = (0..<surface.nodeCount).map { Self.pressure(velocity[$0], mach: mach).value }
    self.pressure = pressure
    let c = cos(angle), s = sin(angle)
    elements = surface.elements.map { element in
      var lift = 0.0, drag = 0.0, moment = 0.0
      for a in element {
        let b = a + 1 == element.upperBound ? element.lowerBound : a + 1
        let dx = surface.x[b] - surface.x[a], dy = surface.y[b] - surface.y[a]
        let difference = pressure[b] - pressure[a], mean = 0.5 * (pressure[b] + pressure[a])
        let along = dx * c + dy * s, across = dy * c - dx * s
        let mx = 0.5 * (surface.x[a] + surface.x[b]) - 0.25, my = 0.5 * (surface.y[a] + surface.y[b])
        lift += along * mean
        drag -= across * mean
        moment -= mean * (mx * dx + my * dy) + difference * (dx * dx + dy * dy) / 12
      }
      return SIMD3(lift, drag, moment)
    }
    let total = elements.reduce(.zero, +)
    (lift, drag, moment) = (total[0], total[1], total[2])
  }

  /// The pressure coefficient at a velocity, with its derivatives by velocity and Mach number.
  static func pressure(_ velocity: Double, mach: Double) -> (value: Double, byVelocity: Double, byMach: Double) {
    let beta = (1 - mach * mach).squareRoot()
    let plain = 1 - velocity * velocity
    let factor = 0.5 * mach * mach / (1 + beta)
    let denominator = beta + factor * plain
    let byPlain = beta / (denominator * denominator)
    let betaSlope = -mach / beta
    let factorSlope = mach / (1 + beta) - factor / (1 + beta) * betaSlope
    return (
      plain / denominator, -2 * velocity * byPlain,
      -plain / (denominator * denominator) * (betaSlope + factorSlope * plain)
    )
  }

  /// The seeds of a functional, on lift, drag, moment and the pressures.
  struct Seed {
    var lift = 0.0, drag = 0.0, moment = 0.0
    var pressure: [Double] = []
    /// On lift, drag and moment of each element by itself; empty for none.
    var elements: [SIMD3<Double>] = []
  }

  /// The derivatives of a functional of the forces by the velocities, the nodes, the angle and the Mach
  /// number.
  func pullback(_ seed: Seed, _ surface: PanelSurface, velocity: [Double])
    -> (velocity: [Double], nodes: PointDerivatives, angle: Double, mach: Double)
  {
    let n = surface.nodeCount
    var onPressure = seed.pressure.isEmpty ? [Double](repeating: 0, count: n) : seed.pressure
    var onNodes = PointDerivatives(zeros: n)
    let c = cos(angle), s = sin(angle)
    var onAngle = 0.0
    for (e, element) in surface.elements.enumerated() {
      let own = seed.elements.isEmpty ? .zero : seed.elements[e]
      let onLift = seed.lift + own[0], onDrag = seed.drag + own[1], onMoment = seed.moment + own[2]
      // Lift and drag turn into each other with the angle.
      onAngle += onDrag * elements[e][0] - onLift * elements[e][1]
      for a in element {
        let b = a + 1 == element.upperBound ? element.lowerBound : a + 1
        let dx = surface.x[b] - surface.x[a], dy = surface.y[b] - surface.y[a]
        let difference = pressure[b] - pressure[a], mean = 0.5 * (pressure[b] + pressure[a])
        let along = dx * c + dy * s, across = dy * c - dx * s
        let mx = 0.5 * (surface.x[a] + surface.x[b]) - 0.25, my = 0.5 * (surface.y[a] + surface.y[b])
        let onMean = onLift * along - onDrag * across - onMoment * (mx * dx + my * dy)
        let onDifference = -onMoment * (dx * dx + dy * dy) / 12
        onPressure[a] += 0.5 * onMean - onDifference
        onPressure[b] += 0.5 * onMean + onDifference
        let gx = mean * (onLift * c + onDrag * s - onMoment * mx) - onMoment * difference * dx / 6
        let gy = mean * (onLift * s - onDrag * c - onMoment * my) - onMoment * difference * dy / 6
        let hx = -0.5 * onMoment * mean * dx, hy = -0.5 * onMoment * mean * dy
        onNodes.add(SIMD2(hx - gx, hy - gy), at: a)
        onNodes.add(SIMD2(hx + gx, hy + gy), at: b)
      }
    }
    var onVelocity = [Double](repeating: 0, count: n)
    var onMach = 0.0
    for i in 0..<n {
      let slopes = Self.pressure(velocity[i], mach: mach)
      onVelocity[i] = onPressure[i] * slopes.byVelocity
      onMach += onPressure[i] * slopes.byMach
    }
    return (onVelocity, onNodes, onAngle, onMach)
  }
}
