/// ρ_i = Σ_j m_j W_ij, the particle itself included.
struct SummationDensity<L: PairLanes, D: SpaceDimension>: PairPass {
  let kernel: KernelLanes<L>
  let mass: UnsafePointer<L.Scalar>
  let density: UnsafeMutablePointer<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }
  @inline(__always) func center(_ place: Int) -> L { .zero }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout L) {
    center = L.fused(center, L.load(mass + first), kernel.value(separation.r))
  }

  @inline(__always) func finish(_ center: L, _ place: Int) { density[place] = center.total }
}

/// From a seed on the densities to the positions: Σ_j (ρ̄_i m_j + ρ̄_j m_i) W'_ij e/r.
struct SummationDensityAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var seed: L
    var mass: L
    var position: LaneVector<L, D>
  }

  let kernel: KernelLanes<L>
  let mass: UnsafePointer<L.Scalar>
  let seed: UnsafePointer<L.Scalar>
  /// Added to.
  let positionSeed: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }
  @inline(__always) func center(_ place: Int) -> Center {
    Center(seed: L.broadcast(seed[place]), mass: L.broadcast(mass[place]), position: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let weight = L.fused(center.seed * L.load(mass + first), center.mass, L.load(seed + first))
    center.position.add(separation.e, scaledBy: weight * kernel.slope(separation.r) / separation.r)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) { positionSeed.add(center.position, at: place) }
}
