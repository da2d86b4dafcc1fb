import Backsolve
import LearnedPreconditioners

/// A bandit over a sequence of related systems, beside every fixed choice; cost in multiply-adds.
struct BanditStudy<Operator: AssemblableOperator> {
  let name: String
  let choices: [BanditSolver<Operator>.Choice]
  let feature: SystemFeature
  let systems: [(matrix: Operator, load: DenseVector)]

  /// Prints the totals of the fixed choices and, over some seeds, of the bandits beside the best of them.
  func run(seeds: Range<UInt64> = 0..<10) throws {
    // Costs do not depend on what was solved before, so each pair of a choice and a system is solved once.
    let costs = try choices.map { choice in
      let solver = BanditSolver([choice])
      var prepared: BanditSolver<Operator>.Prepared?
      return try systems.map { system in
        let next = try solver.prepare(system.matrix, reusing: prepared)
        _ = try solver.solve(next, columns: [system.load], from: nil)
        prepared = next
        return solver.openRound(next)?.cost ?? 0
      }
    }
    let totals = costs.map { $0.reduce(0, +) }
    let best = totals.min() ?? 1
    print(
      "\(name): \(systems.count) systems of \(systems[0].matrix.dimension) unknowns, best fixed total \(best) multiply-adds"
    )
    for (choice, total) in zip(choices, totals) { print("  fixed  \(choice.name): \(total / best)") }
    let clairvoyant = systems.indices.reduce(0) { sum, t in sum + (costs.map { $0[t] }.min() ?? 0) }
    print("  the cheapest for each system: \(clairvoyant / best)")
    for hasContext in [false, true] {
      let ratios = seeds.map { seed in
        total(costs, hasContext: hasContext, seed: seed) / best
      }
      let mean = ratios.reduce(0, +) / Double(ratios.count)
      print(
        "  bandit \(hasContext ? "by \(feature.rawValue)" : "without context"): mean \(mean), "
          + "least \(ratios.min() ?? 0), largest \(ratios.max() ?? 0) over \(ratios.count) seeds")
    }
    // The solver itself once, as a check that it does what the table of costs says.
    let live = BanditSolver(choices, seed: 0)
    var prepared: BanditSolver<Operator>.Prepared?
    var sum = 0.0
    for system in systems {
      let next = try live.prepare(system.matrix, reusing: prepared)
      _ = try live.solve(next, columns: [system.load], from: nil)
      sum += live.openRound(next)?.cost ?? 0
      prepared = next
    }
    print("  the solver with seed 0: \(sum / best), from the costs \(total(costs, hasContext: false, seed: 0) / best)")
  }

  private func total(_ costs: [[Double]], hasContext: Bool, seed: UInt64) -> Double {
    var policy: any ChoicePolicy =
      hasContext
      ? InverseGapWeighting(choices: choices.count, seed: seed)
      : PredictiveTsallisINF(choices: choices.count, seed: seed)
    var sum = 0.0
    for (t, system) in systems.enumerated() {
      let x = hasContext ? feature.value(of: system.matrix) : 0
      let cost = costs[policy.choice(feature: x)][t]
      policy.update(feature: x, cost: cost)
      sum += cost
    }
    return sum
  }
}

/// 200 log-normal planes whose deviation varies at random from 0 to 3, solved by conjugate gradients.
func banditOnPlanes(_ count: Int = 200) throws {
  typealias Matrix = SymmetricSparseMatrix
  let options = IterationOptions(relativeTolerance: 1e-8, maxIterations: 3000)
  func choice(_ name: String, _ factory: some PreconditionerFactory<Matrix>) -> BanditSolver<Matrix>.Choice {
    .init(name, AnyLinearSolver(ConjugateGradient(factory, options: options)))
  }
  let plane = try LogNormalPlane(side: 50)
  var generator = SeededGenerator(seed: 11)
  let systems = try (0..<count).map { _ in
    let power = 1.5 * generator.uniform()
    let coefficients = DenseVector(plane.coefficients.elements.map { raised($0, power) })
    return (
      matrix: try plane.stiffness.makeOperator(coefficients: coefficients, constrained: plane.constrained),
      load: plane.load
    )
  }
  try BanditStudy<Matrix>(
    name: "log-normal planes",
    choices: [
      choice("incomplete-cholesky", IncompleteCholeskyPreconditioner()), choice("jacobi", JacobiPreconditioner()),
      choice("ssor 1.0", SSORPreconditioner(relaxation: 1)), choice("ssor 1.4", SSORPreconditioner(relaxation: 1.4)),
      choice("ssor 1.7", SSORPreconditioner(relaxation: 1.7)),
      choice("threshold 1e-2", ThresholdCholeskyPreconditioner(threshold: 1e-2)),
      choice("threshold 1e-3", ThresholdCholeskyPreconditioner(threshold: 1e-3)),
      choice("chebyshev 4", ChebyshevPreconditioner(degree: 4)),
    ], feature: .contrast, systems: systems
  ).run()
}

/// The systems of a design run: a clamped arm in 3D whose density forms, every step solved by multigrid.
func banditOnDesign(_ count: Int = 200) throws {
  let recorder = try DesignSequence(GridSystem.uniformCantilever([24, 12, 12]), steps: count)
  func choice(_ degrees: [Int]) -> BanditSolver<GridOperator>.Choice {
    .init(
      "smoothing \(degrees)",
      AnyLinearSolver(
        MultigridCG(
          MultigridOptions(relativeTolerance: 1e-6, smoothing: Smoothing(degrees: degrees), directCost: 2e5))))
  }
  try BanditStudy<GridOperator>(
    name: "a design run",
    choices: [[3, 3, 3], [1, 6, 24, 48], [2, 12, 32, 48], [2, 6, 16, 32], [1, 3, 8, 16], [4, 12, 32, 48]].map(choice),
    feature: .volume, systems: recorder.systems
  ).run()
}
