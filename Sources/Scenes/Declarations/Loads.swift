extension Scene {
  /// Loads that act together. The compliance of a scene is the weighted sum over its cases.
  public struct LoadCase: Sendable, Equatable {
    public let name: Located<String>?
    public let weight: Double
    public let forces: [Located<Force>]
    public let tractions: [Located<Traction>]
    public let bodyForces: [Located<BodyForce>]
    public let selfWeight: Located<SelfWeight>?

    static let form: Form<LoadCase> = record(
      "Loads that act together.",
      optional(
        "name", Scalars.name.located, "What functionals and tables call this case; `case 1` and so on when left out."),
      defaulted("weight", Scalars.number(.nonNegative), 1, "Its weight in the compliance."),
      defaulted(
        "forces", Composites.list(Force.form.located), [], written: "none", "Forces on points, edges or faces, in N."),
      defaulted(
        "tractions", Composites.list(Traction.form.located), [], written: "none",
        "Forces per area on edges or faces, in Pa."),
      defaulted(
        "body-forces", Composites.list(BodyForce.form.located), [], written: "none",
        "Forces per volume that do not depend on the design, in N/m^3."),
      optional("self-weight", SelfWeight.form.located, "Gravity on the material where it is."),
      needsOneOf: ["forces", "tractions", "body-forces", "self-weight"]
    ) {
      LoadCase(name: $0, weight: $1, forces: $2, tractions: $3, bodyForces: $4, selfWeight: $5)
    }
  }

  /// A force on the nodes of a selection.
  public struct Force: Sendable, Equatable {
    public enum Distribution: Sendable, Equatable {
      /// The force is the total, spread evenly over the length or area of the selection (consistent nodal loads).
      case total
      /// The force is the total, in equal shares for all selected nodes.
      case equalShares
      /// Every selected node carries the force.
      case eachNode
    }

    public let at: Located<Selection>
    /// N, one entry per axis.
    public let force: Located<[Double]>
    public let distribute: Distribution

    static let form: Form<Force> = record(
      "A force on a point, an edge or a face.",
      required("at", Selection.form.located, "Where it acts."),
      required(
        "force", Composites.list(Scalars.quantity(.force), count: 2...3).located, "The force in N, one entry per axis."),
      defaulted(
        "distribute",
        Scalars.word([
          ("total", "The force is the total, spread evenly over the length or area selected.", Distribution.total),
          ("equal-shares", "The force is the total, shared equally by the nodes selected.", .equalShares),
          ("each-node", "Every node selected carries the force.", .eachNode),
        ]), .total, written: "total", "How the force is spread over what is selected.")
    ) { Force(at: $0, force: $1, distribute: $2) }
  }

  /// A force per area on an edge (times the thickness) or a face.
  public struct Traction: Sendable, Equatable {
    public enum Load: Sendable, Equatable {
      /// Pa, one entry per axis.
      case vector([Double])
      /// Pa, against the outward normal.
      case pressure(Double)
    }

    public let at: Located<Selection>
    public let load: Load

    static let form: Form<Traction> = record(
      "A force per area on an edge or a face: either `traction` or `pressure`.",
      required("at", Selection.form.located, "Which edge or face."),
      optional(
        "traction", Composites.list(Scalars.quantity(.pressure), count: 2...3),
        "Force per area in Pa, one entry per axis."),
      optional("pressure", Scalars.quantity(.pressure), "Pressure in Pa; positive pushes into the body."),
      needsOneOf: ["traction", "pressure"]
    ) { at, traction, pressure in (at, traction, pressure) }
    .checked { $0.1 != nil && $0.2 != nil ? ("both `traction` and `pressure` are given", "keep one of them") : nil }
    .map { Traction(at: $0.0, load: $0.1.map { .vector($0) } ?? .pressure($0.2 ?? 0)) }
  }

  /// A force per volume.
  public struct BodyForce: Sendable, Equatable {
    public let at: Located<Selection>?
    /// N/m³, one entry per axis.
    public let force: Located<[Double]>

    static let form: Form<BodyForce> = record(
      "A force per volume that does not depend on the design.",
      optional("at", Selection.form.located, "Which cells; everywhere when left out."),
      required(
        "force", Composites.list(Scalars.quantity(.forcePerVolume), count: 2...3).located,
        "Force per volume in N/m^3, one entry per axis.")
    ) { BodyForce(at: $0, force: $1) }
  }

  /// Gravity on the material where it is: the load follows the design.
  public struct SelfWeight: Sendable, Equatable {
    /// m/s², one entry per axis.
    public let gravity: Located<[Double]>

    static let form: Form<SelfWeight> = record(
      "Gravity on the material where it is; needs the material's `density`.",
      required(
        "gravity", Composites.list(Scalars.quantity(.acceleration), count: 2...3).located,
        "Acceleration in m/s^2, one entry per axis: `[0, -9.81]`.")
    ) { SelfWeight(gravity: $0) }
  }
}
