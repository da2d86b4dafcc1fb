import Foundation

/// Solves the equations of one station, given the one before: the marches that start and repair the coupled solve.
///
/// References: Drela & Giles (1987), section on the direct and inverse march; Drela (1989), section 4.
extension CoupledFlow {
  /// What closes the three equations of a station.
  enum Closing {
    /// The velocity is given.
    case velocity
    /// H_k is given.
    case shape(Double)
    /// A blend of both, across the direction in which the equations themselves let them vary.
    case mixed(velocity: Double, shape: Double)
  }

  /// Solves for the variables of a station in place. Returns the last relative change; small where it converged.
  /// - Parameter laminar: True where the layer is laminar up to the station before.
  /// - Returns: How far the last step still went, and whether the station is turbulent.
  /// - Parameter wasTurbulent: True where the station's shear is one already.
  func solveStation(
    _ position: Int, laminar: Bool, wasTurbulent: Bool = false, closing initialClosing: Closing
  ) -> (change: Double, turbulent: Bool) {
    var keepsShear = wasTurbulent
    let (side, place) = side(of: position)
    let node = order[position]
    var closing = initialClosing
    var turbulent = !laminar
    var change = Double.infinity
    var sensitivity = 0.0
    let isWake = side == 2
    let leastShape = isWake ? 1.00005 : 1.02
    // The station before does not change meanwhile.
    let isFirst = place == 0 && !isWake
    let before =
      isFirst ? nil : soughtStation(position - 1, isWake ? .wake : laminar ? .laminar : .turbulent, varies: false)
    for iteration in 0..<40 {
      // The kind of the interval follows from the present estimate.
      let equations: IntervalEquations<SIMD4<Double>>
      let second: Station<SIMD4<Double>>
      if let before, isWake || !laminar {
        second = soughtStation(position, isWake ? .wake : .turbulent)
        equations = IntervalEquations(before, second, isWake ? .wake : .turbulent)
      } else if let before {
        var end = soughtStation(position, .laminar)
        let amplification = Amplification(before, end, critical: condition.criticalAmplification)
        if isTripped(position) || amplification.reachesCritical {
          if !turbulent {
            turbulent = true
            if !keepsShear {
              state.shear[node] = 0.03
              continue
            }
          }
          let interval = laminarInterval(position)
          equations = interval.equations(transition: interval.transition() ?? Number(1)).bySecond
        } else {
          turbulent = false
          keepsShear = false
          state.shear[node] = amplification.atEnd()
          end.shear.value = state.shear[node]
          var laminarEquations = IntervalEquations(before, end, .laminar)
          // The amplification at the end is that of the interval already.
          laminarEquations.lag = Dual(0, lane: Lane.shear)
          equations = laminarEquations
        }
        second = end
      } else {
        second = soughtStation(position, .laminar)
        equations = IntervalEquations(similarityAt: second)
      }
      let hk = second.hk
      let right = SIMD4(-equations.lag.value, -equations.momentum.value, -equations.shape.value, 0)
      let byShape = hk.slope
      func solved(_ closing: SIMD4<Double>, _ value: Double, homogeneous: Bool = false) -> SIMD4<Double>? {
        var right = homogeneous ? .zero : right
        right[3] = value
        return FourEquations(
          a: equations.lag.slope, b: equations.momentum.slope, c: equations.shape.slope, d: closing
        ).solution(right)
      }
      let found: SIMD4<Double>?
      switch closing {
      case .velocity: found = solved(SIMD4(0, 0, 0, 1), 0)
      case .shape(let target): found = solved(byShape, target - hk.value)
      case .mixed(let velocity, let shape):
        // How u answers to H_k along the equations.
        if iteration < 15, let unit = solved(byShape * shape, 1, homogeneous: true) {
          let measured = 1000 * unit[3] * shape / velocity
          sensitivity = iteration < 5 ? measured : 0.5 * (sensitivity + measured)
        }
        var closing = byShape * shape
        closing[3] += sensitivity / velocity
        found = solved(
          closing, -(shape * shape) * (hk.value / shape - 1) - sensitivity * (state.velocity[node] / velocity - 1))
      }
      guard let step = found else { return (.infinity, turbulent) }
      let old = SIMD4(state.shear[node], state.theta[node], state.delta[node], state.velocity[node])
      let relative = step / old
      change = max(abs(relative[1]), abs(relative[2]), abs(relative[3]))
      if turbulent { change = max(change, 0.1 * abs(relative[0])) }
      let relaxation = change > 0.3 ? 0.3 / change : 1

      // A layer near separation cannot be asked for a velocity: ask for a shape instead.
      if case .velocity = closing, place > 0 || isWake {
        let theta = state.theta[node] + relaxation * step[1], delta = state.delta[node] + relaxation * step[2]
        let gap = isWake ? gaps[place].value.value : 0
        let h = (delta - gap) / theta
        let machSquared = second.machSquared.value
        let tested = (h - 0.29 * machSquared) / (1 + 0.113 * machSquared)
        let highest = turbulent ? 2.5 : 3.8
        if tested > highest, let before {
          let run = (distance[position] - distance[position - 1]) / before.theta.value
          var target: Double
          if isWake {
            // Relaxes as h' = -0.03 (h - 1)³ / θ.
            var value = before.hk.value
            for _ in 0..<8 {
              let e = value - 1
              value -= (value + 0.03 * run * e * e * e - before.hk.value) / (1 + 0.09 * run * e * e)
            }
            target = max(value, 1.01)
          } else if !turbulent {
            target = max(before.hk.value + 0.03 * run, highest)
          } else if laminar {
            let w = laminarInterval(position).transition()?.value ?? 1
            target = max(before.hk.value + 0.03 * run * w - 0.15 * run * (1 - w), highest)
          } else {
            target = max(before.hk.value - 0.15 * run, highest)
          }
          if !target.isFinite { target = highest }
          closing = .shape(target)
          continue
        }
      }

      if turbulent || isWake {
        state.shear[node] = min(max(state.shear[node] + relaxation * step[0], 1e-7), 0.3)
      } else {
        state.shear[node] += relaxation * step[0]
      }
      state.theta[node] += relaxation * step[1]
      state.delta[node] += relaxation * step[2]
      state.velocity[node] += relaxation * step[3]
      limitShape(node, least: leastShape)
      if change < 1e-5 { break }
    }
    return (change, turbulent)
  }

