extension Scene {
  /// How a rigid body begins, or what it weighs.
  public struct BodyDesign: Design, Equatable {
    public static let word = "body"

    public enum Quantity: String, Sendable, CaseIterable {
      case position = "body-position"
      case velocity = "body-velocity"
      case angularVelocity = "body-angular-velocity"
      case density = "body-density"
    }

    public let body: Located<String>
    public let change: Quantity
    /// In the quantity's SI unit.
    public let limit: Double

    static let choice = Choice<any Design>(
      word, "How a rigid body begins, or its density.",
      record(
        "How a rigid body begins, or its density.",
        required("body", Scalars.name.located, "The name of the body."),
        required(
          "change",
          Scalars.word([
            ("position", "Where its centre of mass begins.", Quantity.position),
            ("velocity", "Its velocity at the start.", .velocity),
            ("angular-velocity", "How fast it turns at the start.", .angularVelocity),
            ("density", "Its density.", .density),
          ]), "What may change."),
        required(
          "limit", Scalars.number(.positive),
          "The greatest change of each entry from the body's own, either way, as a number in SI units.")
      ) { BodyDesign(body: $0, change: $1, limit: $2) as any Design })
  }
}
