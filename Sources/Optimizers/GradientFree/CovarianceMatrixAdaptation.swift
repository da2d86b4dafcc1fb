#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The evolution strategy with covariance matrix adaptation (CMA-ES): draws a few designs from a normal distribution,
/// moves its mean to the best half of them, and learns from the steps that paid which directions belong together and how
/// far to go. It asks for no gradient. Bounds by projection, constraints by ranking.
///
/// Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772 (2016), with its default constants and positive
/// weights alone; the path of the step length is kept in the coordinates of a Cholesky factor (Krause, Arbonès & Igel,
/// NeurIPS 2016). With more than `fullEntries` entries the covariance is a diagonal: Ros & Hansen, PPSN X (2008).
public struct CovarianceMatrixAdaptation: Optimizer {
  public var options: Options

  public struct Options: Sendable, Hashable {
    /// Designs of one generation, at least four; nil for 4 + 3 ln n of n entries.
    public var population: Int?
    /// Of each entry at the start, as a part of the distance of its bounds; in units of the design where one is missing.
    public var initialDeviation = 0.3
    /// A constraint counts as satisfied up to this.
    public var feasibility = 1e-3
    public var seed: UInt64 = 0
    public init() {}
  }

  public struct State: Sendable, Equatable {
    var bounds: Bounds
    var generation: Int
    var mean: DenseVector
    /// σ, as a part of the distance of the bounds.
    var step: Double
    /// C, `[n, n]`, or its diagonal, `[n]`; of steps over the distances of the bounds.
    var covariance: DenseVector
    /// p_c
    var path: DenseVector
    /// p_σ, in the coordinates of the factor.
    var stepPath: DenseVector
    /// The best design so far; the start before the first generation.
    var best: DenseVector
    var merit: RankedPopulation.Merit
    var population: [DenseVector]
  }

  /// With more entries correlations are not learnt: the matrix would cost more than a generation has to say.
  public static let fullEntries = 200

  public init(_ options: Options = Options()) { self.options = options }

  public var name: String { "cma-es" }

  public func start(at design: DenseVector, within bounds: Bounds, layout: [Block]) -> State {
    let start = bounds.project(design), n = start.count
    var covariance = DenseVector(repeating: 1, count: n)
    if isFull(n) {
      covariance = DenseVector(zeros: n * n)
      for j in 0..<n { covariance[j * n + j] = 1 }
    }
    return draw(
      State(
        bounds: bounds, generation: 0, mean: start, step: options.initialDeviation, covariance: covariance,
        path: DenseVector(zeros: n), stepPath: DenseVector(zeros: n), best: start, merit: .worst, population: []))
  }

  public func propose(_ state: State) -> [Request] { state.population.map { Request($0, needsGradients: false) } }

