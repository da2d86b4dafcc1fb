/// (3-q)^5 - 6 (2-q)^5 + 15 (1-q)^5, each bracket cut off at zero; support q < 3.
enum QuinticSpline: KernelShape {
  @inline(__always) private static func brackets<L: PairLanes>(_ q: L) -> (L, L, L) {
    (
      L.larger(L.broadcast(3) - q, .zero), L.larger(L.broadcast(2) - q, .zero), L.larger(L.broadcast(1) - q, .zero)
    )
  }

  @inline(__always) static func value<L: PairLanes>(_ q: L) -> L {
    let (a, b, c) = brackets(q)
    let a2 = a * a, b2 = b * b, c2 = c * c
    return L.fused(L.fused(a2 * a2 * a, L.broadcast(-6), b2 * b2 * b), L.broadcast(15), c2 * c2 * c)
  }

  @inline(__always) static func slope<L: PairLanes>(_ q: L) -> L {
    let (a, b, c) = brackets(q)
    let a2 = a * a, b2 = b * b, c2 = c * c
    return L.fused(
      L.fused(L.broadcast(-5) * (a2 * a2), L.broadcast(30), b2 * b2), L.broadcast(-75), c2 * c2)
  }

  @inline(__always) static func curvature<L: PairLanes>(_ q: L) -> L {
    let (a, b, c) = brackets(q)
    return L.fused(
      L.fused(L.broadcast(20) * (a * a * a), L.broadcast(-120), b * b * b), L.broadcast(300), c * c * c)
  }
}
