import CVectorLanes

/// Field points seen from straight panels, a pair in each lane: the quantities of which every influence is made.
///
/// The panel runs from `a` to `b`; x is measured along it from `a`, y to the left of it. With X₁ = x, X₂ = x - L, the
/// logarithms and angles are those of the panel's ends, angles measured from the panel's normal, with their cut behind
/// the panel (to the right). Reference: Drela (1989), XFOIL: an analysis and design system for low Reynolds number
/// airfoils, equations 1 to 4; Katz & Plotkin, Low-Speed Aerodynamics (2001), chapter 10.
struct PanelFrame {
  typealias Lanes = PanelLanes

  let length: Lanes
  /// The unit tangent.
  let tx: Lanes, ty: Lanes
  let x1: Lanes, y: Lanes
  let logarithm1: Lanes, logarithm2: Lanes
  let angle1: Lanes, angle2: Lanes
  /// 1/r², zero at the end itself, where whatever it multiplies is zero as well.
  let inverse1: Lanes, inverse2: Lanes

  @inline(__always) var x2: Lanes { x1 - length }
  /// The angle that the panel subtends; straight behind the panel the cut is taken out.
  @inline(__always) var subtended: Lanes {
    let difference = angle1 - angle2
    return backsolve_doubles_where_above(difference, .pi, difference - 2 * .pi, difference)
  }

  /// From the three points.
  @inline(__always)
  init(from field: LaneVector, _ a: LaneVector, _ b: LaneVector) {
    let dx = b.x - a.x, dy = b.y - a.y
    let length = backsolve_doubles_sqrt(dx * dx + dy * dy)
    let tx = dx / length, ty = dy / length
    let px = field.x - a.x, py = field.y - a.y, qx = field.x - b.x, qy = field.y - b.y
    let first = px * px + py * py, second = qx * qx + qy * qy
    let height = tx * py - ty * px, along = tx * px + ty * py
    // At an end the height is zero, exactly.
    let y = height.butWhere(first, isZero: .zero).butWhere(second, isZero: .zero)
    let x1 = along.butWhere(second, isZero: length).butWhere(first, isZero: .zero)
    self.length = length
    self.tx = tx
    self.ty = ty
    self.x1 = x1
    self.y = y
    logarithm1 = (0.5 * backsolve_doubles_log(first)).butWhere(first, isZero: .zero)
    logarithm2 = (0.5 * backsolve_doubles_log(second)).butWhere(second, isZero: .zero)
    angle1 = backsolve_doubles_atan2(x1, y).butWhere(first, isZero: .zero)
    angle2 = backsolve_doubles_atan2(x1 - length, y).butWhere(second, isZero: .zero)
    inverse1 = (1 / first).butWhere(first, isZero: .zero)
    inverse2 = (1 / second).butWhere(second, isZero: .zero)
  }

  /// From the vectors from both ends to the field point, with their logarithms and angles known; those of an end at the
  /// field point itself do not count.
  @inline(__always)
  init(
    _ p: LaneVector, _ q: LaneVector, tx: Lanes, ty: Lanes, length: Lanes, logarithm1: Lanes, logarithm2: Lanes,
    angle1: Lanes, angle2: Lanes
  ) {
    let first = p.x * p.x + p.y * p.y, second = q.x * q.x + q.y * q.y
    let height = tx * p.y - ty * p.x, along = tx * p.x + ty * p.y
    self.length = length
    self.tx = tx
    self.ty = ty
    y = height.butWhere(first, isZero: .zero).butWhere(second, isZero: .zero)
    x1 = along.butWhere(second, isZero: length).butWhere(first, isZero: .zero)
    self.logarithm1 = logarithm1.butWhere(first, isZero: .zero)
    self.logarithm2 = logarithm2.butWhere(second, isZero: .zero)
    self.angle1 = angle1.butWhere(first, isZero: .zero)
    self.angle2 = angle2.butWhere(second, isZero: .zero)
    inverse1 = (1 / first).butWhere(first, isZero: .zero)
    inverse2 = (1 / second).butWhere(second, isZero: .zero)
  }

