/// (1 - q/2)^8 (1 + 4q + 25/4 q^2 + 4 q^3); support q < 2.
enum WendlandC6: KernelShape {
  @inline(__always) private static func bracket<L: PairLanes>(_ q: L) -> L {
    L.larger(L.fused(L.broadcast(1), L.broadcast(-0.5), q), .zero)
  }

  @inline(__always) static func value<L: PairLanes>(_ q: L) -> L {
    let a = bracket(q), a2 = a * a, a4 = a2 * a2
    let polynomial = L.fused(
      L.broadcast(1), q, L.fused(L.broadcast(4), q, L.fused(L.broadcast(6.25), L.broadcast(4), q)))
    return a4 * a4 * polynomial
  }

  // -(11/4) q (1 - q/2)^7 (2 + 7q + 8q^2)
  @inline(__always) static func slope<L: PairLanes>(_ q: L) -> L {
    let a = bracket(q), a2 = a * a
    let polynomial = L.fused(L.broadcast(2), q, L.fused(L.broadcast(7), L.broadcast(8), q))
    return L.broadcast(-2.75) * q * (a2 * a2 * a2 * a) * polynomial
  }

  @inline(__always) static func curvature<L: PairLanes>(_ q: L) -> L {
    let a = bracket(q), a2 = a * a
    // d/dq [q (2 + 7q + 8q²) a^7] = a^6 [ (2 + 14q + 24q²) a - 3.5 q (2 + 7q + 8q²) ]
    let rise = L.fused(L.broadcast(2), q, L.fused(L.broadcast(14), L.broadcast(24), q))
    let polynomial = L.fused(L.broadcast(2), q, L.fused(L.broadcast(7), L.broadcast(8), q))
    return L.broadcast(-2.75) * (a2 * a2 * a2) * L.fused(rise * a, L.broadcast(-3.5) * q, polynomial)
  }
}
