/// The generalized Cauchy point: the first local minimizer of the quadratic model along the projected gradient path.
///
/// Byrd et al. 1995, algorithm CP. Breakpoints come from a heap, because the path usually ends after few of them.
struct CauchyPoint {
  private(set) var point: DenseVector
  /// W' (point - x).
  private(set) var c: [Double]
  /// One for the entries that no bound holds, zero elsewhere.
  private(set) var free: DenseVector

  init(at x: DenseVector, gradient g: DenseVector, bounds: Bounds, hessian: CompactHessian) {
    let n = x.count
    var breakpoints: [(t: Double, j: Int)] = []
    var direction = [Double](repeating: 0, count: n)
    var free = [Double](repeating: 0, count: n)
    let (lower, upper) = (bounds.lower.elements, bounds.upper.elements)
    let g = g.elements
    for j in 0..<n {
      let t = g[j] < 0 ? (x[j] - upper[j]) / g[j] : g[j] > 0 ? (x[j] - lower[j]) / g[j] : .infinity
      if t > 0 {
        direction[j] = -g[j]
        free[j] = 1
        if t < .infinity { breakpoints.append((t, j)) }
      }
    }
    var heap = BreakpointHeap(breakpoints)
    let theta = hessian.theta
    let start = DenseVector(direction)
    var p = hessian.transposed(start)
    var c = [Double](repeating: 0, count: hessian.width)
    var w = c
    var mw = c
    var slope = -start.dot(start)
    var curvature = -theta * slope - dot(p, multipliedSmall(hessian.middle, p))
    let leastCurvature = 2.2e-16 * -theta * slope
    var ahead = slope < 0 ? -slope / max(curvature, leastCurvature) : 0
    var t = 0.0
    var point = x.elements
    while let next = heap.peek, ahead >= next.t - t {
      let j = next.j
      heap.pop()
      let length = next.t - t
      point[j] = direction[j] > 0 ? upper[j] : lower[j]
      let z = point[j] - x[j]
      // Many entries may meet their bounds: nothing here allocates.
      hessian.row(j, into: &w)
      multiplySmall(hessian.middle, w, into: &mw)
      for i in c.indices { c[i] += length * p[i] }
      slope += length * curvature + g[j] * g[j] + theta * g[j] * z - g[j] * dot(mw, c)
      curvature -= theta * g[j] * g[j] + 2 * g[j] * dot(mw, p) + g[j] * g[j] * dot(mw, w)
      curvature = max(curvature, leastCurvature)
      for i in p.indices { p[i] += g[j] * w[i] }
      direction[j] = 0
      free[j] = 0
      t = next.t
      ahead = slope < 0 ? -slope / curvature : 0
      if slope >= 0 { break }
    }
    t += ahead
    for i in c.indices { c[i] += ahead * p[i] }
    for j in 0..<n where free[j] != 0 { point[j] = min(max(x[j] + t * direction[j], lower[j]), upper[j]) }
    self.point = DenseVector(point)
    self.c = c
    self.free = DenseVector(free)
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double {
  var total = 0.0
  for i in a.indices { total += a[i] * b[i] }
  return total
}

/// Breakpoints, the nearest first.
private struct BreakpointHeap {
  private var entries: [(t: Double, j: Int)]

  init(_ entries: [(t: Double, j: Int)]) {
    self.entries = entries
    for i in stride(from: entries.count / 2 - 1, through: 0, by: -1) { sink(i) }
  }

  var peek: (t: Double, j: Int)? { entries.first }

  mutating func pop() {
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      sink(0)
    }
  }

  private mutating func sink(_ start: Int) {
    var i = start
    while true {
      var least = i
      for child in [2 * i + 1, 2 * i + 2] where child < entries.count {
        if (entries[child].t, entries[child].j) < (entries[least].t, entries[least].j) { least = child }
      }
      if least == i { return }
      entries.swapAt(i, least)
      i = least
    }
  }
}
