extension Scene.Functional {
  /// Which force, and when.
  public struct ForceOn: Sendable, Equatable {
    public let solid: Located<String>
    public let direction: Displacement.Direction
    /// The mean over all of the time instead of that at an instant.
    public let overTime: Bool
    /// s; nil for the end.
    public let at: Located<Double>?

    static let record: Form<ForceOn> = Scenes.record(
      "A force of the fluid.", solid, ParticleFunctionalForm.direction,
      defaulted(
        "over-time", Scalars.flag, false,
        "Whether it is the mean on the way instead of that at an instant; needs an `end` in s."),
      ParticleFunctionalForm.at
    ) { ForceOn(solid: $0, direction: $1, overTime: $2, at: $3) }.checked {
      $0.overTime && $0.at != nil ? ("both `at` and `over-time`", "remove one of them") : nil
    }

    static let deviation: Form<(ForceOn, [Double])> = Scenes.record(
      "A force of the fluid, and what it should be.", solid, ParticleFunctionalForm.direction,
      optional(
        "at", Scalars.quantity(.time, .nonNegative).located,
        "The time in s at which it is taken; the mean on the way when left out, which needs an `end` in s."),
      required(
        "history", Composites.oneOrMore(Scalars.quantity(.force)),
        "The force asked for, in N: one number, or several evenly spread from the start to the end with straight lines between them."
      )
    ) { (ForceOn(solid: $0, direction: $1, overTime: $2 == nil, at: $2), $3) }

    private static let solid = required(
      "solid", Scalars.name.located, "The name of a solid, a body or a tool.")
  }

  public struct SplashHeight: Sendable, Equatable {
    /// Nil: all particles.
    public let fluid: Located<String>?
    /// m
    public let width: Double
    /// Over all of the time instead of at an instant.
    public let overTime: Bool
    /// s; nil for the end.
    public let at: Located<Double>?

    static let record: Form<SplashHeight> = Scenes.record(
      "A height of particles.", ParticleFunctionalForm.fluid,
      required(
        "width", Scalars.positiveLength,
        "How far below the highest particle, in m, others count as well: the smooth maximum w ln mean exp(y/w)."),
      defaulted(
        "over-time", Scalars.flag, false,
        "Whether it is the highest place on the way instead of that at an instant; needs an `end` in s."),
      ParticleFunctionalForm.at
    ) { SplashHeight(fluid: $0, width: $1, overTime: $2, at: $3) }.checked {
      $0.overTime && $0.at != nil ? ("both `at` and `over-time`", "remove one of them") : nil
    }
  }

  public struct Landed: Sendable, Equatable {
    /// Nil: all particles.
    public let fluid: Located<String>?
    public let direction: Displacement.Direction
    /// m
    public let below: Double
    /// m; nil for the spacing.
    public let edge: Double?
    /// s; nil for the end.
    public let at: Located<Double>?

    static let record: Form<Landed> = Scenes.record(
      "A number about the particles that have landed.", ParticleFunctionalForm.fluid, ParticleFunctionalForm.direction,
      required("below", Scalars.length, "The height y in m below which a particle has landed."),
      optional(
        "edge", Scalars.positiveLength,
        "Width in m over which a particle at that height begins to count; the spacing when left out."),
      ParticleFunctionalForm.at
    ) { Landed(fluid: $0, direction: $1, below: $2, edge: $3, at: $4) }
  }

  public struct Mixing: Sendable, Equatable {
    public let dye: Located<String>
    /// m
    public let resolution: Double
    /// s; nil for the end.
    public let at: Located<Double>?

    static let record: Form<Mixing> = Scenes.record(
      "A state of mixing.", required("dye", Scalars.name.located, "The name of the fluid that carries the dye."),
      required(
        "resolution", Scalars.positiveLength,
        "Size in m of the places that are compared; at least twice the spacing, so that several particles are in one."),
      ParticleFunctionalForm.at
    ) { Mixing(dye: $0, resolution: $1, at: $2) }
  }

  public struct TransportDistance: Sendable, Equatable {
    /// Nil: all particles.
    public let fluid: Located<String>?
    /// Nil where a file gives it.
    public let target: Located<Scene.Selection>?
    public let file: SceneFilePath?
    /// m; nil for two spacings.
    public let blur: Double?
    /// s; nil for the end.
    public let at: Located<Double>?

    static let record: Form<TransportDistance> = Scenes.record(
      "A distance to a target.", ParticleFunctionalForm.fluid,
      optional(
        "target", Scene.Selection.form.located, "Where the mass should be, evenly spread: the inside of a region."),
      optional(
        "target-file", Scalars.file,
        "Where the mass should be: an `.npy` file of places in m, one row of x, y (and z) each, all of the same mass."),
      optional(
        "blur", Scalars.positiveLength,
        "Distances in m that do not matter; two spacings when left out. Larger is smoother and quicker."),
      ParticleFunctionalForm.at, needsOneOf: ["target", "target-file"]
    ) { TransportDistance(fluid: $0, target: $1, file: $2, blur: $3, at: $4) }.checked {
      $0.target != nil && $0.file != nil ? ("both `target` and `target-file`", "remove one of them") : nil
    }
  }
}