  /// A station whose shear, θ, δ* and u are sought, or known.
  @inline(__always)
  private func soughtStation(_ position: Int, _ regime: Regime, varies: Bool = true) -> Station<SIMD4<Double>> {
    let station = order[position]
    func variable(_ value: Double, _ lane: Int) -> Dual<SIMD4<Double>> {
      varies ? Dual(value, lane: lane) : Dual(value)
    }
    return Station(
      StationVariables(
        shear: variable(state.shear[station], Lane.shear), theta: variable(state.theta[station], Lane.theta),
        delta: variable(state.delta[station], Lane.delta), velocity: variable(state.velocity[station], Lane.velocity),
        distance: Dual(distance[position]),
        gap: Dual(station >= nodeCount ? gaps[station - nodeCount].value.value : 0)),
      constantStream, regime)
  }

  /// Keeps H_k above a bound.
  func limitShape(_ node: Int, least: Double) {
    let gap = node >= nodeCount ? gaps[node - nodeCount].value.value : 0
    let u = state.velocity[node]
    var machSquared = 0.0
    if narrowStream.isCompressible {
      let kinetic = u * u * narrowStream.inverseEnthalpy.value
      machSquared = kinetic / (0.4 * (1 - 0.5 * kinetic))
    }
    let lowest = (least * (1 + 0.113 * machSquared) + 0.29 * machSquared) * state.theta[node]
    if state.delta[node] - gap < lowest { state.delta[node] = lowest + gap }
  }
}

/// Four linear equations, by the minors of their rows two by two.
///
/// Without exchanges it loses digits where they are nearly singular; the iterations that use it get them back.
private struct FourEquations {
  let a: SIMD4<Double>, b: SIMD4<Double>, c: SIMD4<Double>, d: SIMD4<Double>

  /// The minors of the columns (0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3) of two rows.
  @inline(__always)
  private static func minors(_ p: SIMD4<Double>, _ q: SIMD4<Double>) -> (
    Double, Double, Double, Double, Double, Double
  ) {
    (
      p[0] * q[1] - q[0] * p[1], p[0] * q[2] - q[0] * p[2], p[0] * q[3] - q[0] * p[3], p[1] * q[2] - q[1] * p[2],
      p[1] * q[3] - q[1] * p[3], p[2] * q[3] - q[2] * p[3]
    )
  }

  /// What is orthogonal to a row and to the two rows of minors.
  @inline(__always)
  private static func orthogonal(
    _ r: SIMD4<Double>, _ m: (Double, Double, Double, Double, Double, Double)
  ) -> SIMD4<Double> {
    let x = r[2] * m.4 - r[1] * m.5 - r[3] * m.3
    let y = r[0] * m.5 - r[2] * m.2 + r[3] * m.1
    let z = r[1] * m.2 - r[0] * m.4 - r[3] * m.0
    let w = r[0] * m.3 - r[1] * m.1 + r[2] * m.0
    return SIMD4(x, y, z, w)
  }

  /// The solution; nil where they are singular or not finite.
  @inline(__always)
  func solution(_ right: SIMD4<Double>) -> SIMD4<Double>? {
    let first = Self.minors(a, b), second = Self.minors(c, d)
    let byD = Self.orthogonal(c, first)
    var sum = right[0] * Self.orthogonal(b, second) - right[1] * Self.orthogonal(a, second)
    sum += right[2] * Self.orthogonal(d, first) - right[3] * byD
    let x = sum / -(d * byD).sum()
    return x.sum().isFinite ? x : nil
  }
}

extension IntervalEquations where Lanes == SIMD16<Double> {
  /// With the derivatives by the second station's variables alone.
  fileprivate var bySecond: IntervalEquations<SIMD4<Double>> {
    func part(_ number: Number) -> Dual<SIMD4<Double>> { Dual(number.value, number.slope.highHalf.lowHalf) }
    return IntervalEquations<SIMD4<Double>>(lag: part(lag), momentum: part(momentum), shape: part(shape))
  }
}
