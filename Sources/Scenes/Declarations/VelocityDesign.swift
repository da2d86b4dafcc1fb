extension Scene {
  /// How particles move at the start.
  public struct VelocityDesign: Design, Equatable {
    public static let word = "initial-velocity"

    public enum Each: Sendable, Equatable {
      case particle, fluid
    }

    public let each: Each
    /// m/s
    public let limit: Double
    /// Nil: all fluids.
    public let fluids: [Located<String>]?

    static let choice = Choice<any Design>(
      word, "How the fluids of particles move at the start.",
      record(
        "How fluids of particles move at the start, one velocity for each fluid or for each particle. It begins with the fluids' own `velocity`.",
        defaulted(
          "each",
          Scalars.word([
            ("fluid", "One velocity for all particles of a fluid.", Each.fluid),
            ("particle", "A velocity for each particle.", .particle),
          ]), .fluid, written: "fluid", "What has a velocity of its own."),
        required(
          "limit", Scalars.quantity(.speed, .positive), "The greatest velocity along an axis, either way, in m/s."),
        optional(
          "fluids", Composites.oneOrMore(Scalars.name.located),
          "Names of the fluids that may change; all when left out.")
      ) { VelocityDesign(each: $0, limit: $1, fluids: $2) as any Design })
  }
}
