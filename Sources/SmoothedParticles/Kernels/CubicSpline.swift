/// (2-q)^3 / 4 - (1-q)^3, each bracket cut off at zero; support q < 2.
enum CubicSpline: KernelShape {
  @inline(__always) private static func brackets<L: PairLanes>(_ q: L) -> (L, L) {
    (L.larger(L.broadcast(2) - q, .zero), L.larger(L.broadcast(1) - q, .zero))
  }

  @inline(__always) static func value<L: PairLanes>(_ q: L) -> L {
    let (a, b) = brackets(q)
    return L.broadcast(0.25) * (a * a * a) - b * b * b
  }

  @inline(__always) static func slope<L: PairLanes>(_ q: L) -> L {
    let (a, b) = brackets(q)
    return L.fused(L.broadcast(-0.75) * (a * a), L.broadcast(3), b * b)
  }

  @inline(__always) static func curvature<L: PairLanes>(_ q: L) -> L {
    let (a, b) = brackets(q)
    return L.fused(L.broadcast(1.5) * a, L.broadcast(-6), b)
  }
}
