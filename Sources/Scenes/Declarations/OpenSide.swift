import SmoothedParticles

extension Scene {
  /// A side of a box through which fluid enters or leaves.
  public struct OpenSide: Sendable, Equatable {
    public let name: String?
    public let side: Side
    /// Inward, m/s; nil for an outlet.
    public let speed: Located<Double>?
    /// Nil: the whole side.
    public let opening: Located<Selection>?
    /// Height of the surface beyond an outlet, m; nil without pressure there.
    public let surface: Located<Double>?

    static let inlet: Form<OpenSide> = record(
      "A side of the box through which fluid enters.",
      optional("name", Scalars.name, "What messages and designs call it; `inlet 1` and so on when left out."),
      required("side", Side.form, "Which side."),
      required("speed", Scalars.quantity(.speed, .positive).located, "How fast it flows in, in m/s."),
      opening
    ) { OpenSide(name: $0, side: $1, speed: $2, opening: $3, surface: nil) }

    static let outlet: Form<OpenSide> = record(
      "A side of the box through which fluid leaves.",
      optional("name", Scalars.name, "What messages call it; `outlet 1` and so on when left out."),
      required("side", Side.form, "Which side."), opening,
      optional(
        "surface", Scalars.length.located,
        "The height y in m of the surface beyond it: the pressure there is that of the fluid at rest below it, so that a channel keeps its level; no pressure when left out. Needs `gravity`."
      )
    ) { OpenSide(name: $0, side: $1, speed: nil, opening: $2, surface: $3) }

    private static let opening = optional(
      "opening", Selection.form.located,
      "Which part of the side is open, as a part of the box next to it; the rest is a wall. All of it when left out.")
  }
}
