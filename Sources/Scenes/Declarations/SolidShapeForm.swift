import SmoothedParticles

extension SolidShape {
  static let form: Form<SolidShape> = Composites.kind(
    "shape", "A shape whose surface the particles follow in layers, smoothly.",
    [
      Choice(
        "ball", "A ball, or in 2D a disc.",
        record(
          "A ball, or in 2D a disc.", required("center", place, "The middle, in m."),
          required("radius", Scalars.positiveLength, "The radius, in m.")
        ) { .ball(center: $0, radius: $1) }),
      Choice(
        "box", "A box, or in 2D a rectangle.",
        record(
          "A box, or in 2D a rectangle.", required("center", place, "The middle, in m."),
          required(
            "size", Composites.list(Scalars.positiveLength, count: 2...3), "Its edges along x, y and, in 3D, z, in m."),
          defaulted("angle", Scalars.number(), 0, "In 2D, by which it is turned counter-clockwise, such as `30 deg`.")
        ) { center, size, angle in (center, size, angle) }
        .checked {
          $0.0.count == $0.1.count
            ? nil : ("`center` has \($0.0.count) entries and `size` \($0.1.count)", "give both as many")
        }
        .map { .box(center: $0, halfSizes: $1.map { $0 / 2 }, angle: $2) }),
      Choice(
        "capsule", "In 2D, a line with round ends.",
        record(
          "A line with a thickness and round ends.",
          required("from", Composites.list(Scalars.length, count: 2...2), "One end of the line, in m."),
          required("to", Composites.list(Scalars.length, count: 2...2), "The other end, in m."),
          required("radius", Scalars.positiveLength, "Half the thickness, in m.")
        ) { from, to, radius in (from, to, radius) }
        .checked { $0.0 == $0.1 ? ("both ends of the capsule are the same", "take a `ball`") : nil }
        .map { .capsule(from: $0, to: $1, radius: $2) }),
    ])

  private static let place = Composites.list(Scalars.length, count: 2...3)
}
