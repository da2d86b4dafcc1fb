extension Scene {
  /// A rectangle (two entries) or a box (three entries) that particles live in.
  public struct Box: Sendable, Equatable {
    /// Edge lengths in m.
    public let size: Located<[Double]>
    /// The lowest corner in m; as many entries as `size`.
    public let origin: [Double]
    /// Axes along which what leaves at one end comes in at the other.
    public let periodic: Located<[Axis]>

    public var dimension: Int { size.value.count }

    static let form: Form<Box> = record(
      "A rectangle or a box that particles live in. Two entries make it flat, three make it solid; y points up.",
      required(
        "size", Composites.list(Scalars.positiveLength, count: 2...3).located,
        "Edge lengths along x, y and, in 3D, z, in m."),
      optional(
        "origin", Composites.list(Scalars.length, count: 2...3),
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
          "give both two entries in 2D and three in 3D"
        )
      }
      if box.dimension == 2, box.periodic.value.contains(.z) {
        return ("a flat box has no z", "take z out of `periodic`")
      }
      return nil
    }
  }
}
