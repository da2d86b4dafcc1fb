/// A direction of space.
public enum Axis: Int, Sendable, CaseIterable, Hashable, CustomStringConvertible {
  case x, y, z

  public var description: String { ["x", "y", "z"][rawValue] }

  static let form: Form<Axis> = Scalars.word([
    ("x", "To the right.", .x), ("y", "Up.", .y), ("z", "Toward the viewer; only in 3D.", .z),
  ])

  /// Several axes, each once.
  static let several: Form<[Axis]> = Composites.oneOrMore(form).checked { axes in
    Set(axes).count == axes.count ? nil : ("an axis is named twice", "name each axis once")
  }
}
