extension Scene {
  /// A density per cell between 0 (void) and 1 (solid).
  public struct DensityDesign: Design, Equatable {
    public static let word = "density"

    /// Nil: the bound of the volume constraint, or 0.5 where there is none.
    public let start: Located<Double>?
    public let solid: Located<Selection>?
    public let void: Located<Selection>?
    public let mask: SceneFilePath?
    public let filter: Located<Filter>?
    public let projection: Located<Projection>?
    public let symmetry: Located<[Axis]>?
    public let extrusion: Located<Axis>?
    public let interpolation: Located<Interpolation>

    static let choice = Choice<any Design>(
      word, "A density per cell between 0 (void) and 1 (solid).",
      record(
        "A density per cell between 0 (void) and 1 (solid). It is made symmetric, filtered and projected, in this order; solid and void regions hold at the end.",
        optional(
          "start", Scalars.number(.fraction).located,
          "The density everywhere at the start; the bound of the volume constraint when left out, or 0.5."),
        optional("solid", Selection.form.located, "Cells that are always solid."),
        optional("void", Selection.form.located, "Cells that are always void."),
        optional(
          "mask", Scalars.file,
          "A .npy file with one number per cell: 1 always solid, 0 always void, any other value free."),
        optional(
          "filter", Filter.form.located, "Smooths the density over a radius, against checkerboards and mesh dependence."
        ),
        optional("projection", Projection.form.located, "Pushes filtered densities toward 0 and 1."),
        optional(
          "symmetry", Axis.several.located, "Axes along which the design is mirrored at the middle of the domain."),
        optional("extrusion", Axis.form.located, "An axis along which the design does not change."),
        defaulted(
          "interpolation", Interpolation.form.located, Located(.simp(.defaults), at: .builtIn), written: "simp",
          "How stiffness (or conductivity) follows density.")
      ) {
        DensityDesign(
          start: $0, solid: $1, void: $2, mask: $3, filter: $4, projection: $5, symmetry: $6, extrusion: $7,
          interpolation: $8) as any Design
      })
  }

  /// A smoothing of the density.
  public enum Filter: Sendable, Equatable {
    /// Linear weights that fall to zero at the radius (Bruns & Tortorelli 2001).
    case cone(Radius)
    /// The Helmholtz equation (Lazarov & Sigmund 2011); its length is radius / (2 √3).
    case helmholtz(Radius)

    static let form: Form<Filter> = Composites.kind(
      "filter", "A smoothing of the density.",
      [
        Choice(
          "cone", "Linear weights that fall to zero at the radius (Bruns & Tortorelli 2001).",
          record(
            "A cone filter.",
            required("radius", Radius.form, "Where the weights reach zero: a length in m, or `4 cells`.")
          ) { .cone($0) }),
        Choice(
          "helmholtz", "A Helmholtz equation (Lazarov & Sigmund 2011); cheap for large radii and in parallel.",
          record(
            "A Helmholtz filter.",
            required("radius", Radius.form, "The radius of the cone filter it resembles: a length in m, or `4 cells`.")
          ) { .helmholtz($0) }),
      ])
  }

  /// A length in m, or in cell widths: `4 cells`.
  public enum Radius: Sendable, Equatable {
    case meters(Double)
    case cells(Double)

    static let form: Form<Radius> = {
      let cells = Scalars.number(.positive)
      return Form(.either([Scalars.positiveLength.shape, .suffixed("cells", .positive)])) { node, decoding in
        if case .scalar(let text, let quoted) = node.content,
          let number = text.dropping(suffix: "cells") ?? text.dropping(suffix: "cell")
        {
          return cells.read(SceneNode(.scalar(number, quoted: quoted), at: node.mark), &decoding).map { .cells($0) }
        }
        return Scalars.positiveLength.read(node, &decoding).map { .meters($0) }
      }
    }()
  }

  /// A push of filtered densities toward 0 and 1.
  public enum Projection: Sendable, Equatable {
    case heaviside(Heaviside)

    static let form: Form<Projection> = Composites.kind(
      "projection", "A push of filtered densities toward 0 and 1.",
      [Choice("heaviside", "A smooth step (Wang, Lazarov & Sigmund 2011).", Heaviside.form.map { .heaviside($0) })])
  }

  /// A smooth step: (tanh βη + tanh β(ρ − η)) / (tanh βη + tanh β(1 − η)).
  public struct Heaviside: Sendable, Equatable {
    /// At the start, where there is a continuation.
    public let beta: Double
    public let threshold: Double
    public let continuation: Continuation?

    public struct Continuation: Sendable, Equatable {
      public let factor: Double
      /// Iterations between two steps.
      public let every: Int
      public let maximum: Double
    }

    static let form: Form<Heaviside> = record(
      "A smooth step.",
      defaulted("beta", Scalars.number(.positive), 1, "Steepness of the step; where it starts, with a continuation."),
      defaulted("threshold", Scalars.number(.strictlyBetween(0, 1)), 0.5, "The density that stays where it is."),
      optional(
        "continuation",
        record(
          "Steepens the step in the course of the optimization.",
          defaulted(
            "factor", Scalars.number(NumberRange(lower: 1, excludesLower: true)), 2,
            "What the steepness is multiplied by."),
          defaulted("every", Scalars.integer(1...1_000_000), 40, "Iterations between two steps."),
          defaulted("maximum", Scalars.number(.positive), 64, "The steepness at which it stops.")
        ) { Continuation(factor: $0, every: $1, maximum: $2) }, "Steepens the step in the course of the optimization.")
    ) { Heaviside(beta: $0, threshold: $1, continuation: $2) }
  }
}

extension String {
  /// The text before a suffix and spaces: "4 cells" without "cells" is "4".
  func dropping(suffix: String) -> String? {
    hasSuffix(suffix) ? String(dropLast(suffix.count)).trimmingSpaces() : nil
  }
}
