extension Scene {
  /// The method that changes the design.
  public enum Optimizer: Sendable, Equatable {
    case optimalityCriteria(OptimalityCriteria)
    case mma(MovingAsymptotes)
    case gcmma(MovingAsymptotes)
    case sqp(SequentialQuadratic)
    case lBFGSB(QuasiNewton)
    case adam(Adam)
    case projectedGradient(ProjectedGradient)
    case crossEntropy(CrossEntropy)
    case covarianceAdaptation(CovarianceAdaptation)
    case randomSearch(RandomSearch)
    case bayesian(Bayesian)
    case external(External)

    static let form: Form<Optimizer> = Composites.kind(
      "optimizer", "The method that changes the design.",
      [
        Choice(
          "optimality-criteria",
          "Optimality criteria: for one constraint whose value falls with every density, such as volume.",
          OptimalityCriteria.form.map { .optimalityCriteria($0) }),
        Choice(
          "mma", "The method of moving asymptotes (Svanberg 1987): for any constraints.",
          MovingAsymptotes.form.map { .mma($0) }),
        Choice(
          "gcmma",
          "Its globally convergent version (Svanberg 2002): every accepted step is an improvement, at the price of more evaluations.",
          MovingAsymptotes.form.map { .gcmma($0) }),
        Choice(
          "sqp",
          "Sequential quadratic programming with a line search: for few variables and any constraints, equalities too.",
          SequentialQuadratic.form.map { .sqp($0) }),
        Choice(
          "l-bfgs-b", "A quasi-Newton method for bounds alone (Byrd, Lu, Nocedal & Zhu 1995).",
          QuasiNewton.form.map { .lBFGSB($0) }),
        Choice(
          "adam", "Gradient steps scaled by running means (Kingma & Ba 2015), for bounds alone.",
          Adam.form.map { .adam($0) }),
        Choice(
          "projected-gradient", "Gradient steps with a line search, for bounds alone.",
          ProjectedGradient.form.map { .projectedGradient($0) }),
        Choice(
          "cross-entropy",
          "The cross-entropy method (Rubinstein & Kroese 2004): populations drawn at random around the best, without gradients.",
          CrossEntropy.form.map { .crossEntropy($0) }),
        Choice(
          "cma-es",
          "The evolution strategy with covariance matrix adaptation (Hansen 2016): small populations that learn how far to go and which variables belong together, without gradients; for rugged objectives and up to a few hundred variables.",
          CovarianceAdaptation.form.map { .covarianceAdaptation($0) }),
        Choice(
          "random-search", "Designs drawn at random between the bounds, without gradients: what others have to beat.",
          RandomSearch.form.map { .randomSearch($0) }),
        Choice(
          "bayesian",
          "Bayesian optimization in a trust region (Eriksson et al. 2019), without gradients: for up to some dozens of variables where the objective is rugged or costly.",
          Bayesian.form.map { .bayesian($0) }),
        Choice(
          "external", "Another program, in any language, spoken to in JSON lines: it asks, and is told.",
          External.form.map { .external($0) }),
      ]
    ).named("optimizer")

    /// When every method stops.
    public var stopping: Stopping {
      switch self {
      case .optimalityCriteria(let method): method.stopping
      case .mma(let method), .gcmma(let method): method.stopping
      case .sqp(let method): method.stopping
      case .lBFGSB(let method): method.stopping
      case .adam(let method): method.stopping
      case .projectedGradient(let method): method.stopping
      case .crossEntropy(let method): method.stopping
      case .covarianceAdaptation(let method): method.stopping
      case .randomSearch(let method): method.stopping
      case .bayesian(let method): method.stopping
      case .external(let method): method.stopping
      }
    }

    /// The word a scene asks for it with.
    public var word: String {
      switch self {
      case .optimalityCriteria: "optimality-criteria"
      case .mma: "mma"
      case .gcmma: "gcmma"
      case .sqp: "sqp"
      case .lBFGSB: "l-bfgs-b"
      case .adam: "adam"
      case .projectedGradient: "projected-gradient"
      case .crossEntropy: "cross-entropy"
      case .covarianceAdaptation: "cma-es"
      case .randomSearch: "random-search"
      case .bayesian: "bayesian"
      case .external: "external"
      }
    }
  }

