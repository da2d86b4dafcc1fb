extension Scene {
  /// How stiffness (or conductivity) follows density.
  public enum Interpolation: Sendable, Equatable {
    /// c_min + ρᵖ (c_0 − c_min) (Bendsøe 1989, in the modified form of Sigmund 2007).
    case simp(Law)
    /// c_min + ρ / (1 + q (1 − ρ)) (c_0 − c_min) (Stolpe & Svanberg 2001).
    case ramp(Law)

    /// The numbers of a law.
    public struct Law: Sendable, Equatable {
      /// p of SIMP, q of RAMP.
      public let penalty: Double
      /// Stiffness of void relative to solid.
      public let minimumModulusRatio: Double
      public let continuation: Continuation?

      static let defaults = Law(penalty: 3, minimumModulusRatio: 1e-9, continuation: nil)
    }

    /// A penalty that grows in the course of the optimization and ends at the law's.
    public struct Continuation: Sendable, Equatable {
      public let start: Double
      public let step: Double
      /// Iterations between two steps.
      public let every: Int

      static func form(start: Double) -> Form<Continuation> {
        record(
          "Raises the penalty in the course of the optimization, up to `penalty`.",
          defaulted("start", Scalars.number(.nonNegative), start, "The penalty at the start."),
          defaulted("step", Scalars.number(.positive), 0.5, "What is added at each step."),
          defaulted("every", Scalars.integer(1...1_000_000), 20, "Iterations between two steps.")
        ) { Continuation(start: $0, step: $1, every: $2) }
      }
    }

    private static func law(_ doc: String, _ range: NumberRange, start: Double, _ penaltyDoc: String) -> Form<Law> {
      record(
        doc, defaulted("penalty", Scalars.number(range), 3, penaltyDoc),
        defaulted(
          "minimum-modulus-ratio", Scalars.number(.strictlyBetween(0, 1)), 1e-9,
          "Stiffness (or conductivity) of void, relative to solid."),
        optional(
          "continuation", Continuation.form(start: start), "Raises the penalty in the course of the optimization.")
      ) { Law(penalty: $0, minimumModulusRatio: $1, continuation: $2) }
    }

    static let form: Form<Interpolation> = Composites.kind(
      "interpolation", "How stiffness (or conductivity) follows density.",
      [
        Choice(
          "simp", "A power of the density (Bendsøe 1989; Sigmund 2007).",
          law("A power of the density.", .between(1, 20), start: 1, "The power p.").map { .simp($0) }),
        Choice(
          "ramp", "A rational function of the density (Stolpe & Svanberg 2001); its slope at void is not zero.",
          law("A rational function of the density.", .between(0, 100), start: 0, "The number q; 0 is linear.").map {
            .ramp($0)
          }),
      ])
  }
}
