import Backsolve
import LearnedPreconditioners

/// A factor learned on planes of a thousand unknowns, on larger ones: iterations, inference in products with the matrix, CPU
/// seconds beside the classical factors, which take turns with it.
func learnedFactorStudy(_ options: BenchmarkOptions) throws {
  typealias Matrix = SymmetricSparseMatrix
  let start = ProcessUsage.cpuSeconds
  let weights: LearnedFactor
  if let path = options.weights, let known = try? LearnedFactor.read(path, dimension: 2, components: 1) {
    weights = known
  } else {
    weights = try trainedFactor(
      try (0..<24).map { try FactorSystem.random(side: 32, $0, seed: 1) }, dimension: 2, steps: 2000)
    print("trained in \(ProcessUsage.cpuSeconds - start) CPU s")
    if let path = options.weights { try weights.write(to: path, recipe: ["seed": "1"]) }
  }
  for side in [32, 100, 200, 400] {
    let plane = try LogNormalPlane(side: side)
    try compareFactors(try plane.matrix(), plane.load, weights, unknowns: side * side, dimension: 2)
  }
}

/// Factors in turn on one system, seven rounds.
func compareFactors(
  _ matrix: SymmetricSparseMatrix, _ load: DenseVector, _ weights: LearnedFactor, unknowns: Int, dimension: Int,
  rounds: Int = 7
) throws {
  typealias Matrix = SymmetricSparseMatrix
  let contenders = [
    Timed("incomplete-cholesky", IncompleteCholeskyPreconditioner<Matrix>()),
    Timed("modified", ModifiedIncompleteCholeskyPreconditioner<Matrix>()),
    Timed("threshold, equal memory", ThresholdCholeskyPreconditioner<Matrix>(threshold: 1e-3, fill: 1)),
    Timed("threshold, twice the memory", ThresholdCholeskyPreconditioner<Matrix>()),
    Timed("row sums alone, nothing learned", LearnedCholeskyPreconditioner<Matrix>(.plain(dimension: dimension))),
    Timed("learned", LearnedCholeskyPreconditioner<Matrix>(weights)),
  ]
  var products: [Double] = []
  for _ in 0..<rounds {
    for contender in contenders { try contender.run(matrix, load) }
    let start = ProcessUsage.cpuSeconds
    for _ in 0..<50 { _ = matrix.apply(load) }
    products.append((ProcessUsage.cpuSeconds - start) / 50)
  }
  let product = median(products)
  print("\(unknowns) unknowns, a product \(product * 1e3) ms")
  let base = contenders[0]
  for contender in contenders {
    print(
      "  \(contender.name): \(contender.iterations) iterations, set-up \(median(contender.setUps) * 1e3) ms, again "
        + "\(median(contender.again) * 1e3) ms, \((median(contender.setUps) - median(base.setUps)) / product) and "
        + "\((median(contender.again) - median(base.again)) / product) products over IC(0)'s, solve "
        + "\(median(contender.solves) * 1e3) ms, together \((median(contender.setUps) + median(contender.solves)) * 1e3) ms"
    )
  }
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// Seven rounds of one preconditioner.
private final class Timed {
  let name: String
  private(set) var iterations = 0
  private(set) var setUps: [Double] = []
  private(set) var again: [Double] = []
  private(set) var solves: [Double] = []
  private let round: (SymmetricSparseMatrix, DenseVector) throws -> (Int, Double, Double, Double)

  init<Factory: PreconditionerFactory>(_ name: String, _ factory: Factory)
  where Factory.Operator == SymmetricSparseMatrix {
    self.name = name
    let solver = ConjugateGradient(factory, options: Contenders<SymmetricSparseMatrix>.options)
    round = { matrix, load in
      let start = ProcessUsage.cpuSeconds
      let prepared = try solver.prepare(matrix, reusing: nil)
      let ready = ProcessUsage.cpuSeconds
      let report = try solver.solve(prepared, columns: [load], from: nil).report
      let solved = ProcessUsage.cpuSeconds
      _ = try solver.prepare(matrix, reusing: prepared)
      return (report.iterations, ready - start, solved - ready, ProcessUsage.cpuSeconds - solved)
    }
  }

  func run(_ matrix: SymmetricSparseMatrix, _ load: DenseVector) throws {
    let (count, setUp, solve, next) = try round(matrix, load)
    iterations = count
    setUps.append(setUp)
    solves.append(solve)
    again.append(next)
  }
}

/// As `backsolve train preconditioner` trains it.
func trainedFactor(_ systems: [FactorSystem], dimension: Int, steps: Int, iterations: Int = 20) throws -> LearnedFactor
{
  var factors = FactorTraining(systems)
  factors.iterations = iterations
  let training = factors
  var options = Trainer.Options()
  options.steps = steps
  options.rate = RateSchedule(3e-3)
  options.averageDecay = 0.98
  options.seed = 1
  let trainer = Trainer(training.layout, AdamW(), options)
  var state = trainer.start(seed: 1)
  while !trainer.isDone(state) { try trainer.advance(&state) { p, part in try training.loss(p, &part) } }
  return LearnedFactor(trainer.answer(state), dimension: dimension)
}