  public func update(_ state: inout State, with evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Progress
  {
    let ranked = try RankedPopulation(
      evaluations, population: state.population.count, feasibility: options.feasibility, method: name)
    var next = state
    let improved = ranked.best < state.merit
    if improved {
      next.best = state.population[ranked.order[0]]
      next.merit = ranked.best
    }
    let n = state.mean.count
    let constants = Constants(population: state.population.count, entries: n, isFull: isFull(n))
    let parents = ranked.order.prefix(constants.weights.count)
    // Designs that could not be evaluated leave their weight to the others.
    let total = constants.weights.prefix(parents.count).reduce(0, +)
    var weights: [Double] = [], steps: [DenseVector] = []
    var mean = DenseVector(zeros: n)
    for (weight, member) in zip(constants.weights, parents) {
      var step = state.population[member] - state.mean
      for j in 0..<n { step[j] /= state.step * state.bounds.extent(j) }
      mean.add(step, scaledBy: weight / total)
      weights.append(weight / total)
      steps.append(step)
    }
    for j in 0..<n { next.mean[j] += state.step * state.bounds.extent(j) * mean[j] }

    next.generation += 1
    next.stepPath.scale(by: 1 - constants.stepPace)
    next.stepPath.add(
      factor(state.covariance, n).solve(mean),
      scaledBy: (constants.stepPace * (2 - constants.stepPace) * constants.selection).squareRoot())
    let length = next.stepPath.norm / constants.expectedLength
    let settled = (1 - pow(1 - constants.stepPace, 2 * Double(next.generation))).squareRoot()
    // While the step grows fast the path is held back.
    let goesOn = length / settled < 1.4 + 2 / (Double(n) + 1)
    next.path.scale(by: 1 - constants.pathPace)
    if goesOn {
      next.path.add(
        mean, scaledBy: (constants.pathPace * (2 - constants.pathPace) * constants.selection).squareRoot())
    }
    let missing = goesOn ? 0 : constants.pathPace * (2 - constants.pathPace)
    next.covariance.scale(by: 1 - constants.onePace - constants.manyPace + constants.onePace * missing)
    add(next.path, times: constants.onePace, to: &next.covariance)
    for (weight, step) in zip(weights, steps) { add(step, times: constants.manyPace * weight, to: &next.covariance) }
    next.step *= exp(min(1, constants.stepPace / constants.damping * (length - 1)))
    next.step = min(next.step, Self.longestStep)

    var (change, relative) = (0.0, 0.0)
    for j in 0..<n {
      let extent = state.bounds.extent(j)
      let deviation = next.step * extent * variance(next.covariance, j, n).squareRoot()
      change = max(change, deviation)
      relative = max(relative, deviation / max(extent, abs(next.mean[j])))
    }
    state = draw(next)
    return Progress(
      accepted: improved, change: change, stopped: relative <= 1e-14 ? "the population became one point" : nil)
  }

  public func design(of state: State) -> DenseVector { state.best }

  public func save(_ state: State) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "method"] = name
    arrays[integer: "generation"] = [Int64(state.generation)]
    arrays[vector: "mean"] = state.mean
    arrays[real: "step"] = [state.step]
    arrays[vector: "covariance"] = state.covariance
    arrays[vector: "path"] = state.path
    arrays[vector: "step-path"] = state.stepPath
    arrays[vector: "best"] = state.best
    arrays[real: "merit"] = [state.merit.violation, state.merit.objective]
    return arrays
  }

  public func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State? {
    let n = bounds.count
    guard arrays[text: "method"] == name, let mean = arrays.vector("mean", n),
      let step = arrays[real: "step"]?.first, step > 0,
      let covariance = arrays.vector("covariance", isFull(n) ? n * n : n), let path = arrays.vector("path", n),
      let stepPath = arrays.vector("step-path", n), let best = arrays.vector("best", n),
      let merit = arrays[real: "merit"], merit.count == 2,
      let generation = arrays[integer: "generation"]?.first, generation >= 0
    else { return nil }
    return draw(
      State(
        bounds: bounds, generation: Int(generation), mean: mean, step: step, covariance: covariance, path: path,
        stepPath: stepPath, best: best,
        merit: RankedPopulation.Merit(violation: merit[0], objective: merit[1]), population: []))
  }

  // MARK: - Parts

  /// In distances of the bounds: a function that falls for ever must not overflow.
  private static let longestStep = 1e6

  private func isFull(_ n: Int) -> Bool { n <= Self.fullEntries }

  /// The state with its population, which follows from the rest.
  private func draw(_ state: State) -> State {
    var state = state
    let n = state.mean.count
    let count = max(4, options.population ?? 4 + Int(3 * log(Double(max(1, n)))))
    let factor = factor(state.covariance, n)
    var generator = SeededGenerator(seed: options.seed, generation: state.generation)
    state.population = (0..<count).map { member in
      var design = state.mean
      // The start itself is the first to be evaluated.
      if state.generation > 0 || member > 0 {
        let step = factor.times(DenseVector((0..<n).map { _ in generator.normal() }))
        for j in 0..<n { design[j] += state.step * state.bounds.extent(j) * step[j] }
      }
      return state.bounds.project(design)
    }
    return state
  }

  private func variance(_ covariance: DenseVector, _ entry: Int, _ n: Int) -> Double {
    isFull(n) ? covariance[entry * n + entry] : covariance[entry]
  }

  /// Adds a multiple of a step's square.
  private func add(_ step: DenseVector, times factor: Double, to covariance: inout DenseVector) {
    let n = step.count
    for i in 0..<n {
      if !isFull(n) {
        covariance[i] += factor * step[i] * step[i]
        continue
      }
      for j in 0..<n { covariance[i * n + j] += factor * (step[i] * step[j]) }
    }
  }

  private func factor(_ covariance: DenseVector, _ n: Int) -> CovarianceFactor {
    if isFull(n), let factor = CovarianceFactor(full: covariance, n) { return factor }
    // A matrix that rounding made indefinite still has its diagonal.
    return CovarianceFactor(diagonal: DenseVector((0..<n).map { variance(covariance, $0, n) }))
  }

  /// Table 1 of the tutorial.
  private struct Constants {
    /// Of the best half, best first; they add up to one.
    let weights: [Double]
    /// μ_eff
    let selection: Double
    /// c_c
    let pathPace: Double
    /// c_σ
    let stepPace: Double
    /// d_σ
    let damping: Double
    /// c_1
    let onePace: Double
    /// c_μ
    let manyPace: Double
    /// Of a vector of n standard normal entries.
    let expectedLength: Double

    init(population: Int, entries: Int, isFull: Bool) {
      let parents = max(1, population / 2), n = Double(max(1, entries))
      let raw = (1...parents).map { log((Double(population) + 1) / 2) - log(Double($0)) }
      let sum = raw.reduce(0, +)
      weights = raw.map { $0 / sum }
      selection = 1 / weights.reduce(0) { $0 + $1 * $1 }
      pathPace = (4 + selection / n) / (n + 4 + 2 * selection / n)
      stepPace = (selection + 2) / (n + selection + 5)
      damping = 1 + 2 * max(0, ((selection - 1) / (n + 1)).squareRoot() - 1) + stepPace
      // A diagonal has n numbers to learn instead of n²/2.
      let haste = isFull ? 1 : (n + 2) / 3
      onePace = min(1, haste * 2 / ((n + 1.3) * (n + 1.3) + selection))
      manyPace = min(1 - onePace, haste * 2 * (selection - 2 + 1 / selection) / ((n + 2) * (n + 2) + selection))
      expectedLength = n.squareRoot() * (1 - 1 / (4 * n) + 1 / (21 * n * n))
    }
  }
}

