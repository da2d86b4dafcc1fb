extension Scene {
  /// How a solid moves over time.
  public struct MotionDesign: Design, Equatable {
    public static let word = "motion-history"

    public let solid: Located<String>
    /// m; nil where the shift stays.
    public let shiftLimit: Double?
    /// rad; nil where the angle stays.
    public let turnLimit: Double?

    static let choice = Choice<any Design>(
      word, "How a solid with a `motion` moves over time.",
      record(
        "How a solid with a `motion` moves over time: the coefficients of its splines but the first three, so that it begins as given.",
        required("solid", Scalars.name.located, "The name of the solid."),
        optional(
          "shift-limit", Scalars.positiveLength,
          "The greatest change of a coefficient of the shift, either way, in m; the shift stays when left out."),
        optional(
          "turn-limit", Scalars.number(.positive),
          "The greatest change of a coefficient of the angle, either way, such as `30 deg`; the angle stays when left out."
        ), needsOneOf: ["shift-limit", "turn-limit"]
      ) { MotionDesign(solid: $0, shiftLimit: $1, turnLimit: $2) as any Design })
  }
}
