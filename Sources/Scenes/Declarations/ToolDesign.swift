extension Scene {
  /// A solid whose shape is designed.
  public struct ToolDesign: Design, Equatable {
    public static let word = "tool"

    public enum Shape: Sendable, Equatable {
      case jointChain(JointChainShape)
      case spline(PointsShape)
      case polygon(PointsShape)
      case heightField(HeightFieldShape)
      case solid(LayeredShape)
    }

    public let name: String
    public let shape: Shape
    public let layers: Int

    static let choice = Choice<any Design>(
      word, "A solid whose shape may change.",
      record(
        "A solid at rest whose shape may change. It needs a weakly compressible scheme. It must stay in the box and, at the start, off the fluid.",
        defaulted("name", Scalars.name, "tool", "What messages call it."),
        required("shape", shapeForm, "What it is and what of it may change."),
        defaulted(
          "layers", Scalars.integer(1...20), 3,
          "Layers of particles across a line or below a height field; fewer let fluid see through.")
      ) { ToolDesign(name: $0, shape: $1, layers: $2) as any Design })

    private static let shapeForm: Form<Shape> = Composites.kind(
      "shape", "What a tool is and what of it may change.",
      [
        Choice(
          "joint-chain", "Rigid links, each turned against the one before; the angles may change. In the plane.",
          JointChainShape.form.map { .jointChain($0) }),
        Choice(
          "spline", "A band along a cubic spline whose control points may move. In the plane.",
          PointsShape.form("A band along a spline.", least: 4).map { .spline($0) }),
        Choice(
          "polygon", "A filled polygon whose corners may move. In the plane.",
          PointsShape.form("A filled polygon.", least: 3).map { .polygon($0) }),
        Choice(
          "height-field",
          "Ground of the height base + amplitude tanh(v), with a variable v at each node of a grid over x, and z in space.",
          HeightFieldShape.form.map { .heightField($0) }),
        Choice(
          "solid", "A shape whose surface the particles follow in layers; its place and its sizes may change.",
          LayeredShape.form.map { .solid($0) }),
      ])
  }

  public struct JointChainShape: Sendable, Equatable {
    /// m
    public let root: [Double]
    /// rad
    public let direction: Double
    /// m
    public let length: Double
    public let joints: Int
    /// rad
    public let limit: Double
    /// rad; one for all or one each.
    public let start: [Double]

    static let form: Form<JointChainShape> = record(
      "A chain of rigid links.",
      required("root", Composites.list(Scalars.length, count: 2...2), "Where its first joint is fixed, in m."),
      defaulted(
        "direction", Scalars.number(), 0, "Where it points with all angles zero, in rad from the x axis, or `30 deg`."),
      required("length", Scalars.positiveLength, "Of the whole chain, in m."),
      required("joints", Scalars.integer(1...1000), "Joints, each with a link of the same length after it."),
      defaulted(
        "limit", Scalars.number(.between(1e-6, 6.3)), 1.5, "The greatest angle of a joint, either way, in rad or `deg`."
      ),
      defaulted(
        "start", Composites.oneOrMore(Scalars.number()), [0], written: "0",
        "The angles at the beginning of the optimization, in rad or `deg`: one for all joints, or one for each.")
    ) { JointChainShape(root: $0, direction: $1, length: $2, joints: $3, limit: $4, start: $5) }.checked { chain in
      if chain.start.count != 1, chain.start.count != chain.joints {
        return (
          "`start` has \(chain.start.count) angles for \(chain.joints) joints", "give one for all, or one for each"
        )
      }
      if chain.start.contains(where: { abs($0) > chain.limit }) {
        return ("an angle of `start` is beyond `limit`", "make it smaller, or the limit larger")
      }
      return nil
    }
  }

  /// Points that may move.
  public struct PointsShape: Sendable, Equatable {
    /// m
    public let points: [[Double]]
    /// m
    public let limit: Double
    /// Nil: both.
    public let axes: [Axis]?

    static func form(_ doc: String, least: Int) -> Form<PointsShape> {
      record(
        doc,
        required(
          "points", Composites.list(Composites.list(Scalars.length, count: 2...2), count: least...1000),
          "Its points `[x, y]` in m, in order, as they are at the beginning of the optimization."),
        required("limit", Scalars.positiveLength, "The greatest shift of a point along an axis, either way, in m."),
        optional("axes", Axis.several, "Axes along which points may move: x, y or both; both when left out.")
      ) { PointsShape(points: $0, limit: $1, axes: $2) }.checked {
        $0.axes?.contains(.z) == true ? ("a flat box has no z", "take z out of `axes`") : nil
      }
    }
  }

  /// A shape whose numbers may change.
  public struct LayeredShape: Sendable, Equatable {
    public let shape: Located<SolidForm>
    /// m
    public let limit: Double
    /// rad, or a part of the normal of a half-space.
    public let turnLimit: Double

    static let form: Form<LayeredShape> = record(
      "A shape in layers of particles.",
      required("shape", SolidForm.form.located, "What it is at the beginning of the optimization."),
      required(
        "limit", Scalars.positiveLength,
        "The greatest change in m, either way, of each coordinate and length that the shape is given by: halves of the edges of a box, the shift of a surface in a file."
      ),
      defaulted(
        "turn-limit", Scalars.number(.between(0, 3.2)), 0,
        "The greatest turn of a box in 2D, either way, in rad or `deg`, or of a half-space, about; none when left out.")
    ) { LayeredShape(shape: $0, limit: $1, turnLimit: $2) }
  }

  public struct HeightFieldShape: Sendable, Equatable {
    /// m, along x and, in space, z.
    public let from: [Double]
    public let to: [Double]
    public let nodes: [Int]
    /// m
    public let base: Double
    /// m
    public let amplitude: Double
    public let limit: Double
    public let start: Double

    static let form: Form<HeightFieldShape> = record(
      "Ground as a height over the horizontal axes.",
      required(
        "from", Composites.oneOrMore(Scalars.length), "Where it begins: x in the plane, `[x, z]` in space, in m."),
      required("to", Composites.oneOrMore(Scalars.length), "Where it ends, in m."),
      required(
        "nodes", Composites.oneOrMore(Scalars.integer(2...1000)),
        "Nodes of the grid along x, and in space along z: `[25, 25]`."),
      required("base", Scalars.length, "The height y in m where all variables are zero."),
      required("amplitude", Scalars.positiveLength, "The most that a height departs from it, in m."),
      defaulted(
        "limit", Scalars.number(.between(1e-3, 20)), 2, "The greatest variable, either way; heights follow its tanh."),
      defaulted("start", Scalars.number(.between(-20, 20)), 0, "All variables at the beginning of the optimization.")
    ) { HeightFieldShape(from: $0, to: $1, nodes: $2, base: $3, amplitude: $4, limit: $5, start: $6) }.checked {
      field in
      if field.from.count != field.to.count || field.from.count != field.nodes.count || field.from.count > 2 {
        return ("`from`, `to` and `nodes` differ in length", "give each one entry in the plane, two in space")
      }
      if !zip(field.from, field.to).allSatisfy(<) {
        return ("the ground is empty: `from` is not below `to`", "exchange them")
      }
      return nil
    }
  }
}
