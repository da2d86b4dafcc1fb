extension Scene.Functional {
  public struct MeanPosition: Sendable, Equatable {
    /// Nil: all particles.
    public let fluid: Located<String>?
    public let direction: Displacement.Direction
    /// s; nil for the end.
    public let at: Located<Double>?

    static let record = record(of: "A mean position.")

    static func record(of doc: String) -> Form<MeanPosition> {
      Scenes.record(
        doc, ParticleFunctionalForm.fluid, ParticleFunctionalForm.direction, ParticleFunctionalForm.at
      ) { MeanPosition(fluid: $0, direction: $1, at: $2) }
    }
  }

  public struct MeanSquaredDistance: Sendable, Equatable {
    /// Nil: all particles.
    public let fluid: Located<String>?
    /// m, one entry per axis.
    public let point: [Double]
    /// s; nil for the end.
    public let at: Located<Double>?

    static let record: Form<MeanSquaredDistance> = Scenes.record(
      "A mean squared distance.", ParticleFunctionalForm.fluid,
      required("point", Composites.list(Scalars.length, count: 2...3), "The point, in m."), ParticleFunctionalForm.at
    ) { MeanSquaredDistance(fluid: $0, point: $1, at: $2) }
  }
}

extension Scene.Functional {
  public struct MassInBox: Sendable, Equatable {
    /// Nil: all particles.
    public let fluid: Located<String>?
    public let from: [Scene.Coordinate]
    public let to: [Scene.Coordinate]
    /// m; nil for the spacing.
    public let edge: Double?
    /// s; nil for the end.
    public let at: Located<Double>?

    static let record: Form<MassInBox> = Scenes.record(
      "The mass of particles inside a box along the axes.", ParticleFunctionalForm.fluid,
      required(
        "from", Composites.list(Scene.Coordinate.form, count: 2...3),
        "The lowest corner, in m; `min` for no face on that side."),
      required(
        "to", Composites.list(Scene.Coordinate.form, count: 2...3),
        "The highest corner, in m; `max` for no face on that side."),
      optional(
        "edge", Scalars.positiveLength,
        "Width in m over which a particle at a face begins to count; the spacing when left out. A wide edge attracts particles from afar."
      ), ParticleFunctionalForm.at
    ) { MassInBox(fluid: $0, from: $1, to: $2, edge: $3, at: $4) }
  }
}

extension Scene.Functional {
  public struct BodyPosition: Sendable, Equatable {
    public let body: Located<String>
    public let direction: Displacement.Direction
    /// s; nil for the end.
    public let at: Located<Double>?

    static let record: Form<BodyPosition> = Scenes.record(
      "The place of a rigid body.", required("body", Scalars.name.located, "The name of the body."),
      ParticleFunctionalForm.direction, ParticleFunctionalForm.at
    ) { BodyPosition(body: $0, direction: $1, at: $2) }
  }
}

/// What functionals of particles have in common.
enum ParticleFunctionalForm {
  static let fluid = optional(
    "fluid", Scalars.name.located, "The name of the fluid whose particles count; all particles when left out.")

  static let direction = required(
    "direction",
    Composites.either(
      scalar: Axis.form.map { Scene.Functional.Displacement.Direction.axis($0) },
      list: Composites.list(Scalars.number(), count: 2...3).checked {
        $0.allSatisfy { $0 == 0 } ? ("the direction is zero", "give it a length; it is scaled to one") : nil
      }.map { Scene.Functional.Displacement.Direction.vector($0) }
    ), "An axis, or a vector that is scaled to length one.")

  static let at = optional(
    "at", Scalars.quantity(.time, .nonNegative).located, "The time in s at which it is taken; the end when left out.")
}
