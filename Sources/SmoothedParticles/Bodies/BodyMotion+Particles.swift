/// The bodies' particles: where they are, how they move, and what forces on them do.
extension BodyMotion {
  /// Particles of all bodies.
  var pointCount: Int { bodies.reduce(0) { $0 + $1.count } }

  /// Writes `[pointCount, dimension]` positions and velocities.
  func place(_ state: Values, _ parameters: Values, positions: Vector, velocities: Vector) {
    var place = 0
    for (index, body) in bodies.enumerated() {
      let frame = frame(index, pose: state, momentum: state, parameters)
      for k in 0..<body.count {
        let arm = frame.rotation * body.point(k)
        store(frame.center + arm, positions, place)
        store(frame.velocity + cross(frame.spin, arm), velocities, place)
        place += 1
      }
    }
  }

  /// Writes `[pointCount, dimension]` velocities alone.
  func placeVelocities(_ state: Values, _ parameters: Values, velocities: Vector) {
    var place = 0
    for (index, body) in bodies.enumerated() {
      let frame = frame(index, pose: state, momentum: state, parameters)
      for k in 0..<body.count {
        store(frame.velocity + cross(frame.spin, frame.rotation * body.point(k)), velocities, place)
        place += 1
      }
    }
  }

  /// Adds what seeds on the particles' positions or velocities (nil: none) are worth.
  func pullPlaces(
    positions: Values?, velocities: Values?, _ state: Values, _ parameters: Values, stateSeed: Vector, gradient: Vector
  ) {
    var place = 0
    for (index, body) in bodies.enumerated() {
      let frame = frame(index, pose: state, momentum: state, parameters)
      var seed = FrameSeed()
      for k in 0..<body.count {
        let point = body.point(k)
        if let positions {
          let s = load(positions, place)
          seed.center += s
          seed.rotation.add(outer: s, point)
        }
        if let velocities {
          let s = load(velocities, place)
          seed.velocity += s
          seed.spin += cross(frame.rotation * point, s)
          seed.rotation.add(outer: cross(s, frame.spin), point)
        }
        place += 1
      }
      pull(
        seed, index, pose: state, momentum: state, parameters, poseSeed: stateSeed, momentumSeed: stateSeed,
        gradient: gradient)
    }
  }

  /// Rates of velocities and angular momenta from forces on the particles, N, and gravity.
  func rates(forces: Values, _ state: Values, _ parameters: Values, gravity: [Double], into rates: Vector) {
    for k in layout.kicked { rates[k] = 0 }
    var place = 0
    for (index, body) in bodies.enumerated() {
      let rotation = rotation(index, state)
      var force = SIMD3<Double>.zero, torque = SIMD3<Double>.zero
      for k in 0..<body.count {
        let f = load(forces, place)
        force += f
        torque += cross(rotation * body.point(k), f)
        place += 1
      }
      let mass = parameters[layout.parameters.bodyDensity + index] * body.volume
      layout.add(
        force / mass + SIMD3(gravity[0], gravity[1], gravity[2]), to: rates, index, at: layout.velocity)
      layout.add(turn: torque, to: rates, index, at: layout.momentum)
    }
  }

  /// From the seed on the rates to one on each force (written), and to state, gradient and gravity (added).
  func pullRates(
    _ rateSeed: Values, forces: Values, _ state: Values, _ parameters: Values, forceSeeds: Vector, stateSeed: Vector,
    gradient: Vector, gravitySeed: inout [Double]
  ) {
    var place = 0
    for (index, body) in bodies.enumerated() {
      let rotation = rotation(index, state)
      let push = layout.vector(rateSeed, index, at: layout.velocity)
      let turn = layout.turn(rateSeed, index, at: layout.momentum)
      let density = parameters[layout.parameters.bodyDensity + index], mass = density * body.volume
      var seed = FrameSeed(), force = SIMD3<Double>.zero
      for k in 0..<body.count {
        let f = load(forces, place), point = body.point(k)
        force += f
        store(push / mass + cross(turn, rotation * point), forceSeeds, place)
        seed.rotation.add(outer: cross(f, turn), point)
        place += 1
      }
      for axis in 0..<layout.dimension { gravitySeed[axis] += push[axis] }
      gradient[layout.parameters.bodyDensity + index] -= (push * force).sum() / (mass * density)
      pull(
        seed, index, pose: state, momentum: state, parameters, poseSeed: stateSeed, momentumSeed: stateSeed,
        gradient: gradient)
    }
  }

  private func load(_ values: Values, _ place: Int) -> SIMD3<Double> { layout.vector(values, place, at: 0) }

  private func store(_ vector: SIMD3<Double>, _ values: Vector, _ place: Int) {
    let p = values + place * layout.dimension
    for axis in 0..<layout.dimension { p[axis] = vector[axis] }
  }
}
