import Foundation
import SmoothedParticles

/// A basin, periodic along x (and z), with a block that swims in it.
public enum FloatingBodySample {
  /// - Parameters:
  ///   - along: particles along the periodic axes.
  ///   - deep: particles from the floor to the surface of the water, whose depth is 1 m.
  ///   - block: size of the block, in particles along each axis.
  ///   - under: layers of the block below the surface at the start.
  ///   - densityRatio: of the block and the water.
  public static func system(
    along: Int, deep: Int, block: [Int], under: Int, densityRatio: Double, gravity: [Double], soundSpeed: Double,
    viscosity: Double = 0, friction: WallFriction = .freeSlip
  ) -> ParticleSystem {
    var system = ChannelSample.system(
      along: along, across: deep, viscosity: viscosity, gravity: gravity, hasLid: false, friction: friction)
    let dimension = gravity.count, spacing = 1 / Double(deep)
    let first = (0..<dimension).map { $0 == 1 ? deep - under : (along - block[$0]) / 2 }
    func isInBlock(_ place: ArraySlice<Double>) -> Bool {
      zip(place, 0..<dimension).allSatisfy { x, axis in
        let cell = Int((x / spacing).rounded(.down))
        return (first[axis]..<first[axis] + block[axis]).contains(cell)
      }
    }
    let places = stride(from: 0, to: system.positions.count, by: dimension).map {
      system.positions[$0..<$0 + dimension]
    }
    let kept = places.filter { !isInBlock($0) }
    system.positions = kept.flatMap { Array($0) }
    let volume = pow(spacing, Double(dimension))
    system.masses = [Double](repeating: volume, count: kept.count)
    system.velocities = [Double](repeating: 0, count: system.positions.count)
    system.densities = kept.map {
      EquationOfState.tait(exponent: 7).density(
        atPressure: -gravity[1] * (1 - $0[$0.startIndex + 1]), restDensity: 1, soundSpeed: soundSpeed)
    }
    var cells: [Double] = []
    for k in 0..<(dimension > 2 ? block[2] : 1) {
      for j in 0..<block[1] {
        for i in 0..<block[0] {
          let cell = [i, j, k]
          for axis in 0..<dimension { cells.append((Double(first[axis] + cell[axis]) + 0.5) * spacing) }
        }
      }
    }
    system.box.upper[1] = 2
    system.bodies = [
      RigidBody("block", filling: cells, dimension: dimension, cellVolume: volume, density: densityRatio)
    ]
    return system
  }
}
