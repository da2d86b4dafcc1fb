import Foundation

extension CoupledFlow {
  /// Starts from the flow without viscosity: both sides and the wake are marched with its velocity, or a given shape
  /// where the layer is near separation.
  func marchFromInviscid() {
    let gamma = influence.velocity
    var node = (0..<nodeCount - 1).first { gamma[$0] >= 0 && gamma[$0 + 1] < 0 } ?? nodeCount / 2
    node = min(max(node, 1), nodeCount - 3)
    setStagnation(after: node)
    for i in 0..<stationCount { state.velocity[i] = max(velocitySign[i] * gamma[i], 1e-4) }
    updateDistances()
    march(remarching: false)
  }

  /// Marches both sides and the wake. Remarching keeps velocity and shape near the present ones, so that the equations of
  /// the layer hold and transition is where the layer now has it.
  func march(remarching: Bool) {
    let reynolds = narrowStream.reynolds.value
    for side in 0..<2 {
      let count = side == 0 ? upperCount : lowerCount
      let start = side == 0 ? 0 : upperCount
      var laminar = true
      let firstTurbulentBefore = state.firstTurbulent[side]
      state.firstTurbulent[side] = count - 1
      for place in 0..<count {
        let position = start + place, node = order[position]
        if place == 0 {
          if !remarching {
            // Thwaites' layer at a stagnation point.
            state.theta[node] = (0.45 * distance[position] / (6 * state.velocity[node] * reynolds)).squareRoot()
            state.delta[node] = 2.2 * state.theta[node]
          }
          state.shear[node] = 0
        } else {
          let before = order[position - 1]
          if !remarching {
            state.theta[node] = state.theta[before]
            state.delta[node] = state.delta[before]
            state.shear[node] = laminar ? 0 : state.shear[before]
          } else if !laminar && place < firstTurbulentBefore {
            // Turbulent now, laminar before: its number was an amplification.
            state.shear[node] = state.shear[before]
          }
        }
        // A station that was turbulent and may now be laminar starts anew as the march finds it.
        let closing: Closing
        if remarching && place > 0 {
          let regime: Regime = laminar && place < firstTurbulentBefore ? .laminar : .turbulent
          closing = .mixed(velocity: state.velocity[node], shape: station(position, regime).hk.value)
        } else {
          closing = .velocity
        }
        let saved = (state.shear[node], state.theta[node], state.delta[node], state.velocity[node])
        let (change, turbulent) = solveStation(
          position, laminar: laminar, wasTurbulent: remarching && place >= firstTurbulentBefore, closing: closing)
        if !(change < 1e-3) {
          recover(position, saved: saved, laminar: laminar, turbulent: turbulent, remarching: remarching)
        }
        if laminar && turbulent {
          laminar = false
          state.firstTurbulent[side] = place
        }
      }
    }
    for place in 0..<wakeCount {
      let position = nodeCount + place, node = order[position]
      if place == 0 {
        let upper = order[upperCount - 1], lower = order[nodeCount - 1]
        state.theta[node] = state.theta[upper] + state.theta[lower]
        state.delta[node] = state.delta[upper] + state.delta[lower] + gaps[0].value.value
        state.shear[node] =
          (state.shear[upper] * state.theta[upper] + state.shear[lower] * state.theta[lower]) / state.theta[node]
        if !remarching { state.velocity[node] = state.velocity[lower] }
        continue
      }
      let before = order[position - 1]
      if !remarching {
        state.theta[node] = state.theta[before]
        state.delta[node] = state.delta[before] - gaps[place - 1].value.value + gaps[place].value.value
        state.shear[node] = state.shear[before]
      }
      let closing: Closing =
        remarching
        ? .mixed(velocity: state.velocity[node], shape: station(position, .wake).hk.value) : .velocity
      let saved = (state.shear[node], state.theta[node], state.delta[node], state.velocity[node])
      let (change, _) = solveStation(position, laminar: false, closing: closing)
      if !(change < 1e-3) {
        recover(position, saved: saved, laminar: false, turbulent: true, remarching: remarching)
      }
    }
  }

  /// A station that did not converge goes on from the one before.
  private func recover(
    _ position: Int, saved: (Double, Double, Double, Double), laminar: Bool, turbulent: Bool, remarching: Bool
  ) {
    let node = order[position]
    let (side, place) = side(of: position)
    if remarching || place == 0 {
      (state.theta[node], state.delta[node], state.velocity[node]) = (saved.1, saved.2, saved.3)
      if turbulent {
        state.shear[node] = laminar ? 0.03 : max(min(saved.0, 0.3), 1e-4)
      } else {
        state.shear[node] = min(saved.0, condition.criticalAmplification)
      }
      return
    }
    let before = order[position - 1]
    if side == 2 {
      let ratio = (distance[position] - distance[position - 1]) / (10 * state.delta[before])
      state.theta[node] = state.theta[before]
      state.delta[node] = (state.delta[before] + state.theta[before] * ratio) / (1 + ratio)
    } else {
      let growth = (distance[position] / distance[position - 1]).squareRoot()
      state.theta[node] = state.theta[before] * growth
      state.delta[node] = state.delta[before] * growth
    }
    state.shear[node] = turbulent ? (laminar ? 0.05 : state.shear[before]) : state.shear[before]
    state.velocity[node] = saved.3
    if side != 2 && !turbulent {
      state.shear[node] = min(state.shear[before], condition.criticalAmplification)
    }
  }
}
