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

  /// The density at rest under the surface beyond an outlet, kg/m³, its slope by the pressure, s²/m², and the depth, m,
  /// below zero and the slope zero where there is no pressure.
  func hydrostatic(_ particle: Int, _ gravity: [Double]) -> (density: Double, slope: Double, depth: Double) {
    let rest = system.fluid.restDensity, place = UnsafePointer(particles.positions) + particle * dimension
    guard dimension > 1, let surface = openFlow?.surface(over: place) else { return (rest, 0, -1) }
    let depth = surface - place[1], pressure = -gravity[1] * rest * depth
    if depth <= 0 || pressure <= 0 { return (rest, 0, -1) }
    let equation = scheme.equationOfState, c = scheme.soundSpeed
    return (
      equation.density(atPressure: pressure, restDensity: rest, soundSpeed: c),
      equation.densitySlope(atPressure: pressure, restDensity: rest, soundSpeed: c), depth
    )
  }

  /// The rates of a particle that enters, leaves or is parked.
  func holdOpen<Part: ContinuityPart>(
    _ particle: Int, place: Int, density: Double, gravity: [Double], _ part: Part.Type,
    into rates: UnsafeMutablePointer<Double>
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
    case .leaving: aim = hydrostatic(particle, gravity).density
    case .inside, .parked: aim = density
    }
    rates[2 * coordinates + particle] = pace * (aim - density)
  }
}
