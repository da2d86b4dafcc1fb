/// (1 - q/2)^4 (1 + 2q); support q < 2.
enum WendlandC2: KernelShape {
  @inline(__always) private static func bracket<L: PairLanes>(_ q: L) -> L {
    L.larger(L.fused(L.broadcast(1), L.broadcast(-0.5), q), .zero)
  }

  @inline(__always) static func value<L: PairLanes>(_ q: L) -> L {
    let a = bracket(q), a2 = a * a
    return a2 * a2 * L.fused(L.broadcast(1), L.broadcast(2), q)
  }

  // -5 q (1 - q/2)^3
  @inline(__always) static func slope<L: PairLanes>(_ q: L) -> L {
    let a = bracket(q)
    return L.broadcast(-5) * q * (a * a * a)
  }

  // (1 - q/2)^2 (10 q - 5)
  @inline(__always) static func curvature<L: PairLanes>(_ q: L) -> L {
    let a = bracket(q)
    return a * a * L.fused(L.broadcast(-5), L.broadcast(10), q)
  }
}
