/// What keeps bodies out of walls and out of each other: particles of two solids nearer than one spacing d push each
/// other apart with S (1 - r/d)², S = ρ0 c² d^(D - 1), the strength of the fluid itself, where it has a speed of sound c. It has
/// a continuous derivative, and no friction.
struct ContactForce<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var solid: L
    var force: LaneVector<L, D>
  }

  let law: ContactLaw<L>
  /// Zero for fluid, one for walls, a number of its own for each body.
  let solid: UnsafePointer<L.Scalar>
  /// One for particles of bodies.
  let felt: UnsafePointer<L.Scalar>
  /// N
  let force: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { felt[place] > 0 }

  @inline(__always) func center(_ place: Int) -> Center { Center(solid: .broadcast(solid[place]), force: .zero) }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let other = L.load(solid + first), apart = center.solid - other
    center.force.add(
      separation.e, scaledBy: (other * apart * apart).isPositive * law.overDistance(separation.r))
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) { force.store(center.force, at: place) }
}

/// S (1 - r/d)²/r within d, and its derivative by r.
struct ContactLaw<L: PairLanes> {
  /// N
  let strength: L.Scalar
  /// 1/d
  let inverseReach: L.Scalar

  /// - Parameter speed: c, m/s.
  init(_ system: ParticleSystem, speed: Double) {
    let spacing = system.spacing
    var face = 1.0
    for _ in 1..<system.dimension { face *= spacing }
    strength = L.Scalar(system.fluid.restDensity * speed * speed * face)
    inverseReach = spacing > 0 ? L.Scalar(1 / spacing) : 0
  }

  @inline(__always) func depth(_ r: L) -> L {
    L.larger(.zero, L.broadcast(1) - r * L.broadcast(inverseReach))
  }

  @inline(__always) func overDistance(_ r: L) -> L {
    let depth = depth(r)
    return L.broadcast(strength) * depth * depth / r
  }

  @inline(__always) func slope(_ r: L) -> L {
    let depth = depth(r), inverse = L.broadcast(1) / r
    return L.broadcast(-strength) * depth * inverse * (L.broadcast(2 * inverseReach) + depth * inverse)
  }
}

/// The transposed derivative of `ContactForce`: each solid particle gathers the derivative of (φ_i - φ_j)·F_ij over its
/// pairs, with φ the seed on the force, zero for walls.
struct ContactForceAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var solid: L
    var seed: LaneVector<L, D>
    var sum: LaneVector<L, D>
  }

  let law: ContactLaw<L>
  let solid: UnsafePointer<L.Scalar>
  let seed: SortedVectors<L.Scalar>
  /// Added to.
  let positionSeed: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { solid[place] > 0 }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(solid: .broadcast(solid[place]), seed: seed.broadcast(place), sum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e
    let other = L.load(solid + first), apart = center.solid - other
    let counts = (other * apart * apart).isPositive
    let sigma: LaneVector<L, D> = center.seed - seed.load(first)
    center.sum.add(sigma, scaledBy: counts * law.overDistance(r))
    center.sum.add(e, scaledBy: counts * sigma.dot(e) * law.slope(r) / r)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) { positionSeed.add(center.sum, at: place) }
}
