extension Scene.Functional {
  public struct MeanPosition: Sendable, Equatable {
    /// Nil: all particles.
    public let fluid: Located<String>?
    public let direction: Displacement.Direction

    static let record: Form<MeanPosition> = Scenes.record(
      "A mean position.", ParticleFunctionalForm.fluid,
      required(
        "direction",
        Composites.either(
          scalar: Axis.form.map { Displacement.Direction.axis($0) },
          list: Composites.list(Scalars.number(), count: 2...3).checked {
            $0.allSatisfy { $0 == 0 } ? ("the direction is zero", "give it a length; it is scaled to one") : nil
          }.map { Displacement.Direction.vector($0) }
        ), "An axis, or a vector that is scaled to length one.")
    ) { MeanPosition(fluid: $0, direction: $1) }
  }

  public struct MeanSquaredDistance: Sendable, Equatable {
    /// Nil: all particles.
    public let fluid: Located<String>?
    /// m, one entry per axis.
    public let point: [Double]

    static let record: Form<MeanSquaredDistance> = Scenes.record(
      "A mean squared distance.", ParticleFunctionalForm.fluid,
      required("point", Composites.list(Scalars.length, count: 2...3), "The point, in m.")
    ) { MeanSquaredDistance(fluid: $0, point: $1) }
  }
}

/// What functionals of particles have in common.
enum ParticleFunctionalForm {
  static let fluid = optional(
    "fluid", Scalars.name.located, "The name of the fluid whose particles count; all particles when left out.")
}