/// A with A Aᵀ = C.
private struct CovarianceFactor {
  /// The lower triangle, row by row with zeros after it, or the diagonal.
  private var entries: DenseVector
  private let count: Int
  private let isFull: Bool

  init(diagonal: DenseVector) {
    entries = DenseVector(diagonal.elements.map { max($0, .leastNormalMagnitude).squareRoot() })
    count = diagonal.count
    isFull = false
  }

  /// Nil where the matrix is not positive definite.
  init?(full matrix: DenseVector, _ n: Int) {
    entries = DenseVector(zeros: n * n)
    count = n
    isFull = true
    for i in 0..<n {
      for j in 0...i {
        var sum = matrix[i * n + j]
        for k in 0..<j { sum -= entries[i * n + k] * entries[j * n + k] }
        if i == j {
          guard sum > 0, sum.isFinite else { return nil }
          entries[i * n + i] = sum.squareRoot()
        } else {
          entries[i * n + j] = sum / entries[j * n + j]
        }
      }
    }
  }

  /// A z
  func times(_ z: DenseVector) -> DenseVector {
    var result = z
    for i in (0..<count).reversed() {
      var sum = (isFull ? entries[i * count + i] : entries[i]) * z[i]
      if isFull { for k in 0..<i { sum += entries[i * count + k] * z[k] } }
      result[i] = sum
    }
    return result
  }

  /// A⁻¹ y
  func solve(_ y: DenseVector) -> DenseVector {
    var result = y
    for i in 0..<count {
      var sum = y[i]
      if isFull { for k in 0..<i { sum -= entries[i * count + k] * result[k] } }
      result[i] = sum / (isFull ? entries[i * count + i] : entries[i])
    }
    return result
  }
}
