extension Scene {
  /// Where fluids of particles are at the start.
  public struct PositionDesign: Design, Equatable {
    public static let word = "initial-position"

    /// m
    public let limit: Double
    /// Nil: all fluids.
    public let fluids: [Located<String>]?

    static let choice = Choice<any Design>(
      word, "Where fluids of particles are at the start.",
      record(
        "A shift of each fluid as a whole from where its `region` puts it. Nothing keeps fluids apart that are shifted onto each other or into a solid.",
        required(
          "limit", Scalars.positiveLength,
          "The greatest shift along an axis, either way, in m; shifts out of the box are never tried."),
        optional(
          "fluids", Composites.oneOrMore(Scalars.name.located),
          "Names of the fluids that may be shifted; all when left out.")
      ) { PositionDesign(limit: $0, fluids: $1) as any Design })
  }
}
