import Foundation

/// The mechanics of rigid bodies: from a state to how they lie and move, how they go on, and what forces on their
/// particles do to them; each with its transposed derivative.
///
/// A body has momentum by its velocity, and angular momentum L in the frame of space, so that it keeps both without
/// forces: v' = F/(ρV) + g, L' = τ, and turns with ω = R J⁻¹ Rᵀ L/ρ, J being its inertia over its density.
struct BodyMotion: Sendable {
  typealias Vector = UnsafeMutablePointer<Double>
  typealias Values = UnsafePointer<Double>

  let bodies: [RigidBody]
  let layout: BodyLayout
  private let inertia: [Matrix3]
  private let inverseInertia: [Matrix3]
  private let volumes: [Double]

  init(_ system: ParticleSystem, start: Int) {
    bodies = system.bodies
    layout = BodyLayout(system, start: start)
    inertia = bodies.map(\.inertiaPerDensity)
    inverseInertia = inertia.map(\.inverse)
    volumes = bodies.map(\.volume)
  }

  /// How a body lies and moves.
  struct Frame {
    var center: SIMD3<Double>
    var velocity: SIMD3<Double>
    var rotation: Matrix3
    /// ω, rad/s
    var spin: SIMD3<Double>
  }

  /// A seed on a frame.
  struct FrameSeed {
    var center = SIMD3<Double>.zero
    var velocity = SIMD3<Double>.zero
    var rotation = Matrix3.zero
    var spin = SIMD3<Double>.zero
  }

  private func density(_ parameters: Values, _ body: Int) -> Double { parameters[layout.parameters.bodyDensity + body] }

  /// - Parameters:
  ///   - pose: a state with positions and rotations.
  ///   - momentum: a state with velocities and angular momenta.
  func frame(_ body: Int, pose: Values, momentum: Values, _ parameters: Values) -> Frame {
    let rotation = rotation(body, pose)
    return Frame(
      center: layout.vector(pose, body, at: layout.position),
      velocity: layout.vector(momentum, body, at: layout.velocity), rotation: rotation,
      spin: spin(body, rotation, layout.turn(momentum, body, at: layout.momentum), density(parameters, body)))
  }

  func rotation(_ body: Int, _ pose: Values) -> Matrix3 {
    if layout.dimension == 3 { return Quaternion.matrix(layout.quaternion(pose, body)) }
    let angle = pose[layout.rotation + body], c = cos(angle), s = sin(angle)
    return Matrix3(x: SIMD3(c, s, 0), y: SIMD3(-s, c, 0), z: SIMD3(0, 0, 1))
  }

  private func spin(_ body: Int, _ rotation: Matrix3, _ momentum: SIMD3<Double>, _ density: Double) -> SIMD3<Double> {
    if layout.dimension == 2 { return momentum / (density * inertia[body].z.z) }
    return rotation * (inverseInertia[body] * rotation.transposedTimes(momentum)) / density
  }

  /// Adds the seed on a frame to those on the state it came from, and to the gradient.
  func pull(
    _ seed: FrameSeed, _ body: Int, pose: Values, momentum: Values, _ parameters: Values, poseSeed: Vector,
    momentumSeed: Vector, gradient: Vector
  ) {
    layout.add(seed.center, to: poseSeed, body, at: layout.position)
    layout.add(seed.velocity, to: momentumSeed, body, at: layout.velocity)
    let density = density(parameters, body), turning = layout.turn(momentum, body, at: layout.momentum)
    let rotation = rotation(body, pose)
    let spin = spin(body, rotation, turning, density)
    gradient[layout.parameters.bodyDensity + body] -= (seed.spin * spin).sum() / density
    if layout.dimension == 2 {
      layout.add(turn: seed.spin / (density * inertia[body].z.z), to: momentumSeed, body, at: layout.momentum)
      // d/dθ of the columns: the first becomes the second, the second the first, turned round.
      poseSeed[layout.rotation + body] +=
        (seed.rotation.x * rotation.y).sum() - (seed.rotation.y * rotation.x).sum()
      return
    }
    let inBody = inverseInertia[body] * rotation.transposedTimes(turning) / density
    let back = inverseInertia[body] * rotation.transposedTimes(seed.spin) / density
    var rotationSeed = seed.rotation
    rotationSeed.add(outer: seed.spin, inBody)
    rotationSeed.add(outer: turning, back)
    layout.add(turn: rotation * back, to: momentumSeed, body, at: layout.momentum)
    layout.add(
      quaternion: Quaternion.pullMatrix(rotationSeed, at: layout.quaternion(pose, body)), to: poseSeed, body)
  }

  // MARK: - Drift

