extension Scene {
  /// How fast fluid enters over time.
  public struct InflowHistoryDesign: Design, Equatable {
    public static let word = "inflow-history"

    /// Nil: the first one.
    public let inlet: Located<String>?
    /// Coefficients of the spline.
    public let knots: Int
    /// m/s
    public let limit: Located<Double>
    /// s; nil until the end.
    public let duration: Located<Double>?

    static let choice = Choice<any Design>(
      word, "How fast fluid enters through an inlet over time.",
      record(
        "How fast fluid enters through an inlet over time: a uniform cubic spline, at the beginning of the optimization the speed of the inlet throughout.",
        optional("inlet", Scalars.name.located, "The name of the inlet; the first one when left out."),
        defaulted("knots", Scalars.integer(4...1000), 8, "Coefficients of the spline."),
        required(
          "limit", Scalars.quantity(.speed, .positive).located,
          "The greatest change of a coefficient, either way, in m/s; less than the speed of the inlet, so that the inflow never stops."
        ),
        optional(
          "duration", Scalars.quantity(.time, .positive).located,
          "The time in s over which the spline reaches; the `end` of the simulation when left out.")
      ) { InflowHistoryDesign(inlet: $0, knots: $1, limit: $2, duration: $3) as any Design })
  }
}
