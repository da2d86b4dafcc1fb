import DifferentiableCore

/// Walls whose density and velocity are those of the fluid at their mirror points.
extension ContinuityEngine {
  func takeFromMirrors(
    _ mirrorPoints: MirrorPoints, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double
  ) {
    let rest = system.fluid.restDensity
    mirrorPoints.find(
      grid, particles, parameters, densities: state + 2 * fluidCount * dimension, restDensity: rest,
      gravity: bodyForce.value(parameters, time: time))
    for s in 0..<count where fluid.pointer[s] == 0 {
      let i = Int(grid.order[s]), wall = i - fluidCount
      let density = rest + mirrorPoints.excess[wall]
      excess.pointer[s] = Scalar(mirrorPoints.excess[wall])
      pressure.pointer[s] = Scalar(scheme.pressure(density, restDensity: rest))
      volume.pointer[s] = Scalar(particles.masses[i] / density)
      guard mirrors.pointer[s] > 0 else { continue }
      let carried = mirrorPoints.carried + wall * dimension, own = particles.velocities + i * dimension
      mirrored.x.pointer[s] = Scalar(2 * own[0] - carried[0])
      if dimension > 1 { mirrored.y.pointer[s] = Scalar(2 * own[1] - carried[1]) }
      if dimension > 2 { mirrored.z.pointer[s] = Scalar(2 * own[2] - carried[2]) }
    }
  }

  /// From the seeds on density and mirrored velocity of walls; what is left of the latter counts as one on their velocity.
  func pullMirrors(
    _ mirrorPoints: MirrorPoints, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    gravity: inout [Double], gradient: UnsafeMutablePointer<Double>
  ) {
    guard let seeds = reverse?.seeds else { return }
    let walls = count - fluidCount
    var excessSeed = [Double](repeating: 0, count: walls)
    var carriedSeed = [Double](repeating: 0, count: walls * dimension)
    func turn(_ seed: SortedField<Scalar>, _ place: Int, _ entry: Int) {
      carriedSeed[entry] = -Double(seed.pointer[place])
      seed.pointer[place] *= 2
    }
    for s in 0..<grid.sortedCount where fluid.pointer[s] == 0 {
      let wall = Int(grid.order[s]) - fluidCount
      excessSeed[wall] = Double(seeds.density.pointer[s])
      guard mirrors.pointer[s] > 0 else { continue }
      turn(seeds.mirrored.x, s, wall * dimension)
      if dimension > 1 { turn(seeds.mirrored.y, s, wall * dimension + 1) }
      if dimension > 2 { turn(seeds.mirrored.z, s, wall * dimension + 2) }
    }
    mirrorPoints.pull(
      grid, particles, parameters, densities: state + 2 * fluidCount * dimension,
      restDensity: system.fluid.restDensity, gravity: bodyForce.value(parameters, time: time), excessSeed: excessSeed,
      carriedSeed: carriedSeed, gravitySeed: &gravity, gradient: gradient)
  }
}
