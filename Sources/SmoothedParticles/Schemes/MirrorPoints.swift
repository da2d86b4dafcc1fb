import DifferentiableCore

/// The density and the velocity that walls take from the fluid at their mirror points (ghost nodes): modified dynamic
/// boundary conditions. English, Domínguez, Vacondio, Crespo, Stansby, Lind, Chiapponi, Gómez-Gesteira, Comput. Part.
/// Mech. 9 (2022), section 3.
///
/// The wall particle at x_w has its mirror point at x_g = x_w - 2 φ ∇φ, with φ the distance to the wall's surface. There a
/// plane is fitted to the fluid by weighted least squares: c minimizes Σ_f w_f (P_f·c - q_f)² + Σ_k ε_k c_k², with w_f =
/// W(x_f - x_g) m_f/ρ0 and P_f = [1, (x_f - x_g)/h]. The paper leaves the slope out where the moments are near singular;
/// the ridge ε does it smoothly, so that what fluid comes to or leaves a point changes it without a jump. Of the density,
/// q_f is the excess over the rest density less what a fluid at rest has by its weight, k·(x_f - x_g) with k = ρ0 g/c²: it
/// is that slope, and not none, which few neighbours leave. The wall's density is the plane's at x_w, its
/// velocity in friction turns that at x_g around the wall's own (eq. 18 there).
final class MirrorPoints: @unchecked Sendable {
  typealias Vector = UnsafeMutablePointer<Double>

  private let dimension: Int
  private let fluidCount: Int
  private let wallCount: Int
  private let offset: Int
  private let h: Double
  private let support: Double
  private let kernel: KernelLanes<PairDoubles>
  private let restFactor: Double
  /// m/ρ0 of the fluid.
  private let volumes: [Double]
  /// Of each wall: the inverse of the matrix of moments, then the coefficients of the density and of each velocity.
  private let fits: Vector
  private let fitSize: Int
  /// ρ - ρ0 of walls, kg/m³.
  let excess: Vector
  /// The fluid's velocity at the mirror points, `[walls, dimension]`, m/s.
  let carried: Vector

  /// The derivative by positions and velocities of fluid and walls, `[count, dimension]`, and by the fluid's densities.
  private(set) var positionSeeds: [Double] = []
  private(set) var velocitySeeds: [Double] = []
  private(set) var densitySeeds: [Double] = []

  /// On the value and on slopes, to be compared with moments that are 1 and about 0.3 inside a fluid.
  private static let ridge = (value: 1e-4, slope: 0.01)

  /// Nil where the walls have no mirror points.
  init?(_ system: ParticleSystem, _ numerics: ParticleNumerics, soundSpeed: Double) {
    guard system.walls.mirrors != nil, let offset = ParameterOffsets(system).wallMirror else { return nil }
    self.offset = offset
    dimension = system.dimension
    fluidCount = system.particleCount
    wallCount = system.walls.count
    h = numerics.smoothingLength
    support = numerics.support
    kernel = KernelLanes(numerics.kernel, smoothingLength: h, dimension: system.dimension)
    let rest = system.fluid.restDensity
    restFactor = rest / (soundSpeed * soundSpeed)
    volumes = system.masses.map { $0 / rest }
    let unknowns = system.dimension + 1
    fitSize = 2 * unknowns * unknowns
    fits = .allocate(capacity: max(1, wallCount * fitSize))
    fits.initialize(repeating: 0, count: max(1, wallCount * fitSize))
    excess = .allocate(capacity: max(1, wallCount))
    excess.initialize(repeating: 0, count: max(1, wallCount))
    carried = .allocate(capacity: max(1, wallCount * dimension))
    carried.initialize(repeating: 0, count: max(1, wallCount * dimension))
  }

  deinit {
    fits.deallocate()
    excess.deallocate()
    carried.deallocate()
  }

