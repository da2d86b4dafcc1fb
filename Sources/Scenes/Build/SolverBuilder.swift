import FieldIO
import FiniteElements
import InverseDesign
import LearnedPreconditioners

/// Chooses a linear solver by size and dimension, or takes the scene's.
enum SolverBuilder {
  /// On a grid all solvers work. The automatic choice reads sizes only, never a clock.
  static func onGrid(
    _ declared: Located<Scene.Solver>, _ grid: StructuredGrid, components: Int, unknowns: Int,
    _ diagnostics: inout DiagnosticList
  ) -> (solver: AnyLinearSolver<GridOperator>, choice: SolverChoice) {
    func choice(_ name: String, _ reason: String) -> SolverChoice {
      SolverChoice(name: name, reason: reason, unknowns: unknowns)
    }
    switch declared.value {
    case .automatic(let iteration):
      // Where a factor stays small, it is exact and serves every load case; the crossover was measured.
      let limit = grid.dimension == 2 ? 20_000 : 5_000
      if unknowns <= limit {
        return (
          AnyLinearSolver(CholeskySolver<GridOperator>()),
          choice("cholmod", "a \(grid.dimension)D grid of at most \(limit) unknowns")
        )
      }
      return (
        AnyLinearSolver(MultigridCG(multigrid(iteration, smoothing: nil))),
        choice("multigrid-cg", "a \(grid.dimension)D grid of more than \(limit) unknowns")
      )
    case .cholmod:
      return (AnyLinearSolver(CholeskySolver<GridOperator>()), choice("cholmod", "asked for"))
    case .multigridCG(let options):
      var rule: LearnedCycle?
      if let weights = options.learned {
        do {
          rule = try LearnedCycle.read(
            weights.path, dimension: grid.dimension, components: components)
        } catch {
          diagnostics.add(
            SceneDiagnostic(
              mark: weights.mark, problem: "\(error)",
              remedy: "train weights with `backsolve train preconditioner SCENE`, or leave out `learned`"))
        }
      }
      return (
        AnyLinearSolver(MultigridCG(multigrid(options.iteration, smoothing: options.smoothing), rule: rule)),
        choice("multigrid-cg", rule == nil ? "asked for" : "asked for, with a learned cycle")
      )
    case .incompleteCholeskyCG(let options):
      let learned: AnyLinearSolver<GridOperator>? = factor(
        options, dimension: grid.dimension, components: components, &diagnostics)
      return (
        learned ?? AnyLinearSolver(incomplete(options)),
        choice("incomplete-cholesky-cg", learned == nil ? "asked for" : "asked for, with a learned factor")
      )
    case .smoothedAggregationCG(let iteration):
      return (
        AnyLinearSolver(aggregation(iteration, grid, components: components)),
        choice("smoothed-aggregation-cg", "asked for")
      )
    case .bandit(let bandit):
      let solvers = bandit.choices.map {
        onGrid($0, grid, components: components, unknowns: unknowns, &diagnostics)
      }
      return (Self.bandit(bandit, solvers), choice("bandit", reason(solvers.map(\.choice))))
    }
  }

  /// A factor serves a body with true holes, but a large 3D one would not fit in memory (5.7 GB at 48³ cells). There the
  /// void stays, a billionth as stiff as the solid, for the solver that optimizes through such voids.
  static func thresholdedOnGrid(_ grid: StructuredGrid, unknowns: Int) -> ThresholdedSolution<GridOperator> {
    if grid.dimension == 2 || unknowns <= 60_000 {
      return ThresholdedSolution(solver: AnyLinearSolver(CholeskySolver<GridOperator>()), voidRatio: 0)
    }
    let options = MultigridOptions(relativeTolerance: 1e-8, maxIterations: 2000)
    return ThresholdedSolution(solver: AnyLinearSolver(MultigridCG(options)), voidRatio: 1e-9)
  }

  /// On a mesh there is no geometric multigrid.
  static func onMesh(
    _ declared: Located<Scene.Solver>, _ mesh: UnstructuredMesh, components: Int, unknowns: Int,
    _ diagnostics: inout DiagnosticList
  ) -> (solver: AnyLinearSolver<SymmetricSparseMatrix>, choice: SolverChoice)? {
    func choice(_ name: String, _ reason: String) -> SolverChoice {
      SolverChoice(name: name, reason: reason, unknowns: unknowns)
    }
    switch declared.value {
    case .automatic(let iteration):
      let limit = mesh.dimension == 2 ? 500_000 : 60_000
      if unknowns <= limit {
        return (
          AnyLinearSolver(CholeskySolver<SymmetricSparseMatrix>()),
          choice("cholmod", "a \(mesh.dimension)D mesh of at most \(limit) unknowns")
        )
      }
      return (
        AnyLinearSolver(aggregation(iteration, mesh, components: components)),
        choice("smoothed-aggregation-cg", "a \(mesh.dimension)D mesh of more than \(limit) unknowns")
      )
    case .cholmod:
      return (AnyLinearSolver(CholeskySolver<SymmetricSparseMatrix>()), choice("cholmod", "asked for"))
    case .multigridCG:
      diagnostics.add(
        declared.error("`multigrid-cg` needs a grid", remedy: "use `cholmod` or `smoothed-aggregation-cg` on a mesh"))
      return nil
    case .incompleteCholeskyCG(let options):
      let learned: AnyLinearSolver<SymmetricSparseMatrix>? = factor(
        options, dimension: mesh.dimension, components: components, &diagnostics)
      return (
        learned ?? AnyLinearSolver(incomplete(options)),
        choice("incomplete-cholesky-cg", learned == nil ? "asked for" : "asked for, with a learned factor")
      )
    case .smoothedAggregationCG(let iteration):
      return (
        AnyLinearSolver(aggregation(iteration, mesh, components: components)),
        choice("smoothed-aggregation-cg", "asked for")
      )
    case .bandit(let bandit):
      let solvers = bandit.choices.compactMap {
        onMesh($0, mesh, components: components, unknowns: unknowns, &diagnostics)
      }
      guard solvers.count == bandit.choices.count else { return nil }
      return (Self.bandit(bandit, solvers), choice("bandit", reason(solvers.map(\.choice))))
    }
  }

