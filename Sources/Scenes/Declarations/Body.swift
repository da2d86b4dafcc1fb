extension Scene {
  /// A rigid body that the fluid moves.
  public struct Body: Sendable, Equatable {
    public let name: String?
    public let region: Located<Selection>
    /// kg/m³
    public let density: Double
    /// m/s, one entry an axis; nil for rest.
    public let velocity: Located<[Double]>?
    /// rad/s: one entry in the plane, three in space; nil for rest.
    public let angularVelocity: Located<[Double]>?

    static let form: Form<Body> = record(
      "A rigid body that floats, sinks and turns as fluid and gravity have it.",
      optional("name", Scalars.name, "What messages and files call it; `body 1` and so on when left out."),
      required("region", Selection.form.located, "Where it is at the start."),
      required("density", Scalars.quantity(.massDensity, .positive), "Its density, in kg/m^3."),
      optional(
        "velocity", Composites.list(Scalars.quantity(.speed), count: 2...3).located,
        "Velocity of its centre of mass at the start, in m/s, one entry per axis; at rest when left out."),
      optional(
        "angular-velocity", Composites.oneOrMore(Scalars.quantity(Dimension(second: -1))).located,
        "How fast it turns at the start, in rad/s: one number in 2D, counter-clockwise; three in 3D. Not at all when left out."
      )
    ) { Body(name: $0, region: $1, density: $2, velocity: $3, angularVelocity: $4) }
  }
}
