#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Gaussian processes of the objective and of the largest constraint through the designs that lie nearest to the best one,
/// and the search for the design that they promise most of. Entries are in units of the distance of their bounds.
struct RegionModel {
  typealias Outcome = TrustRegionBayesianOptimization.Outcome

  private let bounds: Bounds
  private let best: DenseVector
  /// The observed points, one after the other.
  private let points: [Double]
  private let objective: GaussianProcess
  /// The lowest value of the objective's process where the constraints hold; nil where they never do.
  private let lowest: Double?
  private let constraint: GaussianProcess?
  /// The value of the constraint's process up to which it holds.
  private let limit: Double

  /// Designs that the processes are fitted to: their time grows with the cube.
  private static let most = 120
  private static let lengths = [0.15, 0.3, 0.6, 1.2, 2.4]
  private static let noises = [0.03, 0.1, 0.3, 0.6]

  /// - Returns: nil where fewer than two designs could be evaluated.
  init?(
    _ designs: [DenseVector], _ outcomes: [Outcome], around best: DenseVector, within bounds: Bounds,
    feasibility: Double
  ) {
    let n = best.count
    let distances = designs.map { design in
      best.indices.reduce(0) { max($0, abs(design[$1] - best[$1]) / bounds.extent($1)) }
    }
    let near = designs.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(Self.most)
    let observed = near.map { outcomes[$0] }
    let holds = observed.map { $0.constraint <= feasibility }
    guard let values = Self.compressed(observed.map(\.objective), good: holds) else { return nil }
    var points: [Double] = []
    for k in near { for j in 0..<n { points.append(designs[k][j] / bounds.extent(j)) } }
    let squares = Self.squaredDistances(points, count: near.count)
    guard let objective = Self.likeliest(squares, values, entries: n) else { return nil }
    self.bounds = bounds
    self.best = best
    self.points = points
    self.objective = objective
    lowest = zip(values, holds).filter(\.1).map(\.0).min()
    // Designs that could not be evaluated say nothing about constraints: they count as the worst of those seen.
    let constraints = observed.map(\.constraint)
    let worst = constraints.filter(\.isFinite).max()
    if let worst {
      let (mean, deviation) = Self.moments(constraints.map { min($0, worst) })
      limit = (feasibility - mean) / deviation
      constraint = Self.likeliest(squares, constraints.map { (min($0, worst) - mean) / deviation }, entries: n)
    } else {
      limit = 0
      constraint = nil
    }
  }

  private static func squaredDistances(_ points: [Double], count: Int) -> [Double] {
    let n = points.count / count
    var squares = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for k in 0..<i {
        squares[i * count + k] = (0..<n).reduce(0) { sum, j in
          let difference = points[i * n + j] - points[k * n + j]
          return sum + difference * difference
        }
      }
    }
    return squares
  }

  /// The process whose length and noise make the values most likely. A typical distance in the box is sqrt(entries)/3.
  private static func likeliest(_ squares: [Double], _ values: [Double], entries: Int) -> GaussianProcess? {
    var likeliest: GaussianProcess?
    for length in lengths {
      for noise in noises {
        let process = GaussianProcess(
          squaredDistances: squares, values: values, length: length * Double(entries).squareRoot() / 3, noise: noise)
        if let process, process.logLikelihood > likeliest?.logLikelihood ?? -.infinity { likeliest = process }
      }
    }
    return likeliest
  }

  /// The logarithm of the distance to the lowest value in units of the best quarter's spread, with mean 0 and deviation 1,
  /// so that the process tells good designs apart where bad ones are far worse. Designs that could not be evaluated get
  /// the worst value.
  static func compressed(_ objectives: [Double], good: [Bool]) -> [Double]? {
    let finite = objectives.filter(\.isFinite)
    guard finite.count > 1, let lowest = finite.min(), let worst = finite.max() else { return nil }
    let feasible = zip(objectives, good).filter { $0.0.isFinite && $0.1 }.map(\.0)
    let base = (feasible.count > 3 ? feasible : finite).sorted()
    let spread = max(base[(base.count - 1) / 4] - base[0], 1e-12 * max(1, abs(base[0])))
    let values = objectives.map { log((min($0, worst) - lowest) / spread + 0.05) }
    let (mean, deviation) = moments(values)
    return values.map { ($0 - mean) / deviation }
  }

  private static func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return (mean, max(variance.squareRoot(), 1e-12))
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
      let expected = objective.predict(squares)
      let bound = constraint?.predict(squares)
      for (lane, candidate) in group.enumerated() {
        var promise = 0.0
        if let lowest {
          promise += logExpectedImprovement(
            on: lowest, mean: expected.mean[lane], deviation: expected.deviation[lane])
        }
        if let bound { promise += logProbability(below: (limit - bound.mean[lane]) / bound.deviation[lane]) }
        if promise > chosen.promise { chosen = (candidate, promise) }
      }
    }
  }
}