  // MARK: Stream function, times 2π

  /// ∫ ln r ds over the panel.
  @inline(__always) var vortex: Lanes {
    let first = x1 * logarithm1 - x2 * logarithm2
    return first - length + y * subtended
  }

  /// ∫ (s/L) ln r ds: the part of strength that grows from `a` to `b`.
  @inline(__always) var vortexRamp: Lanes {
    let first = x1 * x1 + y * y, second = x2 * x2 + y * y
    let moment = 0.5 * (first * logarithm1 - second * logarithm2) - 0.25 * (x1 * x1 - x2 * x2)
    return (x1 * vortex - moment) / length
  }

  /// -∫ θ ds, θ measured from the normal: the stream function of sources.
  @inline(__always) var source: Lanes {
    let angles = x2 * angle2 - x1 * angle1
    return angles + y * (logarithm1 - logarithm2)
  }

  /// -∫ (s/L) θ ds.
  @inline(__always) var sourceRamp: Lanes {
    let first = x1 * x1 + y * y, second = x2 * x2 + y * y
    let moment = first * angle1 - second * angle2 - length * y
    return (x1 * source + 0.5 * moment) / length
  }
}

/// A gradient with respect to the field point and the ends of a panel.
struct PanelGradient {
  var field = LaneVector.zero
  var a = LaneVector.zero
  var b = LaneVector.zero

  @inline(__always) static func + (p: Self, q: Self) -> Self {
    Self(field: p.field + q.field, a: p.a + q.a, b: p.b + q.b)
  }
}

extension PanelFrame {
  /// From derivatives along the panel's axes and with respect to its length to those of the three points.
  @inline(__always)
  private func gradient(alongX gx: Lanes, alongY gy: Lanes, length gl: Lanes) -> PanelGradient {
    let field = LaneVector(x: tx * gx - ty * gy, y: ty * gx + tx * gy)
    // The axes turn as the end moves across them.
    let turning = (gx * y - gy * x1) / length
    let b = LaneVector(x: tx * gl - ty * turning, y: tx * turning + ty * gl)
    return PanelGradient(field: field, a: -(field + b), b: b)
  }

  /// The gradient of 2π ψ for vorticity from `ga` to `gb`.
  @inline(__always)
  func vortexGradient(_ ga: Lanes, _ gb: Lanes) -> PanelGradient {
    let difference = logarithm1 - logarithm2, subtended = subtended
    let slope = (gb - ga) / length
    let vortex = vortex
    // Derivatives of the plain integral, then of the moment ∫ s ..., by x, y and L.
    let momentByX = vortex - length * logarithm2, momentByY = x1 * subtended - y * difference
    let momentByLength = length * logarithm2 - vortexRamp
    return gradient(
      alongX: ga * difference + slope * momentByX, alongY: ga * subtended + slope * momentByY,
      length: ga * logarithm2 + slope * momentByLength)
  }

  /// The gradient of 2π ψ for sources from `sa` to `sb`.
  @inline(__always)
  func sourceGradient(_ sa: Lanes, _ sb: Lanes) -> PanelGradient {
    let difference = logarithm1 - logarithm2, jump = angle1 - angle2
    let slope = (sb - sa) / length
    let momentByX = source + length * angle2, momentByY = x1 * difference - length + y * jump
    let momentByLength = length * angle2 + sourceRamp
    return gradient(
      alongX: slope * momentByX - sa * jump, alongY: sa * difference + slope * momentByY,
      length: .zero - sa * angle2 - slope * momentByLength)
  }

  // MARK: Velocity, times 2π

  /// A vector along the panel's axes.
  @inline(__always)
  private func turned(_ along: Lanes, _ across: Lanes) -> LaneVector {
    LaneVector(x: tx * along - ty * across, y: ty * along + tx * across)
  }

