import DifferentiableCore

extension AirfoilFlow {
  /// The last flow, from which the next solve starts: what a bit-exact resume needs.
  public func memory(of workspace: Workspace) -> NamedArrays {
    var arrays = NamedArrays()
    guard let last = workspace.start.last else { return arrays }
    let state = last.state
    arrays[real: "angle"] = [last.angle]
    arrays[real: "shear"] = state.shear
    arrays[real: "theta"] = state.theta
    arrays[real: "delta"] = state.delta
    arrays[real: "velocity"] = state.velocity
    arrays[integer: "places"] = ([state.stagnation] + state.firstTurbulent).map { Int64($0) }
    return arrays
  }

  public func restore(_ memory: NamedArrays, to workspace: inout Workspace) {
    workspace.start.last = nil
    guard let angle = memory[real: "angle"]?.first, let places = memory[integer: "places"]?.map({ Int($0) }),
      let shear = memory[real: "shear"], let theta = memory[real: "theta"], let delta = memory[real: "delta"],
      let velocity = memory[real: "velocity"], places.count == 3,
      [shear, theta, delta, velocity].allSatisfy({ $0.count == layout.stationCount }),
      (1..<nodeCount - 1).contains(places[0]), (1..<places[0] + 1).contains(places[1]),
      (1..<nodeCount - places[0] - 1).contains(places[2])
    else { return }
    var state = LayerState(stations: layout.stationCount)
    (state.shear, state.theta, state.delta, state.velocity) = (shear, theta, delta, velocity)
    state.stagnation = places[0]
    state.firstTurbulent = [places[1], places[2]]
    workspace.start.last = (angle, state)
  }
}
