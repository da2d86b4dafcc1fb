import Backsolve
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// u = tanh(W u) + p with a contraction W that is not symmetric.
private struct RelaxingNetwork: FixedPointMap {
  let dimension = 6
  let weights: [Double]
  var stateBlocks: [Block] { [Block("state", shape: [dimension])] }

  init() {
    var generator = SeededGenerator(seed: 5)
    weights = generator.vector(count: 36, in: -0.25...0.25).elements
  }

  private func sums(_ u: DenseVector) -> [Double] {
    (0..<dimension).map { i in (0..<dimension).reduce(0) { $0 + weights[i * dimension + $1] * u[$1] } }
  }

  func start(_ parameters: DenseVector) -> DenseVector { parameters }
  func step(_ state: DenseVector, _ parameters: DenseVector) throws(SolveFailure) -> DenseVector {
    DenseVector(sums(state).map { tanh($0) }) + parameters
  }
  func statePullback(_ w: DenseVector, at state: DenseVector, _ parameters: DenseVector) throws(SolveFailure)
    -> DenseVector
  {
    let slopes = sums(state).map { 1 - tanh($0) * tanh($0) }
    return DenseVector(
      (0..<dimension).map { j in (0..<dimension).reduce(0) { $0 + weights[$1 * dimension + j] * slopes[$1] * w[$1] } })
  }
  func parameterPullback(_ w: DenseVector, at state: DenseVector, _ parameters: DenseVector) throws(SolveFailure)
    -> DenseVector
  { w }
}

/// The source of a diffusion found from its measured state: min over x of |u(x) - d|² / 2 + exp(h) |x|² / 2 + exp(k) |∇x|² / 2,
/// with h and k the hyperparameters. What a held-out part of the truth says of x* tunes them.
struct RegularizedSource: InnerProblem {
  typealias Matrix = SymmetricSparseMatrix
  let stiffness: Matrix
  let data: DenseVector
  var stateBlocks: [Block] { [Block("source", shape: [data.count])] }

  /// A line of unit cells, held at both ends, with noise in the data.
  init(count: Int = 20) throws {
    var starts: [Int32] = [0], rows: [Int32] = [], values: [Double] = []
    for node in 0..<count {
      rows.append(Int32(node))
      values.append(2.1)
      if node + 1 < count {
        rows.append(Int32(node + 1))
        values.append(-1)
      }
      starts.append(Int32(rows.count))
    }
    stiffness = Matrix(pattern: SparsePattern(columnStarts: starts, rows: rows), values: values)
    var generator = SeededGenerator(seed: 8)
    let noise = generator.vector(count: count)
    let truth = Self.truth(count)
    data = try Self.state(truth, stiffness) + noise.scaled(by: 0.3)
  }

  static func truth(_ count: Int) -> DenseVector {
    DenseVector((0..<count).map { sin(3 * Double($0) / Double(count)) })
  }

  private static func state(_ x: DenseVector, _ stiffness: Matrix) throws(SolveFailure) -> DenseVector {
    let solver = CholeskySolver<Matrix>()
    return try solver.solve(try solver.prepare(stiffness, reusing: nil), columns: [x], from: nil).solutions[0]
  }

  private func state(_ x: DenseVector) throws(SolveFailure) -> DenseVector { try Self.state(x, stiffness) }

  func hessianProduct(_ v: DenseVector, at x: DenseVector, _ h: DenseVector) throws(SolveFailure) -> DenseVector {
    var product = try state(try state(v))
    product.add(v, scaledBy: exp(h[0]))
    product.add(stiffness.apply(v), scaledBy: exp(h[1]))
    return product
  }

  func minimizer(_ h: DenseVector) throws(SolveFailure) -> DenseVector {
    try ImplicitSolve.conjugateGradient(relativeTolerance: 1e-14).solve(try state(data)) { v throws(SolveFailure) in
      try hessianProduct(v, at: v, h)
    }.solution
  }

  func mixedPullback(_ v: DenseVector, at x: DenseVector, _ h: DenseVector) throws(SolveFailure) -> DenseVector {
    [exp(h[0]) * v.dot(x), exp(h[1]) * v.dot(stiffness.apply(x))]
  }

  /// The stiffness has eigenvalues from 0.1 to 4.1.
  func descentStep(at x: DenseVector, _ h: DenseVector) throws(SolveFailure) -> Double {
    1 / (100 + exp(h[0]) + 4.1 * exp(h[1]))
  }
}

extension GradientTable {
  private static let network = RelaxingNetwork()
  private static let hyperparameters: DenseVector = [-1, 0.5]

  static let implicitDerivatives: [GradientCase] = {
    var generator = SeededGenerator(seed: 3)
    let point = generator.vector(count: 6)
    guard let problem = try? RegularizedSource() else { return [] }
    return [
      GradientCase("fixed point: Neumann series", FixedPointModel(network), at: point),
      GradientCase(
        "hypergradient of regularization: conjugate gradients", StationaryPointModel(problem), at: hyperparameters),
      GradientCase(
        "hypergradient of regularization: Neumann series",
        StationaryPointModel(problem, inverse: .neumannSeries(relativeTolerance: 1e-11, terms: 20_000)),
        at: hyperparameters),
    ]
  }()

  @Test(arguments: implicitDerivatives) func implicitDerivatives(row: GradientCase) throws { try row.check() }

  /// Weights tuned by the hypergradient of the error to a known source leave less than half of the error at the start.
  @Test func regularizationIsTunedThroughTheConvergedAnswer() throws {
    let model = StationaryPointModel(try RegularizedSource())
    let truth = RegularizedSource.truth(20)
    var h: DenseVector = [-6, -6]
    var errors: [Double] = []
    for _ in 0..<60 {
      var workspace: Void = model.makeWorkspace()
      let linearization = try model.linearize(at: h, in: &workspace)
      let error = linearization.state - truth
      errors.append(error.dot(error))
      let gradient = try linearization.pullback(error.scaled(by: 2))
      // Steps of bounded length in the logarithms.
      h.add(gradient, scaledBy: -0.3 / max(gradient.norm, 1e-12))
    }
    let least = try #require(errors.min())
    #expect(least < 0.5 * errors[0], "\(errors)")
  }

  @Test func aMapThatDoesNotContractIsRefused() {
    let failure = #expect(throws: SolveFailure.self) {
      try ImplicitSolve.neumannSeries(terms: 50).solve([1, 2]) { v throws(SolveFailure) in v.scaled(by: 3) }
    }
    #expect(failure?.kind == .stalled)
    #expect(throws: SolveFailure.self) {
      try ImplicitSolve.conjugateGradient().solve([1, 2]) { v throws(SolveFailure) in v.scaled(by: -1) }
    }
  }
}
