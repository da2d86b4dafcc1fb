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

  /// Sod's tube, mirrored so that the box is periodic: dense gas between -1/2 and 1/2. Particles of equal masses.
  ///
  /// - Parameter dense: particles in the dense half, a multiple of eight.
  public static func sod(dense: Int) -> ParticleSystem {
    let mass = 1 / Double(dense), thin = dense / 8
    var positions: [Double] = [], energies: [Double] = []
    func fill(_ from: Double, _ count: Int, energy: Double) {
      for k in 0..<count { positions.append(from + (Double(k) + 0.5) * 0.5 / Double(count)) }
      energies += [Double](repeating: energy, count: count)
    }
    fill(-1, thin / 2, energy: 2)
    fill(-0.5, dense / 2, energy: 2.5)
    fill(0, dense / 2, energy: 2.5)
    fill(0.5, thin / 2, energy: 2)
    return ParticleSystem(
      box: ParticleBox(lower: [-1], upper: [1], isPeriodic: [true]),
      fluid: FluidPhase(restDensity: 1, gas: IdealGas(internalEnergies: energies)),
      masses: [Double](repeating: mass, count: positions.count), positions: positions,
      velocities: [Double](repeating: 0, count: positions.count))
  }
}
