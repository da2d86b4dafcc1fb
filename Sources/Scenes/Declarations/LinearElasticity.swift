extension Scene {
  /// Small deformations of an elastic body: ∇·σ + b = 0, σ = C ε(u), in 2D (plane) or 3D.
  public struct LinearElasticity: Physics, Equatable {
    public static let word = "linear-elasticity"

    public let material: Located<ElasticMaterial>
    public let supports: [Located<Support>]
    public let loadCases: [Located<LoadCase>]

    static let choice = Choice<any Physics>(
      word, "Small deformations of an elastic body in 2D or 3D; the state is the displacement in m.",
      record(
        "Linear elasticity: a material, what holds the body and what loads it.",
        required("material", ElasticMaterial.form.located, "What the solid is made of."),
        required(
          "supports", Composites.list(Support.form.located, count: 1...Composites.mostItems),
          "What holds the body. Together they must prevent every rigid motion."),
        required(
          "load-cases", Composites.list(LoadCase.form.located, count: 1...1000),
          "The loads; each case is solved by itself.")
      ) { LinearElasticity(material: $0, supports: $1, loadCases: $2) as any Physics })
  }

  /// An isotropic elastic material.
  public struct ElasticMaterial: Sendable, Equatable {
    public enum Assumption: Sendable, Equatable {
      case planeStress, planeStrain
    }

    /// Pa
    public let youngsModulus: Double
    public let poissonsRatio: Double
    /// Nil where the scene does not say; 3D needs none.
    public let assumption: Located<Assumption>?
    /// m; 1 where the scene does not say.
    public let thickness: Double
    /// kg/m³; nil where the scene does not say.
    public let density: Double?

    static let form: Form<ElasticMaterial> = record(
      "An isotropic elastic material.",
      required("youngs-modulus", Scalars.quantity(.pressure, .positive), "Young's modulus of the solid, in Pa."),
      required("poissons-ratio", Scalars.number(.strictlyBetween(-1, 0.5)), "Poisson's ratio."),
      optional(
        "assumption",
        Scalars.word([
          ("plane-stress", "A thin sheet, free to change its thickness.", Assumption.planeStress),
          ("plane-strain", "A slice of a long body, held at its thickness.", Assumption.planeStrain),
        ]).located, "Only in 2D: what happens across the plane; plane-stress when left out."),
      defaulted(
        "thickness", Scalars.positiveLength, 1, written: "1 m", "Only in 2D: the thickness across the plane, in m."),
      optional(
        "density", Scalars.quantity(.massDensity, .positive),
        "Mass density of the solid, in kg/m^3; needed for self-weight and mass.")
    ) { ElasticMaterial(youngsModulus: $0, poissonsRatio: $1, assumption: $2, thickness: $3, density: $4) }
  }

  /// Displacements held at given values: clamps, rollers, symmetry planes, settlements.
  public struct Support: Sendable, Equatable {
    public enum Directions: Sendable, Equatable {
      case all
      case axes([Axis])
    }

    public let at: Located<Selection>
    public let fix: Located<Directions>
    /// m, one per fixed direction, or one for all of them; nil for zero.
    public let displacement: Located<[Double]>?

    static let form: Form<Support> = record(
      "A part of the boundary that is held.",
      required("at", Selection.form.located, "Which nodes are held."),
      required(
        "fix",
        Composites.either(
          scalar: Scalars.word([
            ("all", "Every direction.", Directions.all), ("x", "The x direction.", .axes([.x])),
            ("y", "The y direction.", .axes([.y])), ("z", "The z direction; only in 3D.", .axes([.z])),
          ]),
          list: Composites.list(Axis.form, count: 1...3).checked {
            Set($0).count == $0.count ? nil : ("an axis is named twice", "name each axis once")
          }.map { .axes($0) }
        ).located, "The directions that are held: `all`, or a list of axes."),
      optional(
        "displacement", Composites.oneOrMore(Scalars.length).located,
        "The displacement it is held at, in m: one for each direction of `fix`, or one for all; zero when left out.")
    ) { Support(at: $0, fix: $1, displacement: $2) }.checked { support in
      guard let displacement = support.displacement, displacement.value.count > 1,
        case .axes(let axes) = support.fix.value,
        axes.count != displacement.value.count
      else { return nil }
      return (
        "`displacement` has \(displacement.value.count) entries for \(axes.count) fixed directions",
        "give one for each direction of `fix`, in its order"
      )
    }
  }
}
