extension Scene {
  /// What steers a sampler, and what becomes of its designs.
  public struct Guidance: Sendable, Equatable {
    /// Of the cost's gradient; 0 for none.
    public let scale: Double
    /// Of each sample, at most.
    public let gradients: Int
    public let longestMove: Double
    public let method: SamplingMethod
    /// What the objective is divided by; nil: its size at the scene's start.
    public let objectiveScale: Double?
    public let constraintWeight: Double
    public let conditionWeight: Double
    public let recurrences: Int
    public let selection: MonteCarlo?
    /// Of the samples, how many of the best are polished.
    public let polish: Int
    /// Whether the scene's own optimizer runs from the scene's own start, to compare with.
    public let reference: Bool

    static let defaults = Guidance(
      scale: 0, gradients: 10, longestMove: 1, method: .ancestral, objectiveScale: nil, constraintWeight: 100,
      conditionWeight: 0, recurrences: 0, selection: nil, polish: 3, reference: true)

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
        "So many of the best and differing samples go on to the scene's optimizer."
      ),
      defaulted(
        "reference", Scalars.flag, true,
        "Whether the scene's optimizer also runs from the scene's own start, to compare with.")
    ) {
      Guidance(
        scale: $0, gradients: $1, longestMove: $2, method: $3, objectiveScale: $4, constraintWeight: $5,
        conditionWeight: $6, recurrences: $7, selection: $8, polish: $9, reference: $10)
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
