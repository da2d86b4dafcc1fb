/// Acceleration by pressure and laminar viscosity between particles whose density is summed.
///
/// m_i a_i = Σ_j (V_i² + V_j²) W'_ij [ -p̃ e + η̃ (v_i - v_j) ] / r with V = m/ρ, p̃ = (ρ_j p_i + ρ_i p_j)/(ρ_i + ρ_j) and
/// η̃ = 2 η_i η_j/(η_i + η_j), η = ν ρ. Adami, Hu, Adams, J. Comput. Phys. 241 (2013), eqs. 6–8, for one kinematic
/// viscosity ν: then both means share the denominator ρ_i + ρ_j.
struct PressureViscosityForce<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var density: L
    var pressure: L
    var squaredVolume: L
    /// 2νρ
    var twiceShear: L
    /// By pressure, with the sign turned.
    var push: LaneVector<L, D>
    var drag: LaneVector<L, D>
  }

  let kernel: KernelLanes<L>
  /// 2ν, m²/s
  let twiceViscosity: L.Scalar
  let velocity: SortedVectors<L.Scalar>
  let density: UnsafePointer<L.Scalar>
  let pressure: UnsafePointer<L.Scalar>
  let squaredVolume: UnsafePointer<L.Scalar>
  /// m a, N.
  let force: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      velocity: velocity.broadcast(place), density: .broadcast(density[place]), pressure: .broadcast(pressure[place]),
      squaredVolume: .broadcast(squaredVolume[place]), twiceShear: .broadcast(twiceViscosity * density[place]),
      push: .zero, drag: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let density = L.load(self.density + first)
    let weight =
      (center.squaredVolume + L.load(squaredVolume + first)) * kernel.slope(separation.r)
      / (separation.r * (center.density + density))
    let pressures = L.fused(density * center.pressure, center.density, L.load(pressure + first))
    let viscous = center.twiceShear * density
    center.push.add(separation.e, scaledBy: weight * pressures)
    center.drag.add(center.velocity - velocity.load(first), scaledBy: weight * viscous)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) { force.store(center.drag - center.push, at: place) }
}

/// The transposed derivative of `PressureViscosityForce`.
///
/// The force is antisymmetric, so that Σ s·F/m = Σ_pairs φ with φ = (s_i/m_i - s_j/m_j)·F_ij, the same number seen from
/// either side; each particle gathers the derivative of its own pairs.
struct PressureViscosityForceAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var seed: LaneVector<L, D>
    var density: L
    var pressure: L
    var squaredVolume: L
    var positionSum: LaneVector<L, D>
    var velocitySum: LaneVector<L, D>
    var densitySum: L
    var pressureSum: L
    var volumeSum: L
    var viscositySum: L
  }

  let kernel: KernelLanes<L>
  let twiceViscosity: L.Scalar
  let velocity: SortedVectors<L.Scalar>
  let density: UnsafePointer<L.Scalar>
  let pressure: UnsafePointer<L.Scalar>
  let squaredVolume: UnsafePointer<L.Scalar>
  /// Seed on the acceleration over the mass.
  let seed: SortedVectors<L.Scalar>
  /// dp/dρ of each particle.
  let pressureSlope: UnsafePointer<L.Scalar>

  let positionSeed: SortedVectors<L.Scalar>
  let velocitySeed: SortedVectors<L.Scalar>
  /// With the pressure's and the volume's share.
  let densitySeed: UnsafeMutablePointer<L.Scalar>
  /// The pairs' derivative by ν; each pair is seen twice.
  let viscositySeed: UnsafeMutablePointer<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      velocity: velocity.broadcast(place), seed: seed.broadcast(place), density: .broadcast(density[place]),
      pressure: .broadcast(pressure[place]), squaredVolume: .broadcast(squaredVolume[place]), positionSum: .zero,
      velocitySum: .zero, densitySum: .zero, pressureSum: .zero, volumeSum: .zero, viscositySum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e
    let density = L.load(self.density + first), pressure = L.load(self.pressure + first)
    let densities = center.density + density
    let inverse = L.broadcast(1) / (r * densities)  // 1/(r Σρ)
    let slope = kernel.slope(r)
    let volumes = center.squaredVolume + L.load(squaredVolume + first)
    let slopeOverR = slope * (inverse * densities)
    let weightless = slope * inverse
    let weight = volumes * weightless
    let sigma: LaneVector<L, D> = center.seed - seed.load(first)
    let alpha = sigma.dot(e)
    let beta = sigma.dot(center.velocity - velocity.load(first))
    let twiceViscosity = L.broadcast(self.twiceViscosity)
    let product = center.density * density
    let viscous = twiceViscosity * product
    let pressures = L.fused(density * center.pressure, center.density, pressure)
    let bracket = viscous * beta - pressures * alpha
    center.velocitySum.add(sigma, scaledBy: weight * viscous)
    center.positionSum.add(sigma, scaledBy: -(weight * pressures))
    let radial = bracket * volumes * inverse * (kernel.curvature(r) - slopeOverR) * (inverse * densities)
    center.positionSum.add(e, scaledBy: radial)
    center.volumeSum = L.fused(center.volumeSum, weightless, bracket)
    let explicit = twiceViscosity * density * beta - pressure * alpha - bracket * (inverse * r)
    center.densitySum = L.fused(center.densitySum, weight, explicit)
    center.pressureSum = center.pressureSum - weight * (density * alpha)
    center.viscositySum = L.fused(center.viscositySum, weight * product, beta)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    positionSeed.store(center.positionSum, at: place)
    velocitySeed.store(center.velocitySum, at: place)
    let volume = center.volumeSum.total * squaredVolume[place] * -2 / density[place]
    densitySeed[place] = center.densitySum.total + pressureSlope[place] * center.pressureSum.total + volume
    viscositySeed[place] = center.viscositySum.total
  }
}
