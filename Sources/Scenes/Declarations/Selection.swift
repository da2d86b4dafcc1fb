extension Scene {
  /// Which part of the domain something applies to.
  ///
  /// A map selects what satisfies all of its entries, a list what satisfies any of its items, a word the region of
  /// that name.
  public indirect enum Selection: Sendable, Equatable {
    /// The whole domain.
    case everywhere
    /// A region declared under `regions` or a physical group of the mesh.
    case region(Located<String>)
    /// A coordinate that is fixed or within a range.
    case coordinate(Axis, Span)
    /// The node nearest to a point.
    case point([Coordinate])
    case box(from: [Coordinate], to: [Coordinate])
    /// A ball in 3D, a disc in 2D.
    case ball(center: [Double], radius: Double)
    case cylinder(from: [Double], to: [Double], radius: Double)
    /// The inside of a polygon in the x-y plane; in 3D at every z.
    case polygon([[Double]])
    case union([Selection])
    case intersection([Selection])
    case complement(Selection)

    static let form: Form<Selection> = Composites.either(
      scalar: Scalars.name.located.map { $0.value == "everywhere" ? .everywhere : .region($0) },
      list: Composites.list(.deferred("selection", { form }), count: 1...Composites.mostItems).map {
        $0.count == 1 ? $0[0] : .union($0)
      },
      map: conditions
    ).named("selection")
  }

  /// One coordinate, or those from one to another.
  public enum Span: Sendable, Equatable {
    case at(Coordinate)
    case between(Coordinate, Coordinate)

    static let form: Form<Span> = Composites.either(
      scalar: Coordinate.form.map { .at($0) },
      list: Composites.list(Coordinate.form, count: 2...2).map { .between($0[0], $0[1]) })
  }

  /// A coordinate in m, or a word for an end of the domain.
  public enum Coordinate: Sendable, Equatable {
    case meters(Double)
    case minimum
    case middle
    case maximum

    static let form = Form<Coordinate>(
      .either([
        Scalars.length.shape,
        .word([
          Shape.Word("min", "The lowest coordinate of the domain."), Shape.Word("middle", "Halfway."),
          Shape.Word("max", "The highest coordinate of the domain."),
        ]),
      ])
    ) { node, decoding in
      switch node.content {
      case .scalar("min", _): return .minimum
      case .scalar("middle", _): return .middle
      case .scalar("max", _): return .maximum
      case .scalar(let text, _) where text.unicodeScalars.first?.properties.isAlphabetic == true:
        let near = nearestSpelling(of: text, among: ["min", "middle", "max"]).map { "did you mean `\($0)`?" }
        decoding.mismatch(node, expected: "a length in m, or `min`, `middle` or `max`", remedy: near)
        return nil
      default: return Scalars.length.read(node, &decoding).map { .meters($0) }
      }
    }
  }
}

extension Scene.Selection {
  private static let coordinates = Composites.list(Scene.Coordinate.form, count: 2...3)
  private static let position = Composites.list(Scalars.length, count: 2...3)

  /// The entries of a map: all must hold.
  private static let conditions: Form<Scene.Selection> = record(
    "A map selects what satisfies all of its entries.",
    optional("x", Scene.Span.form, "x in m: a number, `min`, `middle`, `max`, or a range `[from, to]`."),
    optional("y", Scene.Span.form, "y in m, as x."),
    optional("z", Scene.Span.form, "z in m, as x; only in 3D."),
    optional("point", coordinates, "The node nearest to this point, in m."),
    optional("region", Scalars.name.located, "A region by name: one of `regions`, or a physical group of the mesh."),
    optional(
      "box",
      record(
        "A box along the axes.", required("from", coordinates, "One corner, in m."),
        required("to", coordinates, "The opposite corner, in m.")
      ) { Scene.Selection.box(from: $0, to: $1) }, "The inside of a box along the axes."),
    optional("ball", round, "The inside of a ball; in 2D of a disc."),
    optional("circle", round, "The inside of a disc; the same as `ball`."),
    optional(
      "cylinder",
      record(
        "A cylinder with flat ends.", required("from", position, "The middle of one end, in m."),
        required("to", position, "The middle of the other end, in m."),
        required("radius", Scalars.positiveLength, "Its radius, in m.")
      ) { Scene.Selection.cylinder(from: $0, to: $1, radius: $2) }, "The inside of a cylinder with flat ends."),
    optional(
      "polygon", Composites.list(Composites.list(Scalars.length, count: 2...2), count: 3...10_000),
      "The inside of a polygon given by its corners `[x, y]` in m; in 3D at every z."),
    optional(
      "any", .deferred("selections") { Composites.list(form, count: 1...Composites.mostItems) },
      "What satisfies any item of this list."),
    optional("not", .deferred("selection") { form }, "What does not satisfy this selection."),
    needsOneOf: ["x", "y", "z", "point", "region", "box", "ball", "circle", "cylinder", "polygon", "any", "not"]
  ) { x, y, z, point, region, box, ball, circle, cylinder, polygon, any, not in
    var parts: [Scene.Selection] = []
    if let x { parts.append(.coordinate(.x, x)) }
    if let y { parts.append(.coordinate(.y, y)) }
    if let z { parts.append(.coordinate(.z, z)) }
    if let point { parts.append(.point(point)) }
    if let region { parts.append(.region(region)) }
    parts += [box, ball, circle, cylinder].compactMap(\.self)
    if let polygon { parts.append(.polygon(polygon)) }
    if let any { parts.append(.union(any)) }
    if let not { parts.append(.complement(not)) }
    return parts.count == 1 ? parts[0] : .intersection(parts)
  }

  private static let round: Form<Scene.Selection> = record(
    "A ball, or in 2D a disc.", required("center", position, "The middle, in m."),
    required("radius", Scalars.positiveLength, "The radius, in m.")
  ) { .ball(center: $0, radius: $1) }
}

extension Scene {
  /// A selection under a name.
  public struct NamedRegion: Sendable, Equatable {
    public let name: Located<String>
    public let selection: Located<Selection>

    static let listForm = Composites.named(Selection.form.located, "A name chosen freely, and what it selects.").map {
      entries in
      entries.map { NamedRegion(name: $0.name, selection: $0.value) }
    }
  }
}
