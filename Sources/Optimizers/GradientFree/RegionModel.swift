#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A Gaussian process through the designs that lie nearest to the best one, and the search for the design that it promises
/// most of. Entries are in units of the distance of their bounds.
struct RegionModel {
  private let bounds: Bounds
  private let best: DenseVector
  private let lowest: Double
  /// The observed points, one after the other.
  private let points: [Double]
  private let process: GaussianProcess

  /// Designs that the process is fitted to: its time grows with their cube.
  private static let most = 120
  private static let lengths = [0.15, 0.3, 0.6, 1.2, 2.4]
  private static let noises = [0.03, 0.1, 0.3, 0.6]

  /// - Returns: nil where fewer than two designs could be evaluated.
  init?(
    _ designs: [DenseVector], _ merits: [RankedPopulation.Merit], around best: DenseVector, within bounds: Bounds
  ) {
    let n = best.count
    let distances = designs.map { design in
      best.indices.reduce(0) { max($0, abs(design[$1] - best[$1]) / bounds.extent($1)) }
    }
    let near = designs.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(Self.most)
    guard let values = Self.compressed(near.map { merits[$0] }) else { return nil }
    var points: [Double] = []
    for k in near { for j in 0..<n { points.append(designs[k][j] / bounds.extent(j)) } }
    let count = near.count
    var squares = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for k in 0..<i {
        squares[i * count + k] = (0..<n).reduce(0) { sum, j in
          let difference = points[i * n + j] - points[k * n + j]
          return sum + difference * difference
        }
      }
    }
    // Length and noise that make the values most likely. A typical distance in the box is sqrt(n)/3.
    var likeliest: GaussianProcess?
    for length in Self.lengths {
      for noise in Self.noises {
        let process = GaussianProcess(
          squaredDistances: squares, values: values, length: length * Double(n).squareRoot() / 3, noise: noise)
        if let process, process.logLikelihood > likeliest?.logLikelihood ?? -.infinity { likeliest = process }
      }
    }
    guard let likeliest else { return nil }
    self.bounds = bounds
    self.best = best
    self.points = points
    lowest = values.min() ?? 0
    process = likeliest
  }

  /// One number a design, low where it is good: the logarithm of the distance to the best in units of the best
  /// quarter's spread, with mean 0 and deviation 1, so that the process tells good designs apart where bad ones are far worse. Designs outside the constraints are put above the good ones by their
  /// violation, those that could not be evaluated to the worst.
  static func compressed(_ merits: [RankedPopulation.Merit]) -> [Double]? {
    let finite = merits.filter { $0.objective.isFinite && $0.violation.isFinite }
    guard finite.count > 1 else { return nil }
    let feasible = finite.filter { $0.violation == 0 }
    let base = (feasible.count > 3 ? feasible : finite).map(\.objective).sorted()
    let spread = max(base[(base.count - 1) / 4] - base[0], 1e-12 * max(1, abs(base[0])))
    let penalized = merits.map { merit -> Double in
      guard merit.objective.isFinite, merit.violation.isFinite else { return .infinity }
      return merit.objective + (merit.violation > 0 ? spread * (0.3 + 3 * min(merit.violation, 1)) : 0)
    }
    let worst = penalized.filter(\.isFinite).max() ?? 0
    let lowest = penalized.min() ?? 0
    let values = penalized.map { log((min($0, worst) - lowest) / spread + 0.05) }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let deviation = max(variance.squareRoot(), 1e-12)
    return values.map { ($0 - mean) / deviation }
  }

  /// The design in a box about the best whose expected improvement is greatest, of many drawn at random and then of some
  /// about the best of those.
  func mostPromising(of count: Int, in length: Double, _ generator: inout SeededGenerator) -> DenseVector {
    let n = best.count
    let reach = (0..<n).map { 0.5 * length * bounds.extent($0) }
    // Of many entries some twenty move at a time, as in TuRBO: moving all of them always leads to the box's corners.
    let moving = min(1, 20 / Double(n))
    func within(_ offset: Double, _ j: Int) -> Double {
      min(max(best[j] + min(max(offset, -reach[j]), reach[j]), bounds.lower[j]), bounds.upper[j])
    }
    var chosen: (design: DenseVector, promise: Double) = (best, -.infinity)
    var candidates: [DenseVector] = []
    for k in 0..<count {
      var candidate = best
      for j in 0..<n where moving == 1 || generator.uniform() < moving {
        let step = k < count / 3 ? 0.5 * generator.normal() : 2 * generator.uniform() - 1
        candidate[j] = within(reach[j] * step, j)
      }
      candidates.append(candidate)
    }
    choose(from: candidates, &chosen)
    for _ in 0..<3 {
      candidates.removeAll(keepingCapacity: true)
      for _ in 0..<(count / 5) {
        var candidate = chosen.design
        for j in 0..<n where moving == 1 || generator.uniform() < moving {
          candidate[j] = within(candidate[j] - best[j] + 0.2 * reach[j] * generator.normal(), j)
        }
        candidates.append(candidate)
      }
      choose(from: candidates, &chosen)
    }
    return chosen.design
  }

  private func choose(from candidates: [DenseVector], _ chosen: inout (design: DenseVector, promise: Double)) {
    let n = best.count
    let count = points.count / n
    var squares = [SIMD8<Double>](repeating: .zero, count: count)
    var lanes = [SIMD8<Double>](repeating: .zero, count: n)
    for first in stride(from: 0, to: candidates.count, by: 8) {
      let group = candidates[first..<min(first + 8, candidates.count)]
      for (lane, candidate) in group.enumerated() {
        for j in 0..<n { lanes[j][lane] = candidate[j] / bounds.extent(j) }
      }
      for i in 0..<count {
        var square = SIMD8<Double>.zero
        for j in 0..<n {
          let difference = lanes[j] - points[i &* n &+ j]
          square += difference * difference
        }
        squares[i] = square
      }
      let (mean, deviation) = process.predict(squares)
      for (lane, candidate) in group.enumerated() {
        let promise = logExpectedImprovement(on: lowest, mean: mean[lane], deviation: deviation[lane])
        if promise > chosen.promise { chosen = (candidate, promise) }
      }
    }
  }
}
