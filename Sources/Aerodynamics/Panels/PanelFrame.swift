import Foundation

/// A field point seen from a straight panel: the quantities of which every influence is made.
///
/// The panel runs from `a` to `b`; x is measured along it from `a`, y to the left of it. With X₁ = x, X₂ = x - L, the
/// logarithms and angles are those of the panel's ends, angles measured from the panel's normal, with their cut behind
/// the panel (to the right). Reference: Drela (1989), XFOIL: an analysis and design system for low Reynolds number
/// airfoils, equations 1 to 4; Katz & Plotkin, Low-Speed Aerodynamics (2001), chapter 10.
struct PanelFrame {
  let length: Double
  /// The unit tangent.
  let tx: Double, ty: Double
  let x1: Double, y: Double
  let logarithm1: Double, logarithm2: Double
  let angle1: Double, angle2: Double
  /// 1/r², zero at the end itself, where whatever it multiplies is zero as well.
  let inverse1: Double, inverse2: Double

  var x2: Double { x1 - length }
  /// The angle that the panel subtends; straight behind the panel the cut is taken out.
  var subtended: Double {
    let difference = angle1 - angle2
    return difference > .pi ? difference - 2 * .pi : difference
  }

  @inline(__always)
  init(_ fx: Double, _ fy: Double, _ ax: Double, _ ay: Double, _ bx: Double, _ by: Double) {
    let dx = bx - ax, dy = by - ay
    let length = (dx * dx + dy * dy).squareRoot()
    let tx = dx / length, ty = dy / length
    let px = fx - ax, py = fy - ay, qx = fx - bx, qy = fy - by
    let first = px * px + py * py, second = qx * qx + qy * qy
    let atFirst = first == 0, atSecond = second == 0
    // At an end the height is zero, exactly.
    let y = atFirst || atSecond ? 0 : tx * py - ty * px
    let x1 = atFirst ? 0 : atSecond ? length : tx * px + ty * py
    self.length = length
    self.tx = tx
    self.ty = ty
    self.x1 = x1
    self.y = y
    logarithm1 = atFirst ? 0 : 0.5 * log(first)
    logarithm2 = atSecond ? 0 : 0.5 * log(second)
    angle1 = atFirst ? 0 : atan2(x1, y)
    angle2 = atSecond ? 0 : atan2(x1 - length, y)
    inverse1 = atFirst ? 0 : 1 / first
    inverse2 = atSecond ? 0 : 1 / second
  }

  /// From the vectors from both ends to the field point, with their logarithms and angles known; those of an end at the
  /// field point itself do not count.
  @inline(__always)
  init(
    _ px: Double, _ py: Double, _ qx: Double, _ qy: Double, tx: Double, ty: Double, length: Double,
    logarithm1: Double, logarithm2: Double, angle1: Double, angle2: Double
  ) {
    let first = px * px + py * py, second = qx * qx + qy * qy
    let atFirst = first == 0, atSecond = second == 0
    self.length = length
    self.tx = tx
    self.ty = ty
    y = atFirst || atSecond ? 0 : tx * py - ty * px
    x1 = atFirst ? 0 : atSecond ? length : tx * px + ty * py
    self.logarithm1 = atFirst ? 0 : logarithm1
    self.logarithm2 = atSecond ? 0 : logarithm2
    self.angle1 = atFirst ? 0 : angle1
    self.angle2 = atSecond ? 0 : angle2
    inverse1 = atFirst ? 0 : 1 / first
    inverse2 = atSecond ? 0 : 1 / second
  }

  /// ∫ ln r ds over the panel.
  var vortex: Double { x1 * logarithm1 - x2 * logarithm2 - length + y * subtended }

  /// ∫ (s/L) ln r ds: the part of strength that grows from `a` to `b`.
  var vortexRamp: Double {
    let first = x1 * x1 + y * y, second = x2 * x2 + y * y
    let moment = 0.5 * (first * logarithm1 - second * logarithm2) - 0.25 * (x1 * x1 - x2 * x2)
    return (x1 * vortex - moment) / length
  }

  /// -∫ θ ds, θ measured from the normal: the stream function of sources.
  var source: Double { x2 * angle2 - x1 * angle1 + y * (logarithm1 - logarithm2) }

  /// -∫ (s/L) θ ds.
  var sourceRamp: Double {
    let first = x1 * x1 + y * y, second = x2 * x2 + y * y
    return (x1 * source + 0.5 * (first * angle1 - second * angle2 - length * y)) / length
  }
}

/// A gradient with respect to the field point and the ends of a panel.
struct PanelGradient {
  var field = SIMD2<Double>.zero
  var a = SIMD2<Double>.zero
  var b = SIMD2<Double>.zero
}

