import SmoothedParticles

extension Scene {
  /// How pressure and density follow from the particles.
  public enum FlowScheme: Sendable, Equatable {
    case summation(SummationScheme)

    static let form: Form<FlowScheme> = Composites.kind(
      "scheme", "How pressure and density follow from the particles.",
      [
        Choice(
          "summation", "Weakly compressible, with the density summed over neighbours (Adami, Hu & Adams 2013).",
          record(
            "Weakly compressible flow with the density summed over neighbours.",
            required(
              "sound-speed", Scalars.quantity(.speed, .positive),
              "Speed of sound in m/s; ten times the fastest flow keeps the density within one per cent."),
            defaulted(
              "equation-of-state", equationOfState, .linear, written: "linear", "Pressure from density.")
          ) { .summation(SummationScheme(soundSpeed: $0, equationOfState: $1)) })
      ])

    private static let equationOfState: Form<EquationOfState> = Composites.kind(
      "equation of state", "Pressure from density.",
      [
        Choice("linear", "Proportional to the density's excess.", record("The linear law.") { .linear }),
        Choice(
          "tait", "Tait's law of water (Monaghan 1994).",
          record(
            "Tait's law.", defaulted("exponent", Scalars.number(.between(1, 20)), 7, "The exponent of the density.")
          ) { .tait(exponent: $0) }),
      ])
  }
}
