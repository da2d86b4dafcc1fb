import Foundation
import SmoothedParticles

/// Gas in a periodic box of length 1 (and 1 x 1 in the plane).
public enum GasSample {
  /// On a lattice with a sound wave in it: densities by the particles' masses.
  public static func system(_ m: Int, dimension: Int, speed: Double = 0.3) -> ParticleSystem {
    let spacing = 1 / Double(m)
    var positions: [Double] = [], velocities: [Double] = [], masses: [Double] = [], energies: [Double] = []
    for j in 0..<(dimension > 1 ? m : 1) {
      for i in 0..<m {
        let place = [i, j].prefix(dimension).map { (Double($0) + 0.5) * spacing }
        let phase = 2 * Double.pi * place[0]
        positions += place
        velocities += [speed * sin(phase), 0.1 * cos(phase)].prefix(dimension)
        masses.append(pow(spacing, Double(dimension)) * (1 + 0.2 * sin(phase)))
        energies.append(2 + 0.3 * cos(phase))
      }
    }
    return ParticleSystem(
      box: ParticleBox(
        lower: [Double](repeating: 0, count: dimension), upper: [Double](repeating: 1, count: dimension),
        isPeriodic: [Bool](repeating: true, count: dimension)),
      fluid: FluidPhase(restDensity: 1, gas: IdealGas(internalEnergies: energies)), masses: masses,
      positions: positions, velocities: velocities)
  }

  /// Sod's tube, mirrored so that the box is periodic: dense gas between -1/2 and 1/2. Particles of equal distances.
  ///
  /// - Parameter m: particles a metre, even.
  public static func sod(_ m: Int) -> ParticleSystem {
    let positions = (0..<2 * m).map { (Double($0) + 0.5) / Double(m) - 1 }
    let isDense = positions.map { abs($0) < 0.5 }
    return ParticleSystem(
      box: ParticleBox(lower: [-1], upper: [1], isPeriodic: [true]),
      fluid: FluidPhase(restDensity: 1, gas: IdealGas(internalEnergies: isDense.map { $0 ? 2.5 : 2 })),
      masses: isDense.map { ($0 ? 1 : 0.125) / Double(m) }, positions: positions,
      velocities: [Double](repeating: 0, count: positions.count))
  }
}