extension PanelFrame {
  /// From derivatives along the panel's axes and with respect to its length to those of the three points.
  @inline(__always)
  func gradient(alongX gx: Double, alongY gy: Double, length gl: Double) -> PanelGradient {
    let field = SIMD2(tx * gx - ty * gy, ty * gx + tx * gy)
    // The axes turn as the end moves across them.
    let turning = (gx * y - gy * x1) / length
    let b = SIMD2(-ty * turning + tx * gl, tx * turning + ty * gl)
    return PanelGradient(field: field, a: -(field + b), b: b)
  }

  /// The gradient of 2π ψ for vorticity from `ga` to `gb` and sources from `sa` to `sb`, times `weight`.
  @inline(__always)
  func streamGradient(ga: Double, gb: Double, sa: Double, sb: Double, weight: Double) -> PanelGradient {
    let difference = logarithm1 - logarithm2, subtended = subtended, jump = angle1 - angle2
    let vortexSlope = (gb - ga) / length, sourceSlope = (sb - sa) / length
    let vortex = vortex, source = source
    // Derivatives of the plain integrals, then of the moments ∫ s ..., by x, y and L.
    var gx = ga * difference + vortexSlope * (vortex - length * logarithm2)
    var gy = ga * subtended + vortexSlope * (x1 * subtended - y * difference)
    var gl = ga * logarithm2 + vortexSlope * (length * logarithm2 - vortexRamp)
    gx += -sa * jump + sourceSlope * (source + length * angle2)
    gy += sa * difference + sourceSlope * (x1 * difference - length + y * jump)
    gl += -sa * angle2 + sourceSlope * (-length * angle2 - (sourceSlope == 0 ? 0 : sourceRamp))
    return gradient(alongX: weight * gx, alongY: weight * gy, length: weight * gl)
  }

  /// The pair of integrals of which velocities are made, for strength from `wa` to `wb`: sources move the fluid by
  /// (E, F) along the panel's axes, vorticity by (F, -E).
  @inline(__always)
  func velocityPair(_ wa: Double, _ wb: Double) -> (e: Double, f: Double) {
    let difference = logarithm1 - logarithm2, subtended = subtended
    let slope = (wb - wa) / length
    return (
      wa * difference + slope * (vortex - length * logarithm2),
      wa * subtended + slope * (x1 * subtended - y * difference)
    )
  }

  /// The velocity times 2π of vorticity from `ga` to `gb` and sources from `sa` to `sb`.
  @inline(__always)
  func velocity(ga: Double, gb: Double, sa: Double, sb: Double) -> SIMD2<Double> {
    let (ev, fv) = velocityPair(ga, gb), (es, fs) = velocityPair(sa, sb)
    let ux = fv + es, uy = fs - ev
    return SIMD2(tx * ux - ty * uy, ty * ux + tx * uy)
  }

  /// The derivatives of 2π seed·velocity by the strengths at the ends: (ga, gb, sa, sb).
  @inline(__always)
  func velocityWeights(_ seed: SIMD2<Double>) -> (ga: Double, gb: Double, sa: Double, sb: Double) {
    let along = tx * seed.x + ty * seed.y, across = tx * seed.y - ty * seed.x
    let (ea, fa) = velocityPair(1, 0), (eb, fb) = velocityPair(0, 1)
    return (fa * along - ea * across, fb * along - eb * across, ea * along + fa * across, eb * along + fb * across)
  }

  /// The gradient of 2π seed·velocity with respect to the points.
  func velocityGradient(_ seed: SIMD2<Double>, ga: Double, gb: Double, sa: Double, sb: Double) -> PanelGradient {
    let along = tx * seed.x + ty * seed.y, across = tx * seed.y - ty * seed.x
    var gx = 0.0, gy = 0.0, gl = 0.0
    for (wa, wb, onE, onF) in [(ga, gb, -across, along), (sa, sb, along, across)] {
      let d = logarithm1 - logarithm2, t = subtended, slope = (wb - wa) / length
      let dx = x1 * inverse1 - x2 * inverse2, dy = y * (inverse1 - inverse2)
      let dl = x2 * inverse2, tl = y * inverse2
      let rampE = vortex - length * logarithm2, rampF = x1 * t - y * d
      gx += onE * (wa * dx + slope * (d - length * x2 * inverse2))
      gy += onE * (wa * dy + slope * (t - length * y * inverse2))
      gl += onE * (wa * dl + slope * (length * dl - rampE / length))
      gx += onF * (wa * dy + slope * (t + x1 * dy - y * dx))
      gy += onF * (-wa * dx + slope * (-x1 * dx - d - y * dy))
      gl += onF * (wa * tl + slope * (length * tl - rampF / length))
    }
    var result = gradient(alongX: gx, alongY: gy, length: gl)
    // The velocity itself turns with the panel's axes.
    let u = velocity(ga: ga, gb: gb, sa: sa, sb: sb)
    let turning = (seed.y * u.x - seed.x * u.y) / length
    let turned = SIMD2(-ty * turning, tx * turning)
    result.b += turned
    result.a -= turned
    return result
  }
}
