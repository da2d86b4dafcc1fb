extension Scene {
  /// An acceleration of the whole box over time.
  public struct ControlDesign: Design, Equatable {
    public static let word = "control-history"

    /// Nil: all axes.
    public let axes: [Axis]?
    /// Coefficients of the spline, each along every axis.
    public let knots: Int
    /// m/s²
    public let limit: Double
    /// s; nil until the end.
    public let duration: Located<Double>?

    static let choice = Choice<any Design>(
      word, "How the box is shaken: an acceleration over time that the fluid feels beside gravity.",
      record(
        "An acceleration over time, added to `gravity`: a uniform cubic spline, zero at the beginning of the optimization. It is what the fluid of a tank feels that is moved the other way.",
        optional("axes", Axis.several, "The axes along which it acts; all when left out."),
        defaulted("knots", Scalars.integer(4...1000), 8, "Coefficients of the spline along each axis."),
        required(
          "limit", Scalars.quantity(.acceleration, .positive),
          "The greatest coefficient, either way, in m/s^2; the acceleration never exceeds it."),
        optional(
          "duration", Scalars.quantity(.time, .positive).located,
          "The time in s over which the spline reaches; the `end` of the simulation when left out.")
      ) { ControlDesign(axes: $0, knots: $1, limit: $2, duration: $3) as any Design })
  }
}
