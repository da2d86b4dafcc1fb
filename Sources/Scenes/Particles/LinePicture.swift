import DifferentiableCore
import SmoothedParticles

// What pictures show of particles: where they are, and on a line their density above it.
extension ParticleScene {
  /// The corners of what is shown, m; a line has half its length above it.
  var drawnBox: (lower: [Double], upper: [Double]) {
    let box = simulation.system.box
    if box.dimension > 1 { return (box.lower, box.upper) }
    return ([box.lower[0], 0], [box.upper[0], box.length(0) / 2])
  }

  /// Places, `[count, 2 or 3]` m, and speeds of the particles there are: those kept for an inlet are left out.
  func drawnFluid(_ state: DenseVector) -> (positions: [Double], speeds: [Double]) {
    let system = simulation.system
    let positions = drawnPositions(state), speeds = ParticleMeasures.speeds(state, system)
    if system.openFlow == nil { return (positions, speeds) }
    let start = simulation.densityStart, dimension = max(2, system.dimension)
    let there = speeds.indices.filter { state[start + $0] != 0 }
    return (there.flatMap { positions[$0 * dimension..<($0 + 1) * dimension] }, there.map { speeds[$0] })
  }

  /// `[particleCount, 2 or 3]`. `state` may as well be the parameters, which begin alike but have no densities.
  private func drawnPositions(_ state: DenseVector) -> [Double] {
    let system = simulation.system, n = system.particleCount
    if system.dimension > 1 { return Array(state.elements[..<(n * system.dimension)]) }
    let start = simulation.densityStart, isState = state.count == start + n
    // The densest at the start fills four fifths of the height.
    let scale = 0.4 * system.box.length(0) * spacing / (system.masses.max() ?? 1)
    return (0..<n).flatMap { [state[$0], scale * (isState ? state[start + $0] : system.masses[$0] / spacing)] }
  }
}
