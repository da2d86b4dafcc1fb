/// The pressure solves of a step of `IncompressibleScheme`.
public enum PressureSolves: String, Sendable, CaseIterable {
  /// One for the density, one for the divergence: DFSPH. Bender & Koschier (2015).
  case densityAndDivergence = "density-and-divergence"
  /// One for the density alone: IISPH. Ihmsen, Cornelis, Solenthaler, Horvath, Teschner, IEEE Trans. Vis. Comput. Graph. 20
  /// (2014). The system is theirs, eq. 6, with κ_i/m_i = dt p_i/ρ_i² and the density of rest in the place of ρ_i.
  case density
}

/// How the pressure's systems are solved. Each ends on the same residual.
public enum PressureIteration: Sendable, Equatable {
  /// Conjugate gradients, between faces of the bound where pressures are cut at zero.
  case conjugateGradients
  /// x += ω (b - A x)/diag A, cut at zero where pressures are: what IISPH does, with ω = 1/2. Each iteration costs what one
  /// of conjugate gradients costs, and a filled box needs many more of them. The adjoint is solved by conjugate gradients
  /// in either case: it belongs to the solution, not to the way to it.
  case relaxedJacobi(weight: Double)
}

/// The diagonal of D M⁻¹ Dᵀ: |Σ_j m_j ∇W|²/m_i + Σ_j m_j |∇W|², the second over fluid alone.
struct PressureDiagonal<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var slope: LaneVector<L, D>
    var squares: L
  }

  let kernel: KernelLanes<L>
  let mass: UnsafePointer<L.Scalar>
  let inverseMass: UnsafePointer<L.Scalar>
  let fluid: UnsafePointer<L.Scalar>
  let diagonal: UnsafeMutablePointer<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { fluid[place] > 0 }
  @inline(__always) func center(_ place: Int) -> Center { Center(slope: .zero, squares: .zero) }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let mass = L.load(self.mass + first)
    let slope = separation.e * (kernel.slope(separation.r) / separation.r)
    center.slope.add(slope, scaledBy: mass)
    center.squares = L.fused(center.squares, mass * L.load(fluid + first), slope.dot(slope))
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    let x = center.slope.x.total, y = center.slope.y.total, z = D.count == 3 ? center.slope.z.total : 0
    diagonal[place] = inverseMass[place] * (x * x + y * y + z * z) + center.squares.total
  }
}