  /// When a method stops.
  public struct Stopping: Sendable, Equatable {
    /// Designs evaluated at most.
    public let iterations: Int
    /// The largest change of a design entry at which it stops; 0 for never.
    public let change: Double
    /// The norm of the Karush-Kuhn-Tucker residual at which it stops; nil for never.
    public let optimality: Double?

    static let standard = Stopping(iterations: 100, change: 1e-3, optimality: nil)

    static let iterationsField = defaulted(
      "iterations", Scalars.integer(1...10_000_000), 100, "Designs evaluated at most.")
    static let stopField = defaulted(
      "stop",
      record(
        "When to stop before `iterations`.",
        defaulted(
          "change", Scalars.number(.nonNegative), 1e-3,
          "Stop when no design entry changes by more than this; 0 for never."),
        optional("kkt", Scalars.number(.positive), "Stop when the Karush-Kuhn-Tucker residual is below this.")
      ) { (change: $0, kkt: $1) }, (change: 1e-3, kkt: nil), written: "{ change: 1e-3 }",
      "When to stop before `iterations`.")
  }

  public struct OptimalityCriteria: Sendable, Equatable {
    public let stopping: Stopping
    /// The largest change of a density in one step.
    public let moveLimit: Double
    /// The power of the update factor.
    public let exponent: Double
    /// Relative width of the multiplier's bracket at which its bisection stops.
    public let multiplierTolerance: Double
    /// The upper end of the multiplier's bracket at the start.
    public let largestMultiplier: Double
    /// The share of an update's change since the one before that the next design goes beyond it.
    public let momentum: Double

    static let form: Form<OptimalityCriteria> = record(
      "Optimality criteria, as in the 88-line code (Andreassen et al. 2011).", Stopping.iterationsField,
      Stopping.stopField,
      defaulted(
        "move-limit", Scalars.number(NumberRange(lower: 0, upper: 1, excludesLower: true)), 0.2,
        "The largest change of a density in one step."),
      defaulted(
        "exponent", Scalars.number(NumberRange(lower: 0, upper: 1, excludesLower: true)), 0.5,
        "The power of the update factor; smaller is more careful."),
      defaulted(
        "multiplier-tolerance", Scalars.number(.strictlyBetween(0, 1)), 1e-3,
        "Relative width of the multiplier's bracket at which its bisection stops."),
      defaulted(
        "largest-multiplier", Scalars.number(.positive), 1e9, written: "1e9",
        "The upper end of the multiplier's bracket at the start."),
      defaulted(
        "momentum", Scalars.number(NumberRange(lower: 0, upper: 1, excludesUpper: true)), 0.0,
        "How far the next design goes beyond an update, as a share of its change since the update before. With 0.7 ten "
          + "iterations do what takes twenty on coarse grids; on fine ones the end may be some percent worse.")
    ) {
      OptimalityCriteria(
        stopping: Stopping(iterations: $0, change: $1.change, optimality: $1.kkt), moveLimit: $2, exponent: $3,
        multiplierTolerance: $4, largestMultiplier: $5, momentum: $6)
    }
  }

  public struct MovingAsymptotes: Sendable, Equatable {
    public let stopping: Stopping
    /// The largest change of a variable in one step, relative to the distance of its bounds.
    public let moveLimit: Double
    /// Distance of the asymptotes at the start, relative to the distance of the bounds.
    public let asymptoteStart: Double
    public let asymptoteShrink: Double
    public let asymptoteGrow: Double

    static let defaults = MovingAsymptotes(
      stopping: .standard, moveLimit: 0.5, asymptoteStart: 0.5, asymptoteShrink: 0.7, asymptoteGrow: 1.2)

