extension Scene {
  /// Where fluids of particles are at the start.
  public struct PositionDesign: Design, Equatable {
    public static let word = "initial-position"

    /// m
    public let limit: Double
    /// Nil: all fluids.
    public let fluids: [Located<String>]?
    /// m; nil where fluids may be shifted onto each other.
    public let apart: Located<Double>?

    static let choice = Choice<any Design>(
      word, "Where fluids of particles are at the start.",
      record(
        "A shift of each fluid as a whole from where its `region` puts it. Without `apart` nothing keeps fluids from being shifted onto each other, and nothing keeps them out of solids.",
        required(
          "limit", Scalars.positiveLength,
          "The greatest shift along an axis, either way, in m; shifts out of the box are never tried."),
        optional(
          "fluids", Composites.oneOrMore(Scalars.name.located),
          "Names of the fluids that may be shifted; all when left out."),
        optional(
          "apart", Scalars.quantity(.length, .nonNegative).located,
          "The least gap between two fluids that may be shifted, in m, each taken as the ball around it. Shifts that break it count as a failed run; a sampler moves its designs to near ones that keep it."
        )
      ) { PositionDesign(limit: $0, fluids: $1, apart: $2) as any Design })
  }
}