  /// Moves poses on for a time with the velocities and spins of the frame given by `framePose` and `momentum`.
  func drift(
    _ target: Vector, from source: Values, framePose: Values, momentum: Values, by dt: Double, _ parameters: Values
  ) {
    for body in bodies.indices {
      let frame = frame(body, pose: framePose, momentum: momentum, parameters)
      let center = layout.vector(source, body, at: layout.position) + dt * frame.velocity
      for axis in 0..<layout.dimension { target[layout.position + body * layout.dimension + axis] = center[axis] }
      if layout.dimension == 2 {
        target[layout.rotation + body] = source[layout.rotation + body] + dt * frame.spin.z
      } else {
        let turned = Quaternion.product(Quaternion.rotation(dt * frame.spin), layout.quaternion(source, body))
        for k in 0..<4 { target[layout.rotation + body * 4 + k] = turned[k] }
      }
    }
  }

  /// Replaces the seed on the poses after `drift` in `seed` by that on the source's, and adds what the frame is worth to
  /// the other seeds, which may be `seed` as well.
  func pullDrift(
    _ seed: Vector, from source: Values, framePose: Values, momentum: Values, by dt: Double, _ parameters: Values,
    poseSeed: Vector, momentumSeed: Vector, gradient: Vector
  ) {
    for body in bodies.indices {
      var frameSeed = FrameSeed()
      frameSeed.velocity = dt * layout.vector(seed, body, at: layout.position)
      if layout.dimension == 2 {
        frameSeed.spin.z = dt * seed[layout.rotation + body]
      } else {
        let turn = dt * frame(body, pose: framePose, momentum: momentum, parameters).spin
        let seeds = Quaternion.pullProduct(
          layout.quaternion(seed, body), Quaternion.rotation(turn), layout.quaternion(source, body))
        frameSeed.spin = dt * Quaternion.pullRotation(seeds.p, at: turn)
        for k in 0..<4 { seed[layout.rotation + body * 4 + k] = seeds.q[k] }
      }
      pull(
        frameSeed, body, pose: framePose, momentum: momentum, parameters, poseSeed: poseSeed,
        momentumSeed: momentumSeed, gradient: gradient)
    }
  }

  // MARK: - Start

  func start(_ state: Vector, _ parameters: Values) {
    let from = layout.parameters, dimension = layout.dimension
    for k in 0..<bodies.count * dimension {
      state[layout.position + k] = parameters[from.bodyPosition + k]
      state[layout.velocity + k] = parameters[from.bodyVelocity + k]
    }
    for body in bodies.indices {
      if dimension == 2 {
        state[layout.rotation + body] = parameters[from.bodyRotation + body]
      } else {
        let turned = Quaternion.rotation(layout.turn(parameters, body, at: from.bodyRotation))
        for k in 0..<4 { state[layout.rotation + body * 4 + k] = turned[k] }
      }
      let rotation = rotation(body, state), spin = layout.turn(parameters, body, at: from.bodySpin)
      let momentum = density(parameters, body) * (rotation * (inertia[body] * rotation.transposedTimes(spin)))
      for k in 0..<layout.turns {
        state[layout.momentum + body * layout.turns + k] = dimension == 2 ? momentum.z : momentum[k]
      }
    }
  }

  /// Adds the seed on the state at the start to the gradient.
  func pullStart(_ seed: Values, _ parameters: Values, gradient: Vector) {
    let from = layout.parameters, dimension = layout.dimension
    for k in 0..<bodies.count * dimension {
      gradient[from.bodyPosition + k] += seed[layout.position + k]
      gradient[from.bodyVelocity + k] += seed[layout.velocity + k]
    }
    for body in bodies.indices {
      let density = density(parameters, body), spin = layout.turn(parameters, body, at: from.bodySpin)
      let momentumSeed = layout.turn(seed, body, at: layout.momentum)
      if dimension == 2 {
        gradient[from.bodyRotation + body] += seed[layout.rotation + body]
        let worth = inertia[body].z.z * momentumSeed.z
        gradient[from.bodySpin + body] += density * worth
        gradient[from.bodyDensity + body] += spin.z * worth
        continue
      }
      let turn = layout.turn(parameters, body, at: from.bodyRotation), turned = Quaternion.rotation(turn)
      let rotation = Quaternion.matrix(turned)
      let inBody = inertia[body] * rotation.transposedTimes(spin)
      let back = inertia[body] * rotation.transposedTimes(momentumSeed)
      gradient[from.bodyDensity + body] += (momentumSeed * (rotation * inBody)).sum()
      layout.add(turn: density * (rotation * back), to: gradient, body, at: from.bodySpin)
      var rotationSeed = Matrix3.zero
      rotationSeed.add(outer: momentumSeed, inBody, times: density)
      rotationSeed.add(outer: spin, back, times: density)
      let seeds = Quaternion.pullMatrix(rotationSeed, at: turned) + layout.quaternion(seed, body)
      layout.add(turn: Quaternion.pullRotation(seeds, at: turn), to: gradient, body, at: from.bodyRotation)
    }
  }
}
