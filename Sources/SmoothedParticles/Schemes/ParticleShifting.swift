/// Particles that drift a little towards where there are few of them, so that they stay evenly spread.
///
/// Positions follow v + w with w_i = -κ h c Σ_j V_j (1 + R (W/W(d))⁴) ∇W, V = m/ρ0 and d the particles' spacing: in even
/// order w is zero. With R = 0 this is the transport by a background pressure of Adami, Hu, Adams, J. Comput. Phys. 241
/// (2013); R = 0.2 is that of Sun, Colagrossi, Marrone, Zhang, Comput. Methods Appl. Mech. Eng. 315 (2017). The momentum
/// that w carries is accounted for between pairs, so that the whole is conserved.
///
/// For flows that fill their domain: at a free surface w would push particles out.
public struct ParticleShifting: Sendable, Equatable {
  /// κ
  public var strength: Double
  /// R, against particles that pair up.
  public var pairing: Double

  public init(strength: Double = 0.25, pairing: Double = 0.2) {
    self.strength = strength
    self.pairing = pairing
  }

  /// The transport velocity of Adami, Hu, Adams (2013), eqs. 13 and 14: positions follow v - τ p_b/ρ0 Σ_j 2 V_j ∇W, what the
  /// background pressure p_b adds in the acoustic step τ = h/(4c), at equal volumes. τ is held so that the step's length
  /// changes nothing.
  ///
  /// - Parameter backgroundPressure: p_b over ρ0 c²; the paper's is of the size of one.
  public static func transportVelocity(backgroundPressure: Double = 1) -> ParticleShifting {
    ParticleShifting(strength: 0.5 * backgroundPressure, pairing: 0)
  }
}

/// The sum of `ParticleShifting`.
struct ShiftVelocity<L: PairLanes, D: SpaceDimension>: PairPass {
  let weights: ShiftWeights<L>
  /// m/ρ0
  let volume: UnsafePointer<L.Scalar>
  /// One for particles that move, zero for walls.
  let fluid: UnsafePointer<L.Scalar>
  /// w, m/s
  let shift: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }
  @inline(__always) func center(_ place: Int) -> LaneVector<L, D> { .zero }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout LaneVector<L, D>) {
    center.add(separation.e, scaledBy: L.load(volume + first) * weights.value(separation.r))
  }

  @inline(__always) func finish(_ center: LaneVector<L, D>, _ place: Int) {
    shift.store(center * L.broadcast(fluid[place]), at: place)
  }
}

/// -κ h c (1 + R (W/W(d))⁴) W'/r and its derivative by r.
struct ShiftWeights<L: PairLanes> {
  let kernel: KernelLanes<L>
  /// -κ h c, m²/s
  let factor: L.Scalar
  /// R/W(d)⁴
  let pairing: L.Scalar

  @inline(__always) func value(_ r: L) -> L {
    let w = kernel.value(r), square = w * w
    return L.broadcast(factor) * L.fused(L.broadcast(1), L.broadcast(pairing) * square, square) * kernel.slope(r) / r
  }

  @inline(__always) func slope(_ r: L) -> L {
    let w = kernel.value(r), square = w * w, pairing = L.broadcast(self.pairing)
    let inverse = L.broadcast(1) / r
    let fall = kernel.slope(r), weight = fall * inverse
    let direct = L.fused(L.broadcast(1), pairing * square, square) * (kernel.curvature(r) - weight) * inverse
    return L.broadcast(factor) * L.fused(direct, L.broadcast(4) * pairing * square * w, fall * weight)
  }
}

/// What particles carry with them when they shift: a_i = Σ_j V_j W'/r (v_i w_i·e + v_j w_j·e).
///
/// The divergence of v w. Adami, Hu, Adams (2013), eq. 14, with V_i V_j for their mean of squares.
struct ShiftedMomentum<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var shift: LaneVector<L, D>
    var sum: LaneVector<L, D>
  }

  let kernel: KernelLanes<L>
  let volume: UnsafePointer<L.Scalar>
  let fluid: UnsafePointer<L.Scalar>
  let velocity: SortedVectors<L.Scalar>
  let shift: SortedVectors<L.Scalar>
  /// m/s²
  let acceleration: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { fluid[place] > 0 }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(velocity: velocity.broadcast(place), shift: shift.broadcast(place), sum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let weight = L.load(volume + first) * kernel.slope(separation.r) / separation.r
    center.sum.add(center.velocity, scaledBy: weight * center.shift.dot(separation.e))
    let shift: LaneVector<L, D> = self.shift.load(first)
    center.sum.add(velocity.load(first), scaledBy: weight * shift.dot(separation.e))
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) { acceleration.store(center.sum, at: place) }
}
