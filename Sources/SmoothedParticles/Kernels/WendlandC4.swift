/// (1 - q/2)^6 (1 + 3q + 35/12 q^2); support q < 2.
enum WendlandC4: KernelShape {
  @inline(__always) private static func bracket<L: PairLanes>(_ q: L) -> L {
    L.larger(L.fused(L.broadcast(1), L.broadcast(-0.5), q), .zero)
  }

  @inline(__always) static func value<L: PairLanes>(_ q: L) -> L {
    let a = bracket(q), a2 = a * a
    let polynomial = L.fused(L.broadcast(1), q, L.fused(L.broadcast(3), L.broadcast(35.0 / 12), q))
    return a2 * a2 * a2 * polynomial
  }

  // -(7/3) q (1 - q/2)^5 (2 + 5q)
  @inline(__always) static func slope<L: PairLanes>(_ q: L) -> L {
    let a = bracket(q), a2 = a * a
    return L.broadcast(-7.0 / 3) * q * (a2 * a2 * a) * L.fused(L.broadcast(2), L.broadcast(5), q)
  }

  // (7/3) (1 - q/2)^4 (35/2 q^2 - 4q - 2)
  @inline(__always) static func curvature<L: PairLanes>(_ q: L) -> L {
    let a = bracket(q), a2 = a * a
    let polynomial = L.fused(L.broadcast(-2), q, L.fused(L.broadcast(-4), L.broadcast(17.5), q))
    return L.broadcast(7.0 / 3) * (a2 * a2) * polynomial
  }
}
