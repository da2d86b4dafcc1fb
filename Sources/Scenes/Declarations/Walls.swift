import SmoothedParticles

extension Scene {
  /// A side of a box that is a wall.
  public struct WallSide: Sendable, Equatable {
    public let side: Side
    /// m/s along the wall, one entry an axis; nil for rest.
    public let velocity: Located<[Double]>?

    static let form: Form<WallSide> = record(
      "A side of the box that is a wall.", required("side", Side.form, "Which side."),
      optional(
        "velocity", Composites.list(Scalars.quantity(.speed), count: 2...3).located,
        "The velocity in m/s with which the wall slides along itself, one entry per axis; at rest when left out.")
    ) { WallSide(side: $0, velocity: $1) }

    /// A list of sides, each a word or a map.
    static let listForm: Form<[Located<WallSide>]> = Composites.list(
      Composites.either(scalar: Side.form.map { WallSide(side: $0, velocity: nil) }, map: form).located, count: 1...6)
  }

  /// A side of a box.
  public enum Side: Int, Sendable, CaseIterable {
    case left, right, bottom, top, back, front

    var axis: Int { rawValue / 2 }
    var isUpper: Bool { rawValue % 2 == 1 }

    static let form: Form<Side> = Scalars.word([
      ("left", "Where x is least.", .left), ("right", "Where x is greatest.", .right),
      ("bottom", "Where y is least.", .bottom), ("top", "Where y is greatest.", .top),
      ("back", "Where z is least; only in 3D.", .back), ("front", "Where z is greatest; only in 3D.", .front),
    ])
  }

  /// A rigid body in the box.
  public struct Solid: Sendable, Equatable {
    public let name: String?
    /// Nil where it has a shape.
    public let region: Located<Selection>?
    public let shape: Located<SolidForm>?
    /// m/s, one entry an axis; nil for rest.
    public let velocity: Located<[Double]>?
    public let motion: Located<SolidMotion>?

    static let form: Form<Solid> = record(
      "A rigid body that the fluid flows around.",
      optional("name", Scalars.name, "What messages call it; `solid 1` and so on when left out."),
      optional("region", Selection.form.located, "Where it is at the start: every place of the lattice in it."),
      optional(
        "shape", SolidForm.form.located,
        "What it is at the start, instead of a `region`: layers of particles follow its surface smoothly, and fluid nearer than half a spacing is left out."
      ),
      optional(
        "velocity", Composites.list(Scalars.quantity(.speed), count: 2...3).located,
        "The velocity with which it travels, in m/s, one entry per axis; at rest when left out."),
      optional("motion", SolidMotion.form.located, "How it moves over time, instead of a constant `velocity`."),
      needsOneOf: ["region", "shape"]
    ) { Solid(name: $0, region: $1, shape: $2, velocity: $3, motion: $4) }
    .checked {
      $0.region != nil && $0.shape != nil ? ("both `region` and `shape` are given", "keep one of them") : nil
    }
    .checked {
      $0.velocity != nil && $0.motion != nil ? ("both `velocity` and `motion` are given", "keep one of them") : nil
    }
  }

  /// Where the pressure of walls comes from.
  public enum BoundaryScheme: String, Sendable, CaseIterable {
    case extrapolated
    case modifiedDynamic = "modified-dynamic"
  }

  static let boundarySchemeForm: Form<BoundaryScheme> = Scalars.word([
    ("extrapolated", "The mean over the fluid near them (Adami, Hu & Adams 2012).", .extrapolated),
    (
      "modified-dynamic",
      "A plane fitted to the fluid at their mirror points (English et al. 2022): for sides of the box and solids with a `shape`, at rest, sliding or with a `velocity`, in weakly compressible flow.",
      .modifiedDynamic
    ),
  ])

  static let wallFrictionForm: Form<WallFriction> = Scalars.word([
    ("no-slip", "The fluid at a wall moves with the wall.", .noSlip), ("free-slip", "No friction at all.", .freeSlip),
  ])
}