    static let form: Form<MovingAsymptotes> = record(
      "Moving asymptotes.", Stopping.iterationsField, Stopping.stopField,
      defaulted(
        "move-limit", Scalars.number(NumberRange(lower: 0, upper: 1, excludesLower: true)), 0.5,
        "The largest change of a variable in one step, relative to the distance of its bounds."),
      defaulted(
        "asymptote-start", Scalars.number(NumberRange(lower: 0, upper: 10, excludesLower: true)), 0.5,
        "Distance of the asymptotes at the start, relative to the distance of the bounds."),
      defaulted("asymptote-shrink", Scalars.number(.strictlyBetween(0, 1)), 0.7, "Factor where a variable oscillates."),
      defaulted(
        "asymptote-grow", Scalars.number(NumberRange(lower: 1, upper: 10)), 1.2,
        "Factor where a variable moves on in one direction.")
    ) {
      MovingAsymptotes(
        stopping: Stopping(iterations: $0, change: $1.change, optimality: $1.kkt), moveLimit: $2, asymptoteStart: $3,
        asymptoteShrink: $4, asymptoteGrow: $5)
    }
  }

  public struct SequentialQuadratic: Sendable, Equatable {
    public let stopping: Stopping
    /// The largest change of a variable in one step, relative to the distance of its bounds.
    public let moveLimit: Double
    /// The first step, likewise.
    public let firstStep: Double

    static let form: Form<SequentialQuadratic> = record(
      "Sequential quadratic programming.", Stopping.iterationsField,
      defaulted(
        "stop",
        record(
          "When to stop before `iterations`.",
          defaulted(
            "change", Scalars.number(.nonNegative), 1e-6, written: "1e-6",
            "Stop when no design entry changes by more than this; 0 for never."),
          optional("kkt", Scalars.number(.positive), "Stop when the Karush-Kuhn-Tucker residual is below this.")
        ) { (change: $0, kkt: $1) }, (change: 1e-6, kkt: nil), written: "{ change: 1e-6 }",
        "When to stop before `iterations`."),
      defaulted(
        "move-limit", Scalars.number(NumberRange(lower: 0, upper: 1, excludesLower: true)), 0.5,
        "The largest change of a variable in one step, relative to the distance of its bounds."),
      defaulted(
        "first-step", Scalars.number(NumberRange(lower: 0, upper: 1, excludesLower: true)), 0.05,
        "The first step, before the curvature is known, relative to the distance of the bounds.")
    ) {
      SequentialQuadratic(
        stopping: Stopping(iterations: $0, change: $1.change, optimality: $1.kkt), moveLimit: $2, firstStep: $3)
    }
  }

  public struct QuasiNewton: Sendable, Equatable {
    public let stopping: Stopping
    /// Pairs of steps and gradient changes that are kept.
    public let memory: Int

    static let form: Form<QuasiNewton> = record(
      "A quasi-Newton method.", Stopping.iterationsField, Stopping.stopField,
      defaulted("memory", Scalars.integer(1...100), 10, "Pairs of steps and gradient changes that are kept.")
    ) { QuasiNewton(stopping: Stopping(iterations: $0, change: $1.change, optimality: $1.kkt), memory: $2) }
  }

  public struct Adam: Sendable, Equatable {
    public let stopping: Stopping
    public let step: Double
    public let beta1: Double
    public let beta2: Double

    static let form: Form<Adam> = record(
      "Adam.", Stopping.iterationsField, Stopping.stopField,
      defaulted("step", Scalars.number(.positive), 0.02, "Size of a step, in units of the design."),
      defaulted(
        "first-decay", Scalars.number(.strictlyBetween(0, 1)), 0.9, "Decay of the running mean of the gradient."),
      defaulted(
        "second-decay", Scalars.number(.strictlyBetween(0, 1)), 0.999, "Decay of the running mean of its square.")
    ) {
      Adam(stopping: Stopping(iterations: $0, change: $1.change, optimality: $1.kkt), step: $2, beta1: $3, beta2: $4)
    }
  }

  public struct ProjectedGradient: Sendable, Equatable {
    public let stopping: Stopping
    /// Objective values that a step is compared with.
    public let memory: Int

    static let form: Form<ProjectedGradient> = record(
      "Spectral projected gradients with a line search (Birgin, Martínez & Raydan 2000).", Stopping.iterationsField,
      Stopping.stopField,
      defaulted(
        "memory", Scalars.integer(1...100), 10,
        "A step must improve on the worst of this many earlier objective values.")
    ) { ProjectedGradient(stopping: Stopping(iterations: $0, change: $1.change, optimality: $1.kkt), memory: $2) }
  }

