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
    for iteration in 0..<40 {
      // The kind of the interval follows from the present estimate.
      var equations: IntervalEquations
      let second: Station<SIMD8<Double>>
      if isWake {
        equations = self.equations(position, .wake)
        second = station(position, .wake)
      } else if !laminar {
        equations = self.equations(position, .turbulent)
        second = station(position, .turbulent)
      } else if place == 0 {
        equations = self.equations(position, .similarity)
        second = station(position, .laminar)
      } else {
        let s1 = station(position - 1, .laminar), s2 = station(position, .laminar)
        let interval = laminarInterval(position, s1, s2)
        if let w = interval.transition() {
          if !turbulent {
            turbulent = true
            if !keepsShear {
              state.shear[node] = 0.03
              continue
            }
          }
          equations = interval.equations(transition: w)
          second = station(position, .turbulent)
        } else {
          turbulent = false
          keepsShear = false
          state.shear[node] = interval.amplificationAtEnd()
          equations = self.equations(position, .laminar)
          second = s2
        }
      }
      // Rows: lag, momentum, shape, closing; columns: shear, θ, δ*, u.
      var matrix = [[Double]](repeating: [0, 0, 0, 0], count: 4)
      var right = [-equations.lag.value, -equations.momentum.value, -equations.shape.value, 0]
      for (row, equation) in [equations.lag, equations.momentum, equations.shape].enumerated() {
        for column in 0..<4 { matrix[row][column] = equation.slope[8 + column] }
      }
      let hk = second.hk
      switch closing {
      case .velocity:
        matrix[3][3] = 1
      case .shape(let target):
        for column in 0..<4 { matrix[3][column] = hk.slope[column] }
        right[3] = target - hk.value
      case .mixed(let velocity, let shape):
        // How u answers to H_k along the equations.
        var probe = matrix, unit = [0.0, 0, 0, 1]
        for column in 0..<4 { probe[3][column] = hk.slope[column] * shape }
        if Self.solve4(&probe, &unit) {
          let measured = 1000 * unit[3] * shape / velocity
          sensitivity = iteration < 5 ? measured : iteration < 15 ? 0.5 * (sensitivity + measured) : sensitivity
        }
        for column in 0..<4 { matrix[3][column] = hk.slope[column] * shape }
        matrix[3][3] += sensitivity / velocity
        right[3] =
          -(shape * shape) * (hk.value / shape - 1) - sensitivity * (state.velocity[node] / velocity - 1)
      }
      guard Self.solve4(&matrix, &right), right.allSatisfy(\.isFinite) else { return (.infinity, turbulent) }
      change = max(
        abs(right[1] / state.theta[node]), abs(right[2] / state.delta[node]), abs(right[3] / state.velocity[node]))
      if turbulent { change = max(change, 0.1 * abs(right[0] / state.shear[node])) }
      let relaxation = change > 0.3 ? 0.3 / change : 1

      // A layer near separation cannot be asked for a velocity: ask for a shape instead.
      if case .velocity = closing, place > 0 || isWake {
        let theta = state.theta[node] + relaxation * right[1], delta = state.delta[node] + relaxation * right[2]
        let gap = isWake ? gaps[place].value.value : 0
        let h = (delta - gap) / theta
        let machSquared = second.machSquared.value
        let tested = (h - 0.29 * machSquared) / (1 + 0.113 * machSquared)
        let highest = turbulent ? 2.5 : 3.8
        if tested > highest {
          let before = station(position - 1, isWake ? .wake : laminar ? .laminar : .turbulent)
          let step = (distance[position] - distance[position - 1]) / before.theta.value
          var target: Double
          if isWake {
            // Relaxes as h' = -0.03 (h - 1)³ / θ.
            var value = before.hk.value
            for _ in 0..<8 {
              let e = value - 1
              value -= (value + 0.03 * step * e * e * e - before.hk.value) / (1 + 0.09 * step * e * e)
            }
            target = max(value, 1.01)
          } else if !turbulent {
            target = max(before.hk.value + 0.03 * step, highest)
          } else if laminar {
            let w =
              laminarInterval(position, station(position - 1, .laminar), station(position, .laminar)).transition()?
              .value ?? 1
            target = max(before.hk.value + 0.03 * step * w - 0.15 * step * (1 - w), highest)
          } else {
            target = max(before.hk.value - 0.15 * step, highest)
          }
          if !target.isFinite { target = highest }
          closing = .shape(target)
          continue
        }
      }

      if turbulent || isWake {
        state.shear[node] = min(max(state.shear[node] + relaxation * right[0], 1e-7), 0.3)
      } else {
        state.shear[node] += relaxation * right[0]
      }
      state.theta[node] += relaxation * right[1]
      state.delta[node] += relaxation * right[2]
      state.velocity[node] += relaxation * right[3]
      limitShape(node, least: leastShape)
      if change < 1e-9 { break }
    }
    return (change, turbulent)
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

  /// Gaussian elimination with row exchanges of four equations, in place.
  static func solve4(_ a: inout [[Double]], _ b: inout [Double]) -> Bool {
    for k in 0..<4 {
      var pivot = k
      for i in k + 1..<4 where abs(a[i][k]) > abs(a[pivot][k]) { pivot = i }
      if a[pivot][k] == 0 || !a[pivot][k].isFinite { return false }
      a.swapAt(k, pivot)
      b.swapAt(k, pivot)
      for i in k + 1..<4 {
        let factor = a[i][k] / a[k][k]
        if factor == 0 { continue }
        for j in k..<4 { a[i][j] -= factor * a[k][j] }
        b[i] -= factor * b[k]
      }
    }
    for k in stride(from: 3, through: 0, by: -1) {
      var sum = b[k]
      for j in k + 1..<4 { sum -= a[k][j] * b[j] }
      b[k] = sum / a[k][k]
    }
    return true
  }
}
