import DifferentiableCore

/// What no step may end with.
extension ParticleSimulation {
  /// A gas cannot be colder than cold.
  func checkEnergies(_ state: DenseVector) throws(SolveFailure) {
    let first = 2 * system.particleCount * system.dimension
    guard let particle = (0..<system.particleCount).first(where: { !(state[first + $0] > 0) }) else { return }
    let place = (0..<system.dimension).map { "\(state[particle * system.dimension + $0])" }.joined(separator: ", ")
    throw SolveFailure(
      .diverged,
      "the internal energy of particle \(particle) at (\(place)) m fell to \(state[first + particle]) J/kg; a shorter time step or more artificial viscosity helps"
    )
  }

  /// A weakly compressible flow faster than sound has blown up.
  func checkSpeeds(_ state: DenseVector) throws(SolveFailure) {
    let fastest = fastestSpeed(state)
    if fastest.isFinite, fastest <= scheme.soundSpeed { return }
    let dimension = system.dimension, start = system.particleCount * dimension
    let particle = (0..<system.particleCount).first { i in
      let square = (0..<dimension).reduce(0.0) {
        $0 + state[start + i * dimension + $1] * state[start + i * dimension + $1]
      }
      return !(square.squareRoot() < fastest)
    }
    guard let particle else { return }
    func short(_ value: Double) -> String { value.isFinite ? "\((value * 1e4).rounded() / 1e4)" : "\(value)" }
    let place = (0..<dimension).map { short(state[particle * dimension + $0]) }.joined(separator: ", ")
    throw SolveFailure(
      .diverged,
      "the flow blew up: particle \(particle) moves at \(short(fastest)) m/s at (\(place)) m, faster than sound at \(scheme.soundSpeed) m/s"
    )
  }
}
