extension Scene {
  /// What steers a sampler, and what becomes of its designs.
  public struct Guidance: Sendable, Equatable {
    /// Of the cost's gradient; 0 for none.
    public let scale: Double
    public let by: Way
    /// Of each sample, at most.
    public let gradients: Int
    public let longestMove: Double
    /// Whether the gradient is taken back through the network.
    public let throughNetwork: Bool
    public let method: SamplingMethod
    /// What the objective is divided by; nil: its size at the scene's start.
    public let objectiveScale: Double?
    public let constraintWeight: Double
    public let conditionWeight: Double
    public let recurrences: Int
    public let selection: MonteCarlo?
    /// Of the samples, how many of the best are polished.
    public let polish: Int
    /// What polishes; nil for the scene's own optimizer.
    public let optimizer: Located<Optimizer>?
    /// Bounds that foils are held to on their way; nil for none.
    public let project: Located<ThicknessBounds>?
    /// Whether the scene's own optimizer runs from the scene's own start, to compare with.
    public let reference: Bool

    /// What moves designs on their way.
    public enum Way: Sendable, Equatable {
      case gradient
      case optimizer

      static let form = Scalars.word([
        ("gradient", "The gradient of the cost, `scale` times.", Way.gradient),
        (
          "optimizer",
          "A step of the scene's optimizer, which has a length of its own; `scale` only says whether at all.",
          .optimizer
        ),
      ])
    }

    static let defaults = Guidance(
      scale: 0, by: .gradient, gradients: 10, longestMove: 1, throughNetwork: false, method: .ancestral,
      objectiveScale: nil,
      constraintWeight: 100,
      conditionWeight: 0, recurrences: 0, selection: nil, polish: 3, optimizer: nil, project: nil, reference: true)

    static let form: Form<Guidance> = record(
      "What steers a sampler, and what becomes of its designs.",
      defaulted(
        "scale", Scalars.number(.nonNegative), 0,
        "How strongly the gradient of the scene's own objective and constraints moves the designs on their way; 0 for not at all."
      ),
      defaulted("gradients", Scalars.integer(1...1000), 10, "Gradients of each sample at most, in the last steps."),
      defaulted(
        "longest-move", Scalars.number(.positive), 1,
        "Moves longer than this are cut, in deviations of the designs."),
      defaulted(
        "through-network", Scalars.flag, false,
        "Whether the gradient is taken back through the network to the noisy design (Chung et al. 2023), at the price of a second pass; otherwise it moves the clean estimate itself (Nair & Patel 2024)."
      ),
      defaulted(
        "method", SamplingMethod.form, .ancestral, written: "ancestral", "How noise is taken away with guidance."),
      optional(
        "objective-scale", Scalars.number(.positive),
        "What the objective is divided by, in its unit; its size at the scene's start when left out."),
      defaulted(
        "constraint-weight", Scalars.number(.nonNegative), 100,
        "Of the squares of relative violations, beside the objective over its scale."),
      defaulted(
        "condition-weight", Scalars.number(.nonNegative), 0,
        "How far beyond the data what is asked for is followed (Ho & Salimans 2022); 0 for as in the data."),
      defaulted(
        "recurrences", Scalars.integer(0...20), 0,
        "How often each step is undone by noise and done again (Lugmayr et al. 2022)."),
      optional(
        "selection", MonteCarlo.form, "Designs are chosen among on their way, by their cost: sequential Monte Carlo."),
      defaulted(
        "polish", Scalars.integer(0...1000), 3,
        "So many of the best and differing samples go on to the optimizer."
      ),
      optional(
        "optimizer", Optimizer.form.located,
        "The method that polishes samples, also in `backsolve refine`; the scene's own when left out. Near a good design a small `cma-es` may get further than descent where the objective is rugged."
      ),
      optional(
        "project", ThicknessBounds.form.located,
        "Foils are held to a thickness: every clean estimate on the way, and every sample, is moved to the nearest design that keeps it. The volume of densities is always held so."
      ),
      defaulted(
        "reference", Scalars.flag, true,
        "Whether the scene's optimizer also runs from the scene's own start, to compare with."),
      defaulted(
        "by", Way.form, .gradient, written: "gradient",
        "What moves the clean estimate of a design on its way; each move costs a gradient.")
    ) {
      Guidance(
        scale: $0, by: $14, gradients: $1, longestMove: $2, throughNetwork: $3, method: $4, objectiveScale: $5,
        constraintWeight: $6, conditionWeight: $7, recurrences: $8, selection: $9, polish: $10, optimizer: $11,
        project: $12, reference: $13)
    }
  }

  /// Bounds of the thickness of foils, in chords.
  public struct ThicknessBounds: Sendable, Equatable {
    public let least: Double
    public let largest: ClosedRange<Double>

    static let form: Form<ThicknessBounds> = record(
      "Bounds of the thickness of foils, in chords.",
      required(
        "least-thickness", Scalars.number(.between(1e-6, 0.5)),
        "Nowhere between a tenth and four fifths of the chord is a foil thinner; towards the ends the bound falls linearly to nothing."
      ),
      required(
        "largest-thickness", Scene.interval(NumberRange(lower: 1e-6, upper: 0.5)),
        "Between which the largest thickness lies.")
    ) { ThicknessBounds(least: $0, largest: $1) }.checked {
      $0.least < $0.largest.lowerBound
        ? nil : ("the least thickness is thicker than the largest may be", "write a smaller `least-thickness`")
    }
  }

  /// Sequential Monte Carlo.
  public struct MonteCarlo: Sendable, Equatable {
    public let temperature: Double
    public let effectivePart: Double
    public let seed: Int

    static let form: Form<MonteCarlo> = record(
      "Sequential Monte Carlo (Del Moral et al. 2006; Vlastelica et al. 2023).",
      defaulted("temperature", Scalars.number(.positive), 0.1, "Of the cost, which is about one for a usual design."),
      defaulted(
        "effective-part", Scalars.number(.between(0, 1)), 0.5,
        "Designs are chosen among when the effective sample size is less than this part of their number."),
      defaulted("seed", Scalars.integer(0...Int.max), 0, "Of the choices.")
    ) { MonteCarlo(temperature: $0, effectivePart: $1, seed: $2) }
  }
}
