extension Scene {
  /// What a body of fluid looks like at the start.
  public struct ShapeDesign: Design, Equatable {
    public static let word = "initial-shape"

    /// Nil: the only one.
    public let fluid: Located<String>?
    /// m; zero keeps the place.
    public let shift: Double
    /// Of the logarithm of the stretch; zero keeps it.
    public let stretch: Double
    /// rad; zero keeps it.
    public let turn: Double

    static let choice = Choice<any Design>(
      word, "Place and form of a body of fluid at the start, at constant volume.",
      record(
        "A body of fluid shifted, stretched at constant volume and, in the plane, turned about its centre.",
        optional("fluid", Scalars.name.located, "The name of the fluid; the only one when left out."),
        defaulted("shift", Scalars.quantity(.length, .nonNegative), 0, "The greatest shift along an axis, in m."),
        defaulted(
          "stretch", Scalars.number(.between(0, 1)), 0,
          "The greatest logarithm of the stretch along an axis; the last axis makes up for the others. Beyond 0.3 particles lie unevenly."
        ),
        defaulted(
          "turn", Scalars.number(.between(0, 6.3)), 0, "The greatest angle, in rad or `deg`; only in the plane.")
      ) { ShapeDesign(fluid: $0, shift: $1, stretch: $2, turn: $3) as any Design })
  }

  /// What a fluid is made of.
  public struct MaterialDesign: Design, Equatable {
    public static let word = "material"

    /// m²/s, from and to.
    public let viscosity: [Double]

    static let choice = Choice<any Design>(
      word, "What the fluid is made of: its viscosity.",
      record(
        "A constant of the fluid within a range; its logarithm is the design variable.",
        required(
          "viscosity", Composites.list(Scalars.quantity(.kinematicViscosity, .positive), count: 2...2),
          "The least and the greatest kinematic viscosity, in m^2/s; the fluid's own must be between them.")
      ) { MaterialDesign(viscosity: $0) as any Design })
  }

  /// Designs side by side.
  public struct SeveralDesigns: Design {
    public static let word = "several"

    public let designs: [Located<any Design>]

    static let choice = Choice<any Design>(
      word, "Several designs of a fluid of particles at once.",
      record(
        "Designs side by side.",
        required(
          "designs", Composites.list(.deferred("design") { designForm.located }, count: 1...20),
          "Each as it would be alone.")
      ) { SeveralDesigns(designs: $0) as any Design })
  }
}
