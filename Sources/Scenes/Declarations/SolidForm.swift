import SmoothedParticles

extension Scene {
  /// The shape of a solid, or where it is read from.
  public enum SolidForm: Sendable, Equatable {
    case shape(SolidShape)
    /// A surface in a file, whose unit is `scale` m, shifted by some m.
    case file(SceneFilePath, scale: Double, shift: [Double])

    static let form: Form<SolidForm> = Composites.kind(
      "shape", "A shape whose surface the particles follow in layers, smoothly.",
      [
        Choice(
          "ball", "A ball, or in 2D a disc.",
          record(
            "A ball, or in 2D a disc.", required("center", place, "The middle, in m."),
            required("radius", Scalars.positiveLength, "The radius, in m.")
          ) { .shape(.ball(center: $0, radius: $1)) }),
        Choice("box", "A box, or in 2D a rectangle.", box.map { .shape($0) }),
        Choice("capsule", "A line with a thickness and round ends.", capsule.map { .shape($0) }),
        Choice(
          "half-space", "All that is behind a plane, or in 2D a line, as far as the box reaches.",
          halfSpace.map { .shape($0) }),
        Choice(
          "polygon", "In 2D, the inside of a polygon that does not cross itself.",
          Composites.list(Composites.list(Scalars.length, count: 2...2), count: 3...10_000).checked { corners in
            if zip(corners, corners.dropFirst() + corners.prefix(1)).contains(where: { areSame($0, $1) }) {
              return ("two corners that follow each other are the same", "leave one out")
            }
            return SolidShape.polygon(corners).enclosesArea ? nil : ("the polygon has no area", "spread its corners")
          }.map { .shape(.polygon($0)) }),
        Choice(
          "stl", "In 3D, the inside of a closed surface in an STL file, binary or text.",
          record(
            "A surface in a file.", required("file", Scalars.file, "The file, relative to this scene."),
            defaulted(
              "scale", Scalars.quantity(.length, .positive), 1, written: "1 m",
              "The length in m that the file's unit stands for: `1 mm` for a surface in millimetres."),
            defaulted(
              "shift", Composites.list(Scalars.length, count: 3...3), [0, 0, 0], written: "[0, 0, 0]",
              "What is added to its coordinates, in m.")
          ) { .file($0, scale: $1, shift: $2) }),
      ])

    private static let place = Composites.list(Scalars.length, count: 2...3)

    private static let box: Form<SolidShape> = record(
      "A box, or in 2D a rectangle.", required("center", place, "The middle, in m."),
      required(
        "size", Composites.list(Scalars.positiveLength, count: 2...3), "Its edges along x, y and, in 3D, z, in m."),
      defaulted("angle", Scalars.number(), 0, "In 2D, by which it is turned counter-clockwise, such as `30 deg`.")
    ) { center, size, angle in (center, size, angle) }
    .checked {
      $0.0.count == $0.1.count
        ? nil : ("`center` has \($0.0.count) entries and `size` \($0.1.count)", "give both as many")
    }
    .map { .box(center: $0, halfSizes: $1.map { $0 / 2 }, angle: $2) }

    private static let capsule: Form<SolidShape> = record(
      "A line with a thickness and round ends.", required("from", place, "One end of the line, in m."),
      required("to", place, "The other end, in m."),
      required("radius", Scalars.positiveLength, "Half the thickness, in m.")
    ) { from, to, radius in (from, to, radius) }
    .checked {
      if $0.0.count != $0.1.count {
        return ("`from` has \($0.0.count) entries and `to` \($0.1.count)", "give both as many")
      }
      return areSame($0.0, $0.1) ? ("both ends of the capsule are the same", "take a `ball`") : nil
    }
    .map { .capsule(from: $0, to: $1, radius: $2) }

    private static let halfSpace: Form<SolidShape> = record(
      "All that is behind a plane.", required("point", place, "A point of the plane, in m."),
      required("normal", Composites.list(Scalars.number(), count: 2...3), "Where it faces: out of the solid.")
    ) { point, normal in (point, normal) }
    .checked {
      if $0.0.count != $0.1.count {
        return ("`point` has \($0.0.count) entries and `normal` \($0.1.count)", "give both as many")
      }
      return $0.1.allSatisfy { $0 == 0 } ? ("the normal is zero", "give it a direction") : nil
    }
    .map { point, normal in
      // First by the largest entry, whose square may be beyond the numbers.
      let largest = normal.reduce(0) { max($0, abs($1)) }, direction = normal.map { $0 / largest }
      let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return .halfSpace(point: point, normal: direction.map { $0 / length })
    }

    /// Whether two places have no direction between them.
    private static func areSame(_ a: [Double], _ b: [Double]) -> Bool {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } == 0
    }
  }
}