  /// The pair of integrals of which velocities are made, for strength from `wa` to `wb`: sources move the fluid by
  /// (E, F) along the panel's axes, vorticity by (F, -E).
  @inline(__always)
  private func velocityPair(_ wa: Lanes, _ wb: Lanes) -> (e: Lanes, f: Lanes) {
    let difference = logarithm1 - logarithm2, subtended = subtended
    let slope = (wb - wa) / length
    let rampE = vortex - length * logarithm2, rampF = x1 * subtended - y * difference
    return (wa * difference + slope * rampE, wa * subtended + slope * rampF)
  }

  /// The velocity times 2π of vorticity from `ga` to `gb`.
  @inline(__always)
  func vortexVelocity(_ ga: Lanes, _ gb: Lanes) -> LaneVector {
    let (e, f) = velocityPair(ga, gb)
    return turned(f, .zero - e)
  }

  /// The velocity times 2π of sources from `sa` to `sb`.
  @inline(__always)
  func sourceVelocity(_ sa: Lanes, _ sb: Lanes) -> LaneVector {
    let (e, f) = velocityPair(sa, sb)
    return turned(e, f)
  }

  /// A seed on the velocity as seeds on the pair (E, F).
  @inline(__always)
  private func onPair(_ seed: LaneVector, vortex: Bool) -> (e: Lanes, f: Lanes) {
    let along = tx * seed.x + ty * seed.y, across = tx * seed.y - ty * seed.x
    return vortex ? (.zero - across, along) : (along, across)
  }

  /// The derivatives of 2π seed·velocity by the strengths at the ends, of vorticity or sources.
  @inline(__always)
  func velocityWeights(_ seed: LaneVector, vortex isVortex: Bool) -> (a: Lanes, b: Lanes) {
    let difference = logarithm1 - logarithm2, subtended = subtended
    let rampE = (vortex - length * logarithm2) / length, rampF = (x1 * subtended - y * difference) / length
    let (onE, onF) = onPair(seed, vortex: isVortex)
    let b = onE * rampE + onF * rampF
    return (onE * difference + onF * subtended - b, b)
  }

  /// The velocity times 2π, and the gradient of 2π seed·velocity with respect to the points, of strengths from `wa` to
  /// `wb`.
  @inline(__always)
  func velocityGradient(_ seed: LaneVector, _ wa: Lanes, _ wb: Lanes, vortex isVortex: Bool) -> (
    velocity: LaneVector, gradient: PanelGradient
  ) {
    let (onE, onF) = onPair(seed, vortex: isVortex)
    let d = logarithm1 - logarithm2, t = subtended, slope = (wb - wa) / length
    let dx = x1 * inverse1 - x2 * inverse2, dy = y * (inverse1 - inverse2)
    let dl = x2 * inverse2, tl = y * inverse2
    let rampE = vortex - length * logarithm2, rampF = x1 * t - y * d
    let eByX = wa * dx + slope * (d - length * dl), eByY = wa * dy + slope * (t - length * tl)
    let eByLength = wa * dl + slope * (length * dl - rampE / length)
    let fByX = wa * dy + slope * (t + x1 * dy - y * dx), fByY = .zero - wa * dx - slope * (x1 * dx + d + y * dy)
    let fByLength = wa * tl + slope * (length * tl - rampF / length)
    var result = gradient(
      alongX: onE * eByX + onF * fByX, alongY: onE * eByY + onF * fByY, length: onE * eByLength + onF * fByLength)
    // The velocity itself turns with the panel's axes.
    let e = wa * d + slope * rampE, f = wa * t + slope * rampF
    let velocity = isVortex ? turned(f, .zero - e) : turned(e, f)
    let turning = (seed.y * velocity.x - seed.x * velocity.y) / length
    let moved = LaneVector(x: .zero - ty * turning, y: tx * turning)
    result.b += moved
    result.a += -moved
    return (velocity, result)
  }
}
