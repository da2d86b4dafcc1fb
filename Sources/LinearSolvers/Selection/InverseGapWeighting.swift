#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Chooses by a feature of the round: the logarithm of each choice's cost is a polynomial of the feature, fitted to what was
/// seen, and the others are tried the more rarely the dearer they are expected to be.
///
/// SquareCB, or inverse gap weighting (Foster & Rakhlin, "Beyond UCB: optimal and efficient contextual bandits with
/// regression oracles", ICML 2020), with Chebyshev polynomials as in Khodak et al., "Learning to relax", ICLR 2024. The gap is
/// relative to the cheapest, so that no unit enters. The first round takes the first choice.
public struct InverseGapWeighting: ChoicePolicy, Equatable {
  public let choices: Int
  public let seed: UInt64
  /// Degree of the polynomials; 0 ignores the feature.
  public let degree: Int
  public private(set) var round = 0
  /// The normal equations of each choice's fit. `[choices, terms, terms]`, `[choices, terms]`
  private var moments: [Double]
  private var products: [Double]
  private var trials: [Double]
  /// The logarithm of the first cost, which the others are seen beside.
  private var origin = 0.0

  /// Exploration: the larger, the less.
  private static let greed = 10.0
  private static let ridge = 1e-3
  private var terms: Int { degree + 1 }

  public init(choices: Int, degree: Int = 2, seed: UInt64) {
    precondition(choices > 0 && degree >= 0, "\(choices) choices and polynomials of degree \(degree)")
    self.choices = choices
    self.degree = degree
    self.seed = seed
    moments = [Double](repeating: 0, count: choices * (degree + 1) * (degree + 1))
    products = [Double](repeating: 0, count: choices * (degree + 1))
    trials = [Double](repeating: 0, count: choices)
  }

  /// T_0 to T_degree.
  private func polynomials(_ feature: Double) -> [Double] {
    let x = feature.isFinite ? min(max(feature, -1), 1) : 0
    var values = [1.0, x]
    while values.count < terms { values.append(2 * x * values[values.count - 1] - values[values.count - 2]) }
    return Array(values.prefix(terms))
  }

  /// The logarithm of each choice's expected cost beside the first cost. One never tried is as good as the best.
  public func expectedLogarithms(feature: Double) -> [Double] {
    let basis = polynomials(feature), n = terms
    var expected = (0..<choices).map { choice in
      var matrix = Array(moments[choice * n * n..<(choice + 1) * n * n])
      for i in 0..<n { matrix[i * n + i] += Self.ridge }
      var coefficients = Array(products[choice * n..<(choice + 1) * n])
      var factor = DenseCholesky(capacity: n)
      _ = matrix.withUnsafeBufferPointer { factor.factor($0.baseAddress!, count: n) }
      coefficients.withUnsafeMutableBufferPointer { factor.solve($0.baseAddress!) }
      return zip(coefficients, basis).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let best = (0..<choices).filter { trials[$0] > 0 }.map { expected[$0] }.min() ?? 0
    for choice in 0..<choices where trials[choice] == 0 { expected[choice] = best }
    return expected
  }

  public func probabilities(feature: Double) -> [Double] {
    if round == 0 { return (0..<choices).map { $0 == 0 ? 1 : 0 } }
    let expected = expectedLogarithms(feature: feature)
    let best = expected.indices.min { (expected[$0], $0) < (expected[$1], $1) } ?? 0
    let weight = Self.greed * Double(choices * (round + 1)).squareRoot()
    var result = expected.map { 1 / (Double(choices) + weight * expm1(min($0 - expected[best], 50))) }
    result[best] = 0
    result[best] = 1 - result.reduce(0, +)
    return result
  }

  public func choice(feature: Double) -> Int {
    TsallisDistribution.draw(probabilities(feature: feature), seed: seed, round: round)
  }

  public mutating func update(feature: Double, cost: Double) {
    precondition(cost >= 0, "a cost of \(cost)")
    let index = choice(feature: feature)
    let logarithm = log(max(cost, 1e-300))
    if round == 0 { origin = logarithm }
    let basis = polynomials(feature), n = terms
    for i in 0..<n {
      for j in 0..<n { moments[(index * n + i) * n + j] += basis[i] * basis[j] }
      products[index * n + i] += basis[i] * (logarithm - origin)
    }
    trials[index] += 1
    round += 1
  }

  public func save() -> NamedArrays {
    var arrays = NamedArrays()
    arrays[integer: "round"] = [Int64(round)]
    arrays[real: "moments"] = moments
    arrays[real: "products"] = products
    arrays[real: "trials"] = trials
    arrays[real: "origin"] = [origin]
    return arrays
  }

  public func restored(from arrays: NamedArrays) -> Self? {
    guard let round = arrays[integer: "round"]?.first, round >= 0, let moments = arrays[real: "moments"],
      let products = arrays[real: "products"], let trials = arrays[real: "trials"],
      let origin = arrays[real: "origin"]?.first, moments.count == self.moments.count,
      products.count == self.products.count, trials.count == choices,
      [moments, products, trials, [origin]].allSatisfy({ $0.allSatisfy(\.isFinite) })
    else { return nil }
    var result = self
    (result.round, result.moments, result.products) = (Int(round), moments, products)
    (result.trials, result.origin) = (trials, origin)
    return result
  }
}
