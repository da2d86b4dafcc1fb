/// Where the bodies' numbers stand in a state and in the parameters.
struct BodyLayout: Sendable {
  let count: Int
  let dimension: Int
  /// Entries of a rotation as a parameter, and of an angular momentum: 1 or 3.
  let turns: Int
  /// Entries of a rotation in a state: an angle or a quaternion.
  let rotationEntries: Int
  /// Of the state.
  let position: Int
  let rotation: Int
  let velocity: Int
  let momentum: Int
  let end: Int
  /// Of the parameters.
  let parameters: ParameterOffsets

  /// - Parameter start: of the bodies' entries in the state.
  init(_ system: ParticleSystem, start: Int) {
    count = system.bodies.count
    dimension = system.dimension
    turns = dimension == 2 ? 1 : 3
    rotationEntries = dimension == 2 ? 1 : 4
    position = start
    rotation = position + count * dimension
    velocity = rotation + count * rotationEntries
    momentum = velocity + count * dimension
    end = momentum + count * turns
    parameters = ParameterOffsets(system)
  }

  /// Velocities and angular momenta, which forces change.
  var kicked: Range<Int> { velocity..<end }

  func vector(_ values: UnsafePointer<Double>, _ body: Int, at start: Int) -> SIMD3<Double> {
    let p = values + start + body * dimension
    return SIMD3(p[0], p[1], dimension > 2 ? p[2] : 0)
  }

  /// About z in the plane.
  func turn(_ values: UnsafePointer<Double>, _ body: Int, at start: Int) -> SIMD3<Double> {
    let p = values + start + body * turns
    return turns == 1 ? SIMD3(0, 0, p[0]) : SIMD3(p[0], p[1], p[2])
  }

  func quaternion(_ values: UnsafePointer<Double>, _ body: Int) -> SIMD4<Double> {
    let p = values + rotation + body * 4
    return SIMD4(p[0], p[1], p[2], p[3])
  }

  func add(_ vector: SIMD3<Double>, to values: UnsafeMutablePointer<Double>, _ body: Int, at start: Int) {
    for axis in 0..<dimension { values[start + body * dimension + axis] += vector[axis] }
  }

  func add(turn: SIMD3<Double>, to values: UnsafeMutablePointer<Double>, _ body: Int, at start: Int) {
    if turns == 1 {
      values[start + body] += turn.z
    } else {
      for axis in 0..<3 { values[start + body * 3 + axis] += turn[axis] }
    }
  }

  func add(quaternion: SIMD4<Double>, to values: UnsafeMutablePointer<Double>, _ body: Int) {
    for k in 0..<4 { values[rotation + body * 4 + k] += quaternion[k] }
  }
}
