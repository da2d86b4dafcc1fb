/// What a step does with particles that enter, leave or wait, beside those that flow; see `OpenFlow`.
extension ContinuityEngine {
  /// False for what enters, whose pressure is extrapolated as that of walls, and for what is parked.
  func isInFlow(_ particle: Int) -> Bool {
    roles.isEmpty || roles[particle] == .inside || roles[particle] == .leaving
  }

  /// False for what the forces do not move.
  func isFree(_ particle: Int) -> Bool { roles.isEmpty || roles[particle] == .inside }

  /// How fast the density beyond a plane follows what it should be, 1/s.
  var pace: Double { scheme.soundSpeed / numerics.smoothingLength }

  /// The rates of a particle that enters, leaves or is parked.
  func holdOpen<Part: ContinuityPart>(
    _ particle: Int, place: Int, density: Double, _ part: Part.Type, into rates: UnsafeMutablePointer<Double>
  ) {
    let coordinates = fluidCount * dimension
    if Part.hasForce {
      for axis in 0..<dimension { rates[coordinates + particle * dimension + axis] = 0 }
    }
    guard Part.hasDensity else { return }
    let rest = system.fluid.restDensity
    let aim: Double
    switch roles[particle] {
    case .entering: aim = rest + Double(excess.pointer[place])
    case .leaving: aim = rest
    case .inside, .parked: aim = density
    }
    rates[2 * coordinates + particle] = pace * (aim - density)
  }
}