  /// Fits all walls. `restDensity` is that of the fluid, `densities` are its particles'.
  func find(
    _ grid: CellGrid, _ particles: WalledParticles, _ parameters: UnsafePointer<Double>,
    densities: UnsafePointer<Double>, restDensity: Double, gravity: [Double]
  ) {
    let pieces = min(max(1, wallCount), 64)
    let shared = UncheckedShared((grid: grid, particles: particles, parameters: parameters, densities: densities))
    concurrentlyForEach(piece: pieces) { piece in
      for wall in piece * wallCount / pieces..<(piece + 1) * wallCount / pieces {
        fit(
          wall, shared.value.grid, shared.value.particles, shared.value.parameters, densities: shared.value.densities,
          restDensity: restDensity, gravity: gravity)
      }
    }
  }

  private func fit(
    _ wall: Int, _ grid: CellGrid, _ particles: WalledParticles, _ parameters: UnsafePointer<Double>,
    densities: UnsafePointer<Double>, restDensity: Double, gravity: [Double]
  ) {
    let n = dimension + 1, moments = fits + wall * fitSize, coefficients = moments + n * n
    moments.update(repeating: 0, count: fitSize)
    forEachNeighbour(of: wall, grid, particles, parameters) { i, weight, terms, e in
      let w = weight.value
      for a in 0..<n {
        for b in 0..<n { moments[a * n + b] += w * terms[a] * terms[b] }
        let share = w * terms[a]
        coefficients[a] += share * (densities[i] - restDensity - restGradient(gravity, along: e))
        for axis in 0..<dimension {
          coefficients[(axis + 1) * n + a] += share * particles.velocities[i * dimension + axis]
        }
      }
    }
    moments[0] += Self.ridge.value
    for a in 1..<n { moments[a * n + a] += Self.ridge.slope }
    Self.invert(moments, n)
    for field in 0..<n { Self.multiply(moments, coefficients + field * n, n) }
    let mirror = parameters + offset + wall * dimension
    var found = coefficients[0]
    for axis in 0..<dimension {
      found -= coefficients[1 + axis] * mirror[axis] / h + restFactor * gravity[axis] * mirror[axis]
      carried[wall * dimension + axis] = coefficients[(axis + 1) * n]
    }
    excess[wall] = found
  }

  /// From seeds on what `find` found to what it depends on; positions and velocities are left in fields.
  ///
  /// - Parameters:
  ///   - excessSeed: one a wall.
  ///   - carriedSeed: `[walls, dimension]`.
  ///   - gravitySeed: is added to.
  ///   - gradient: of the parameters; is added to.
  func pull(
    _ grid: CellGrid, _ particles: WalledParticles, _ parameters: UnsafePointer<Double>,
    densities: UnsafePointer<Double>, restDensity: Double, gravity: [Double], excessSeed: [Double],
    carriedSeed: [Double], gravitySeed: inout [Double], gradient: Vector
  ) {
    let n = dimension + 1, d = dimension
    positionSeeds = [Double](repeating: 0, count: (fluidCount + wallCount) * d)
    velocitySeeds = [Double](repeating: 0, count: fluidCount * d)
    densitySeeds = [Double](repeating: 0, count: fluidCount)
    // λ = M⁻¹ Q of each field, times its seed.
    var lambda = [Double](repeating: 0, count: n * n)
    for wall in 0..<wallCount {
      let onExcess = excessSeed[wall]
      if onExcess == 0, (0..<d).allSatisfy({ carriedSeed[wall * d + $0] == 0 }) { continue }
      let inverse = fits + wall * fitSize, coefficients = inverse + n * n
      let mirror = parameters + offset + wall * d, mirrorGradient = gradient + offset + wall * d
      for a in 0..<n {
        var sum = inverse[a * n]
        for axis in 0..<d { sum -= inverse[a * n + 1 + axis] * mirror[axis] / h }
        lambda[a] = onExcess * sum
        for axis in 0..<d { lambda[(axis + 1) * n + a] = carriedSeed[wall * d + axis] * inverse[a * n] }
      }
      for axis in 0..<d {
        mirrorGradient[axis] -= onExcess * (coefficients[1 + axis] / h + restFactor * gravity[axis])
        gravitySeed[axis] -= onExcess * restFactor * mirror[axis]
      }
      forEachNeighbour(of: wall, grid, particles, parameters) { i, weight, terms, e in
        var onWeight = 0.0
        var onTerms = SIMD4<Double>.zero, onPlace = SIMD3<Double>.zero
        for field in 0..<n {
          var worth = 0.0, fitted = 0.0
          for a in 0..<n {
            worth += lambda[field * n + a] * terms[a]
            fitted += coefficients[field * n + a] * terms[a]
          }
          let value =
            field == 0
            ? densities[i] - restDensity - restGradient(gravity, along: e) : particles.velocities[i * d + field - 1]
          let miss = value - fitted
          onWeight += worth * miss
          for a in 0..<n {
            onTerms[a] += weight.value * (lambda[field * n + a] * miss - worth * coefficients[field * n + a])
          }
          let onValue = weight.value * worth
          if field == 0 {
            densitySeeds[i] += onValue
            for axis in 0..<d {
              onPlace[axis] -= onValue * restFactor * gravity[axis]
              gravitySeed[axis] -= onValue * restFactor * e[axis]
            }
          } else {
            velocitySeeds[i * d + field - 1] += onValue
          }
        }
        for axis in 0..<d {
          let seed = onPlace[axis] + onTerms[1 + axis] / h + onWeight * weight.slopeOverDistance * e[axis]
          positionSeeds[i * d + axis] += seed
          positionSeeds[(fluidCount + wall) * d + axis] -= seed
          mirrorGradient[axis] -= seed
        }
      }
    }
  }

