/// The renormalized gradient of the density among fluid particles, and the diffusion that leaves it alone.
///
/// g_i = (M_i + ε)⁻¹ Σ_j V_j (ρ_j - ρ_i) ∇W with M_i = Σ_j V_j (x_j - x_i) ∇W, exact for a density linear in space up to a
/// small ε that keeps M invertible where a particle has few neighbours. Antuono, Colagrossi, Marrone, Molteni, Comput.
/// Phys. Commun. 181 (2010); Randles, Libersky, Comput. Methods Appl. Mech. Eng. 139 (1996).
struct DensityGradient<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var excess: L
    var slope: LaneVector<L, D>
    /// The rows of -M; symmetric.
    var first: LaneVector<L, D>
    var second: LaneVector<L, D>
    var third: LaneVector<L, D>
  }

  let kernel: KernelLanes<L>
  /// m/ρ of fluid, zero of walls.
  let volume: UnsafePointer<L.Scalar>
  let excess: UnsafePointer<L.Scalar>
  /// Stored: g, kg/m⁴.
  let gradient: SortedVectors<L.Scalar>
  /// Stored: (M + ε)⁻¹.
  let inverses: SymmetricMatrices<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { volume[place] > 0 }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(excess: .broadcast(excess[place]), slope: .zero, first: .zero, second: .zero, third: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let e = separation.e
    let weight = L.load(volume + first) * kernel.slope(separation.r) / separation.r
    center.slope.add(e, scaledBy: weight * (L.load(excess + first) - center.excess))
    center.first.add(e, scaledBy: weight * e.x)
    center.second.add(e, scaledBy: weight * e.y)
    if D.count == 3 { center.third.add(e, scaledBy: weight * e.z) }
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    inverses.storeInverse(
      xx: -Double(center.first.x.total), yy: -Double(center.second.y.total),
      zz: D.count == 3 ? -Double(center.third.z.total) : 1, yz: D.count == 3 ? -Double(center.second.z.total) : 0,
      xz: D.count == 3 ? -Double(center.first.z.total) : 0, xy: -Double(center.first.y.total), at: place)
    gradient.store(center.slope, at: place)
    inverses.multiply(gradient, at: place)
  }
}

/// dρ_i/dt += -δ h c Σ_j V_j (g_i + g_j)·e W'/r: with the diffusion towards the neighbours' density it makes the one of
/// Antuono et al. (2010).
struct GradientDiffusion<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var gradient: LaneVector<L, D>
    var sum: L
  }

  let kernel: KernelLanes<L>
  /// δ h c, m²/s
  let strength: L.Scalar
  let volume: UnsafePointer<L.Scalar>
  let gradient: SortedVectors<L.Scalar>
  /// Added to.
  let densityRate: UnsafeMutablePointer<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { volume[place] > 0 }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(gradient: gradient.broadcast(place), sum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let weight = L.load(volume + first) * kernel.slope(separation.r) / separation.r
    let both = center.gradient + gradient.load(first)
    center.sum = L.fused(center.sum, weight, both.dot(separation.e))
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) { densityRate[place] -= strength * center.sum.total }
}

/// A symmetric matrix a particle, in sorted order.
struct SymmetricMatrices<Scalar: ParticleScalar>: Sendable {
  let diagonal: SortedVectors<Scalar>
  /// yz, xz, xy
  let mixed: SortedVectors<Scalar>
  let is3D: Bool

  init(count: Int, dimension: Int) {
    diagonal = SortedVectors(count: count, dimension: dimension)
    mixed = SortedVectors(count: count, dimension: 3)
    is3D = dimension > 2
  }

  /// Of the matrix with a little added on its diagonal.
  func storeInverse(xx: Double, yy: Double, zz: Double, yz: Double, xz: Double, xy: Double, at place: Int) {
    let little = 1e-3
    let a = xx + little, b = yy + little, c = zz + little
    let bc = b * c - yz * yz, ac = a * c - xz * xz, ab = a * b - xy * xy
    let across = xz * yz - xy * c, inverse = 1 / (a * bc + xy * across + xz * (xy * yz - b * xz))
    diagonal.x.pointer[place] = Scalar(bc * inverse)
    diagonal.y.pointer[place] = Scalar(ac * inverse)
    if is3D { diagonal.z.pointer[place] = Scalar(ab * inverse) }
    mixed.x.pointer[place] = Scalar((xy * xz - a * yz) * inverse)
    mixed.y.pointer[place] = Scalar((xy * yz - b * xz) * inverse)
    mixed.z.pointer[place] = Scalar(across * inverse)
  }

  /// Replaces a vector by its product with the matrix.
  func multiply(_ vectors: SortedVectors<Scalar>, at place: Int) {
    let x = vectors.x.pointer[place], y = vectors.y.pointer[place], xy = mixed.z.pointer[place]
    var u = diagonal.x.pointer[place] * x + xy * y
    var v = xy * x + diagonal.y.pointer[place] * y
    if is3D {
      let z = vectors.z.pointer[place], yz = mixed.x.pointer[place], xz = mixed.y.pointer[place]
      u += xz * z
      v += yz * z
      vectors.z.pointer[place] = xz * x + yz * y + diagonal.z.pointer[place] * z
    }
    vectors.x.pointer[place] = u
    vectors.y.pointer[place] = v
  }
}
