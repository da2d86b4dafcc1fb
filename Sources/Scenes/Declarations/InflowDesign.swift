extension Scene {
  /// How fast fluid enters.
  public struct InflowDesign: Design, Equatable {
    public static let word = "inflow"

    /// Nil: the first one.
    public let inlet: Located<String>?
    /// m/s
    public let limit: Double

    static let choice = Choice<any Design>(
      word, "How fast fluid enters through an inlet.",
      record(
        "How fast fluid enters through an inlet.",
        optional("inlet", Scalars.name.located, "The name of the inlet; the first one when left out."),
        required(
          "limit", Scalars.quantity(.speed, .positive),
          "The greatest change of the speed, either way, in m/s; less than the speed.")
      ) { InflowDesign(inlet: $0, limit: $1) as any Design })
  }
}
