/// How a state vector is laid out: `[position | velocity | integrated | assigned | bodies]`.
struct StateShape: Sendable {
  /// Particles times axes.
  let coordinates: Int
  /// Entries that the rates integrate, after position and velocity: densities.
  let integrated: Int
  /// Entries that the rates give outright, and no step reads: a summed density.
  let assigned: Int
  /// Entries of rigid bodies: poses, then velocities and angular momenta.
  var bodies = 0

  var count: Int { bodyStart + bodies }
  var bodyStart: Int { 2 * coordinates + integrated + assigned }
  /// Everything but the positions that is integrated.
  var kicked: Range<Int> { coordinates..<2 * coordinates + integrated }
  var given: Range<Int> { 2 * coordinates + integrated..<bodyStart }
}
