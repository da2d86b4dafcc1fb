extension Scene {
  /// The method that solves the linear systems.
  public enum Solver: Sendable, Equatable {
    case automatic(Iteration)
    case cholmod
    case multigridCG(Multigrid)
    case incompleteCholeskyCG(IncompleteCholesky)
    case smoothedAggregationCG(Iteration)
    case bandit(Bandit)

    static let form: Form<Solver> = Composites.kind(
      "solver", "The method that solves the linear systems.",
      single + [
        Choice(
          "bandit",
          "One of several methods for each system, by what they cost so far; a resumed run goes on with the same choices.",
          Bandit.form.map { .bandit($0) })
      ])

    /// The methods that a bandit can choose among.
    static let single: [Choice<Solver>] =
      [
        Choice(
          "automatic", "Chosen by size and dimension; the log says which and why.",
          Iteration.form.map { .automatic($0) }),
        Choice(
          "cholmod", "A sparse Cholesky factorization (CHOLMOD): exact; memory grows fast in 3D.",
          record("No options.") { .cholmod }),
        Choice(
          "multigrid-cg", "Conjugate gradients with geometric multigrid, for grids: little memory, any size.",
          Multigrid.form.map { .multigridCG($0) }),
        Choice(
          "incomplete-cholesky-cg",
          "Conjugate gradients with an incomplete Cholesky factorization: for meshes of any shape.",
          IncompleteCholesky.form.map { .incompleteCholeskyCG($0) }),
        Choice(
          "smoothed-aggregation-cg",
          "Conjugate gradients with algebraic multigrid by smoothed aggregation: for large meshes of any shape; where it stalls, incomplete Cholesky takes over.",
          Iteration.form.map { .smoothedAggregationCG($0) }),
      ]
  }

  /// When an iterative solver stops.
  public struct Iteration: Sendable, Equatable {
    /// Relative residual at which it stops.
    public let tolerance: Double
    public let maximumIterations: Int

    static let defaults = Iteration(tolerance: 1e-8, maximumIterations: 2000)
    static let toleranceField = defaulted(
      "tolerance", Scalars.number(NumberRange(lower: 1e-14, upper: 0.1)), 1e-8, written: "1e-8",
      "Residual relative to the load at which an iterative solver stops.")
    static let maximumField = defaulted(
      "maximum-iterations", Scalars.integer(1...1_000_000), 2000, "Iterations after which it counts as stalled.")

    static let form: Form<Iteration> = record("When an iterative solver stops.", toleranceField, maximumField) {
      Iteration(tolerance: $0, maximumIterations: $1)
    }
  }

  public struct Multigrid: Sendable, Equatable {
    public let iteration: Iteration
    /// Chebyshev degrees of the smoother by level, finest first; nil for the solver's own choice.
    public let smoothing: [Int]?
    /// Weights of a learned cycle.
    public let learned: SceneFilePath?

    static let form: Form<Multigrid> = record(
      "Multigrid.", Iteration.toleranceField, Iteration.maximumField,
      optional(
        "smoothing", Composites.list(Scalars.integer(1...200), count: 1...12),
        "Degrees of the Chebyshev smoother by level, finest first, the last one for all further levels: `[2, 12, 32, 48]`; chosen by the contrast when left out."
      ),
      optional(
        "learned", Scalars.file,
        "Weights (`.safetensors`, relative to this scene) of `backsolve train preconditioner`: a network sets the coarse grids' coefficients. It changes what a solve costs, never what it gives."
      )
    ) {
      Multigrid(iteration: Iteration(tolerance: $0, maximumIterations: $1), smoothing: $2, learned: $3)
    }
  }

  public struct Bandit: Sendable, Equatable {
    public enum Cost: Sendable { case work, seconds }
    public enum Context: Sendable { case none, contrast, volume }

    public let choices: [Located<Solver>]
    public let context: Context
    public let cost: Cost
    public let seed: Int

    static let form: Form<Bandit> = record(
      "A choice among solvers by Tsallis-INF or, with a context, by inverse gap weighting.",
      required(
        "choices",
        Composites.list(
          Composites.kind("solver", "A method to choose.", Solver.single).located, count: 2...12),
        "What to choose among: solvers, each with its options; the first one begins."),
      defaulted(
        "context",
        Scalars.word([
          ("none", "What the choices cost so far.", Context.none),
          ("contrast", "That, and how widely the system's coefficients are spread.", .contrast),
          ("volume", "That, and how much of the domain is stiff.", .volume),
        ]), .none, written: "none", "What the choice depends on."),
      defaulted(
        "cost",
        Scalars.word([
          ("work", "Multiply-adds, counted: a run repeats.", Cost.work),
          ("seconds", "Processor time: a run does not repeat.", .seconds),
        ]), .work, written: "work", "What is to be small."),
      defaulted("seed", Scalars.integer(0...Int.max), 0, "Start of the random numbers.")
    ) { Bandit(choices: $0, context: $1, cost: $2, seed: $3) }
  }

  public struct IncompleteCholesky: Sendable, Equatable {
    public let iteration: Iteration
    /// Added to the scaled diagonal where the factorization breaks down, and doubled until it does not.
    public let shift: Double
    /// Weights of a learned factor.
    public let learned: SceneFilePath?

    static let form: Form<IncompleteCholesky> = record(
      "Incomplete Cholesky.", Iteration.toleranceField, Iteration.maximumField,
      defaulted(
        "shift", Scalars.number(.between(0, 1)), 1e-3,
        "Added to the scaled diagonal where the factorization breaks down, and doubled until it does not."),
      optional(
        "learned", Scalars.file,
        "Weights (`.safetensors`, relative to this scene) of `backsolve train preconditioner` for diffusion in the plane: a network betters the factor, and the plain one takes over where that fails. It changes what a solve costs, never what it gives."
      )
    ) {
      IncompleteCholesky(iteration: Iteration(tolerance: $0, maximumIterations: $1), shift: $2, learned: $3)
    }
  }
}

extension Scene.Solver {
  /// When the scene's solver stops, or one in its place would.
  var iteration: Scene.Iteration {
    switch self {
    case .automatic(let iteration): iteration
    case .cholmod: .defaults
    case .multigridCG(let options): options.iteration
    case .incompleteCholeskyCG(let options): options.iteration
    case .smoothedAggregationCG(let iteration): iteration
    case .bandit(let bandit): bandit.choices[0].value.iteration
    }
  }
}