  public struct CrossEntropy: Sendable, Equatable {
    public let stopping: Stopping
    /// Designs of one generation.
    public let population: Int
    /// The part of them that the next generation is drawn around.
    public let elite: Double
    /// Of each entry at the start, as a part of the distance of its bounds.
    public let initialDeviation: Double
    /// The part of the old mean and deviation that stays.
    public let smoothing: Double
    public let seed: Int

    static let form: Form<CrossEntropy> = record(
      "The cross-entropy method; an iteration is one generation.", Population.generationsField, Population.sizeField,
      defaulted(
        "elite", Scalars.number(.strictlyBetween(0, 1)), 0.1,
        "The part of the population that the next one is drawn around; at least two designs."),
      defaulted(
        "initial-deviation", Scalars.number(.positive), 0.3,
        "Standard deviation at the start, as a part of the distance of the bounds."),
      defaulted(
        "smoothing", Scalars.number(NumberRange(lower: 0, upper: 0.99)), 0.3,
        "The part of the old mean and deviation that stays."),
      Population.seedField
    ) {
      CrossEntropy(
        stopping: Population.stopping(generations: $0), population: $1, elite: $2, initialDeviation: $3, smoothing: $4,
        seed: $5)
    }
  }

  public struct CovarianceAdaptation: Sendable, Equatable {
    public let stopping: Stopping
    /// Designs of one generation; nil for a number that goes with the size of the design.
    public let population: Int?
    /// Of each entry at the start, as a part of the distance of its bounds.
    public let initialDeviation: Double
    public let seed: Int

    static let form: Form<CovarianceAdaptation> = record(
      "Covariance matrix adaptation; an iteration is one generation.", Population.generationsField,
      optional(
        "population", Scalars.integer(4...100_000),
        "Designs of one generation; 4 + 3 ln n for n design entries when left out. More find better valleys, later."),
      defaulted(
        "initial-deviation", Scalars.number(.positive), 0.3,
        "Standard deviation at the start, as a part of the distance of the bounds."),
      Population.seedField
    ) {
      CovarianceAdaptation(
        stopping: Population.stopping(generations: $0), population: $1, initialDeviation: $2, seed: $3)
    }
  }

  public struct RandomSearch: Sendable, Equatable {
    public let stopping: Stopping
    /// Designs of one iteration.
    public let population: Int
    public let seed: Int

    static let form: Form<RandomSearch> = record(
      "Random search.", Population.generationsField, Population.sizeField, Population.seedField
    ) { RandomSearch(stopping: Population.stopping(generations: $0), population: $1, seed: $2) }
  }

  public struct Bayesian: Sendable, Equatable {
    public let stopping: Stopping
    /// Designs drawn about the start first; nil for a number that goes with the size of the design.
    public let samples: Int?
    /// Of those, of each entry, as a part of the distance of its bounds.
    public let initialDeviation: Double
    public let seed: Int

    static let form: Form<Bayesian> = record(
      "Bayesian optimization in a trust region; an iteration is one design.", Stopping.iterationsField,
      optional(
        "samples", Scalars.integer(2...100_000),
        "Designs drawn about the start before the model of the objective chooses; design entries + 4, from 10 to 40, when left out."
      ),
      defaulted(
        "initial-deviation", Scalars.number(.positive), 0.3,
        "Standard deviation of those, as a part of the distance of the bounds."),
      Population.seedField
    ) {
      Bayesian(
        stopping: Population.stopping(generations: $0), samples: $1, initialDeviation: $2, seed: $3)
    }
  }

  /// The keys of methods that evaluate many designs an iteration.
  private enum Population {
    static let generationsField = defaulted(
      "iterations", Scalars.integer(1...10_000_000), 100, "Generations at most; each evaluates `population` designs.")
    static let sizeField = defaulted(
      "population", Scalars.integer(2...100_000), 64, "Designs of one generation.")
    static let seedField = defaulted(
      "seed", Scalars.integer(0...1_000_000_000), 0, "Of the random numbers: the same seed draws the same designs.")

    static func stopping(generations: Int) -> Stopping {
      Stopping(iterations: generations, change: 0, optimality: nil)
    }
  }
}