  // MARK: - Sums

  /// ρ0 g·e/c²
  @inline(__always)
  private func restGradient(_ gravity: [Double], along e: SIMD3<Double>) -> Double {
    var sum = 0.0
    for axis in 0..<dimension { sum += gravity[axis] * e[axis] }
    return restFactor * sum
  }

  /// Fluid within the support of a mirror point: its number, its weight with the slope over the distance, its terms
  /// [1, e/h] and e, from the mirror point to it.
  @inline(__always)
  private func forEachNeighbour(
    of wall: Int, _ grid: CellGrid, _ particles: WalledParticles, _ parameters: UnsafePointer<Double>,
    _ body: (
      _ particle: Int, _ weight: (value: Double, slopeOverDistance: Double), _ terms: SIMD4<Double>,
      _ e: SIMD3<Double>
    ) -> Void
  ) {
    let d = dimension, place = particles.positions + (fluidCount + wall) * d
    let mirror = parameters + offset + wall * d
    withUnsafeTemporaryAllocation(of: Double.self, capacity: d) { point in
      for axis in 0..<d { point[axis] = place[axis] + mirror[axis] }
      grid.order.withUnsafeBufferPointer { order in
        grid.visit(around: UnsafePointer(point.baseAddress!)) { sorted, shift in
          let i = Int(order[sorted])
          if i >= fluidCount { return }
          var e = SIMD3<Double>.zero, square = 0.0
          for axis in 0..<d {
            e[axis] = particles.positions[i * d + axis] + shift[axis] - point[axis]
            square += e[axis] * e[axis]
          }
          if square >= support * support { return }
          let r = PairDoubles.broadcast(max(square, 1e-24 * support * support).squareRoot())
          let volume = volumes[i]
          var terms = SIMD4<Double>(1, 0, 0, 0)
          for axis in 0..<d { terms[1 + axis] = e[axis] / h }
          body(i, (volume * kernel.value(r).v[0], volume * kernel.slope(r).v[0] / r.v[0]), terms, e)
        }
      }
    }
  }

  /// Of a symmetric positive definite matrix, in place: Gauss and Jordan's way needs no pivots there.
  private static func invert(_ matrix: Vector, _ n: Int) {
    for k in 0..<n {
      let pivot = 1 / matrix[k * n + k]
      matrix[k * n + k] = 1
      for j in 0..<n { matrix[k * n + j] *= pivot }
      for i in 0..<n where i != k {
        let factor = matrix[i * n + k]
        matrix[i * n + k] = 0
        for j in 0..<n { matrix[i * n + j] -= factor * matrix[k * n + j] }
      }
    }
  }

  private static func multiply(_ matrix: Vector, _ vector: Vector, _ n: Int) {
    var product = SIMD4<Double>.zero
    for i in 0..<n {
      for j in 0..<n { product[i] += matrix[i * n + j] * vector[j] }
    }
    for i in 0..<n { vector[i] = product[i] }
  }
}