  private static func reason(_ choices: [SolverChoice]) -> String {
    "asked for, among " + listing(choices.map(\.name), conjunction: "and")
  }

  private static func bandit<Operator: LinearOperator>(
    _ declared: Scene.Bandit, _ solvers: [(solver: AnyLinearSolver<Operator>, choice: SolverChoice)]
  ) -> AnyLinearSolver<Operator> {
    let feature: SystemFeature? =
      switch declared.context {
      case .none: nil
      case .contrast: .contrast
      case .volume: .volume
      }
    let choices = solvers.enumerated().map { index, built in
      BanditSolver<Operator>.Choice("\(built.choice.name) (choice \(index + 1))", built.solver)
    }
    let cost: BanditSolver<Operator>.Cost = declared.cost == .work ? .work : .seconds { ProcessUsage.cpuSeconds }
    let seed = UInt64(declared.seed)
    guard let feature else { return AnyLinearSolver(BanditSolver(choices, cost: cost, seed: seed)) }
    return AnyLinearSolver(BanditSolver(choices, cost: cost, feature: { feature.value(of: $0) }, seed: seed))
  }

  /// Incomplete Cholesky takes over where the aggregates serve a matrix badly.
  private static func aggregation<Operator: AssemblableOperator>(
    _ iteration: Scene.Iteration, _ domain: any Domain, components: Int
  ) -> FallbackSolver<Operator> {
    let options = IterationOptions(
      relativeTolerance: iteration.tolerance, maxIterations: iteration.maximumIterations, stallWindow: 200)
    let nullspace = NearNullspace(of: domain, componentsPerNode: components)
    return FallbackSolver([
      AnyLinearSolver(
        ConjugateGradient(
          SmoothedAggregationPreconditioner<Operator>(nullspace), options: options, probesPreconditioner: true)),
      AnyLinearSolver(incomplete(Scene.IncompleteCholesky(iteration: iteration, shift: 0, learned: nil))),
    ])
  }

  /// The weights of a scene's learned factor, for comparisons; what is wrong with a file is said where the solver is built.
  static func factor(_ declared: Located<Scene.Solver>, _ stiffness: some CellwiseStiffness) -> LearnedFactor? {
    guard case .incompleteCholeskyCG(let options) = declared.value, let weights = options.learned else { return nil }
    return try? LearnedFactor.read(
      weights.path, dimension: stiffness.domain.dimension, components: stiffness.componentsPerNode)
  }

  /// The learned factor of a scene, with the plain one behind it; nil where none is asked for, or its weights do not fit.
  private static func factor<Operator: AssemblableOperator>(
    _ options: Scene.IncompleteCholesky, dimension: Int, components: Int, _ diagnostics: inout DiagnosticList
  ) -> AnyLinearSolver<Operator>? {
    guard let weights = options.learned else { return nil }
    do {
      return learned(
        try LearnedFactor.read(weights.path, dimension: dimension, components: components), options)
    } catch {
      diagnostics.add(
        SceneDiagnostic(
          mark: weights.mark, problem: "\(error)",
          remedy: "train weights with `backsolve train preconditioner SCENE`, or leave out `learned`"))
      return nil
    }
  }

  private static func learned<Operator: AssemblableOperator>(
    _ weights: LearnedFactor, _ options: Scene.IncompleteCholesky
  ) -> AnyLinearSolver<Operator> {
    let iteration = IterationOptions(
      relativeTolerance: options.iteration.tolerance, maxIterations: options.iteration.maximumIterations,
      stallWindow: 200)
    let first = ConjugateGradient(
      LearnedCholeskyPreconditioner<Operator>(weights), options: iteration, probesPreconditioner: true)
    return AnyLinearSolver(FallbackSolver([AnyLinearSolver(first), AnyLinearSolver(incomplete(options))]))
  }

  private static func multigrid(_ iteration: Scene.Iteration, smoothing: [Int]?) -> MultigridOptions {
    MultigridOptions(
      relativeTolerance: iteration.tolerance, maxIterations: iteration.maximumIterations,
      smoothing: smoothing.map { Smoothing(degrees: $0) })
  }

  private static func incomplete<Operator: AssemblableOperator>(_ options: Scene.IncompleteCholesky)
    -> ConjugateGradient<IncompleteCholeskyPreconditioner<Operator>>
  {
    ConjugateGradient(
      IncompleteCholeskyPreconditioner(firstShift: options.shift),
      options: IterationOptions(
        relativeTolerance: options.iteration.tolerance, maxIterations: options.iteration.maximumIterations))
  }
}
