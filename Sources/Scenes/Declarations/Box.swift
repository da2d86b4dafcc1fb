extension Scene {
  /// A line (one entry), a rectangle (two) or a box (three) that particles live in.
  public struct Box: Sendable, Equatable {
    /// Edge lengths in m.
    public let size: Located<[Double]>
    /// The lowest corner in m; as many entries as `size`.
    public let origin: [Double]
    /// Axes along which what leaves at one end comes in at the other.
    public let periodic: Located<[Axis]>

    public var dimension: Int { size.value.count }

    /// In messages.
    var kind: String { dimension == 1 ? "a line" : "a flat box" }

    static let form: Form<Box> = record(
      "A line, a rectangle or a box that particles live in. One entry makes a line, two make it flat, three make it solid; y points up.",
      required(
        "size", Composites.list(Scalars.positiveLength, count: 1...3).located,
        "Edge lengths along x, y and z, in m."),
      optional(
        "origin", Composites.list(Scalars.length, count: 1...3),
        "The corner with the lowest coordinates, in m; zero when left out."),
      defaulted(
        "periodic", Axis.several.located, Located([], at: .builtIn), written: "none",
        "Axes along which what leaves at one end comes in at the other. A particle that leaves through another end is an error."
      )
    ) { size, origin, periodic in
      Box(size: size, origin: origin ?? size.value.map { _ in 0 }, periodic: periodic)
    }.checked { box in
      if box.origin.count != box.dimension {
        return (
          "`size` has \(box.dimension) entries and `origin` \(box.origin.count)",
          "give both as many entries: one on a line, two in 2D and three in 3D"
        )
      }
      if let axis = box.periodic.value.first(where: { $0.rawValue >= box.dimension }) {
        return ("\(box.kind) has no \(axis)", "take \(axis) out of `periodic`")
      }
      return nil
    }
  }
}
