extension Scene {
  /// The flow about an airfoil.
  public struct Airfoil: Physics, Equatable {
    public static let word = "airfoil"

    public let foil: Located<AirfoilSource>
    /// Nodes of the surface.
    public let panels: Int
    public let conditions: [Located<AirfoilCondition>]
    public let lifts: LiftHold

    static let choice = Choice<any Physics>(
      word,
      "The flow about an airfoil: vortex panels with an integral boundary layer, at one or several operating points. Lengths are in chords.",
      record(
        "An airfoil and what it is asked to do.",
        required("foil", AirfoilSource.form.located, "The foil that is looked at, or that a design starts from."),
        defaulted("panels", Scalars.integer(20...800), 160, "Nodes of the surface, dense where it is curved."),
        required(
          "conditions", Composites.list(AirfoilCondition.form.located, count: 1...200),
          "Operating points. They are solved at the same time on all threads."),
        defaulted(
          "lifts",
          Scalars.word([
            ("solved", "Each evaluation finds the angles that give them.", LiftHold.solved),
            ("constrained", "The angles are variables too, and the lifts are constraints; for `sqp`.", .constrained),
          ]), .solved, written: "solved",
          "How a design holds the lifts of its operating points. With `constrained` it may begin with lifts that it does not carry, and pass through stall."
        )
      ) { Airfoil(foil: $0, panels: $1, conditions: $2, lifts: $3) as any Physics })
  }

  /// How a design holds the lifts of its operating points.
  public enum LiftHold: Sendable {
    /// Each flow is solved at its lift.
    case solved
    /// Angles are variables and lifts are equality constraints.
    case constrained
  }

  /// Where a foil comes from.
  public enum AirfoilSource: Sendable, Equatable {
    case named(String)
    case file(SceneFilePath)

    static let form: Form<AirfoilSource> = Composites.either(
      scalar: Scalars.name.map { .named($0) },
      map: record(
        "A foil in a file.",
        required("file", Scalars.file, "A `.dat` file of coordinates (Selig or Lednicer), relative to this scene.")
      ) { .file($0) })
  }

  /// An operating point of an airfoil.
  public struct AirfoilCondition: Sendable, Equatable {
    public let name: Located<String>?
    /// Radians; nil where the lift is given.
    public let angle: Double?
    public let lift: Double?
    /// Nil: no viscosity.
    public let reynolds: Located<Double>?
    public let mach: Double
    public let criticalAmplification: Double
    /// x of the upper and the lower trip, in chords.
    public let trip: [Double]?
    public let weight: Double

    static let form: Form<AirfoilCondition> = record(
      "An operating point: an angle of attack or a lift, and the flow.",
      optional("name", Scalars.name.located, "What tables call it; its angle or lift when left out."),
      optional(
        "angle", Scalars.number(.between(-0.6, 0.6)),
        "The angle of attack, as in `4 deg`; a number without unit is in rad."),
      optional("lift", Scalars.number(.between(-5, 5)), "The lift coefficient; the angle follows."),
      optional(
        "reynolds", Scalars.number(.between(1e3, 1e9)).located,
        "The Reynolds number of the chord; the flow has no viscosity when left out."),
      defaulted("mach", Scalars.number(NumberRange(lower: 0, upper: 0.8)), 0, "The Mach number of the free stream."),
      defaulted(
        "ncrit", Scalars.number(.between(1, 20)), 9,
        "The amplification at which the flow turns turbulent: 9 in a quiet wind tunnel, 4 in a noisy one."),
      optional(
        "trip", Composites.list(Scalars.number(.between(0.001, 1)), count: 2...2),
        "Where the upper and the lower side are tripped at the latest, in chords from the nose: `[0.05, 0.1]`; 1 for not at all."
      ),
      defaulted("weight", Scalars.number(.nonNegative), 1, "Of this point in means and worst cases."),
      needsOneOf: ["angle", "lift"]
    ) {
      AirfoilCondition(
        name: $0, angle: $1, lift: $2, reynolds: $3, mach: $4, criticalAmplification: $5, trip: $6, weight: $7)
    }.checked {
      $0.angle != nil && $0.lift != nil
        ? ("`angle` and `lift` exclude each other", "keep one of them; the other follows") : nil
    }
  }
}
