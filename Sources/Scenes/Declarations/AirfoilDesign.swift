extension Scene {
  /// How the shape of an airfoil may change.
  public struct AirfoilDesign: Design, Equatable {
    public static let word = "airfoil"

    public enum Shape: Sendable, Equatable {
      case cst(ClassShape)
      case bSpline(controls: Int, range: Double)
      case hicksHenne(bumps: Int, exponent: Double, range: Double)
      case freeForm(columns: Int, rows: Int, range: Double)
      case parsec(range: Double)
      case naca4
      case naca5
    }

    public let shape: Shape

    /// Class-shape transformation.
    public struct ClassShape: Sendable, Equatable {
      /// The least size of the first weight of each side.
      public let leastFirstWeight: Double
      public let weights: Int
      public let hasLeadingEdgeTerm: Bool
      /// In chords; nil: the start's.
      public let trailingEdgeThickness: Double?
      public let hasFreeTrailingEdge: Bool
      public let isRoundAtNose: Bool
      public let lowerRange: [Double]
      public let upperRange: [Double]
      /// The start is the best of the foil and of it with a few camber lines more.
      public let searchesCamber: Bool
    }

    static var choices: [Choice<any Design>] {
      [
        choice(
          "cst", "Class-shape transformation (Kulfan 2008): weights of Bernstein polynomials on both sides.",
          record(
            "Class-shape transformation, fitted to the foil at the start.",
            defaulted("weights", Scalars.integer(2...20), 8, "Weights of each side."),
            defaulted("leading-edge", Scalars.flag, true, "Whether the leading-edge term (Kulfan 2020) is part of it."),
            optional(
              "trailing-edge-thickness", Scalars.number(NumberRange(lower: 0, upper: 0.1)),
              "Of the trailing edge, in chords; as at the start when left out."),
            defaulted(
              "free-trailing-edge", Scalars.flag, false,
              "Whether the thickness of the trailing edge may change, up to 2 % of the chord."),
            defaulted(
              "round-nose", Scalars.flag, false,
              "Whether the first weights of both sides stay equal and opposite, so that the curvature is continuous at the nose."
            ),
            defaulted(
              "least-first-weight", Scalars.number(NumberRange(lower: 0, upper: 0.4)), 0.1,
              "The least size of the first weight of each side, upward and downward: it keeps the nose round."),
            defaulted(
              "lower-range", range, [-0.5, 0.25], written: "[-0.5, 0.25]",
              "Between which the weights of the lower side lie."),
            defaulted(
              "upper-range", range, [-0.25, 0.5], written: "[-0.25, 0.5]",
              "Between which the weights of the upper side lie."),
            defaulted(
              "search-camber", Scalars.flag, false,
              "Whether the start is the best of the foil and of it with camber lines of -4 to 8 % added: a foil far from the design's lift descends into a worse valley."
            )
          ) {
            .cst(
              ClassShape(
                leastFirstWeight: $5, weights: $0, hasLeadingEdgeTerm: $1, trailingEdgeThickness: $2,
                hasFreeTrailingEdge: $3, isRoundAtNose: $4, lowerRange: $6, upperRange: $7, searchesCamber: $8))
          }),
        choice(
          "b-spline", "A cubic B-spline; the ordinates of its control points change.",
          record(
            "A cubic B-spline, fitted to the foil at the start.",
            defaulted("controls", Scalars.integer(4...40), 8, "Control points of each side."),
            reach("How far a control point may move, either way, in chords.", 0.06)
          ) { .bSpline(controls: $0, range: $1) }),
        choice(
          "hicks-henne", "Smooth bumps on the foil at the start (Hicks & Henne 1978).",
          record(
            "Bumps on both sides.", defaulted("bumps", Scalars.integer(2...40), 8, "Bumps of each side."),
            defaulted("exponent", Scalars.number(.between(1, 10)), 3, "Larger makes narrower bumps."),
            reach("The greatest height of a bump, either way, in chords.", 0.02)
          ) { .hicksHenne(bumps: $0, exponent: $1, range: $2) }),
        choice(
          "free-form", "A box of control points around the foil at the start (Sederberg & Parry 1986).",
          record(
            "Free-form deformation.",
            defaulted("columns", Scalars.integer(3...20), 8, "Control points along the chord."),
            defaulted("rows", Scalars.integer(2...6), 2, "Control points across it."),
            reach("How far a control point may move, either way, in chords.", 0.06)
          ) { .freeForm(columns: $0, rows: $1, range: $2) }),
        choice(
          "parsec", "Eleven numbers: radius of the nose, crests, trailing edge (Sobieczky 1998).",
          record(
            "PARSEC, fitted to the foil at the start.",
            defaulted(
              "range", Scalars.number(.strictlyBetween(0, 1)), 0.3,
              "How far each number may move, relative to its size at the start.")
          ) { .parsec(range: $0) }),
        choice(
          "naca-4-digit", "Camber, its place, and thickness of the NACA four-digit family.",
          record("The four-digit family; the foil at the start must be of it.") { .naca4 }),
        choice(
          "naca-5-digit", "Design lift, place of the camber, and thickness of the NACA five-digit family.",
          record("The five-digit family; the foil at the start must be of it.") { .naca5 }),
      ]
    }

    private static let range = Composites.list(Scalars.number(.between(-5, 5)), count: 2...2).checked {
      $0[0] < $0[1] ? nil : ("the range is empty", "write the smaller number first")
    }

    private static func reach(_ doc: String, _ standard: Double) -> Field<Double> {
      defaulted("range", Scalars.number(.strictlyBetween(0, 1)), standard, doc)
    }

    private static func choice(_ word: String, _ doc: String, _ form: Form<Shape>) -> Choice<any Design> {
      Choice(word, doc, form.map { AirfoilDesign(shape: $0) as any Design })
    }
  }
}
