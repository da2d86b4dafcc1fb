extension Scene {
  /// Steady diffusion: -∇·(k ∇T) = q, in the words of heat.
  ///
  /// The same equation is Darcy's flow (T a pressure, k a permeability over a viscosity) and Poisson's problem; such
  /// scenes write plain numbers.
  public struct SteadyDiffusion: Physics, Equatable {
    public static let word = "steady-diffusion"

    /// W/(m K)
    public let conductivity: Double
    /// m; 1 where the scene does not say.
    public let thickness: Double
    /// kg/m³; nil where the scene does not say.
    public let density: Double?
    public let fixedValues: [Located<FixedValue>]
    public let fluxes: [Located<Flux>]
    public let sources: [Located<Source>]

    static let choice = Choice<any Physics>(
      word,
      "Steady diffusion, in the words of heat; Darcy's flow and Poisson's problem are the same equation, in plain numbers. The state is the temperature in K.",
      record(
        "Steady diffusion: a conductivity, fixed values, fluxes and sources.",
        required("conductivity", Scalars.quantity(.conductivity, .positive), "Conductivity of the solid, in W/(m K)."),
        required(
          "fixed-values", Composites.list(FixedValue.form.located, count: 1...Composites.mostItems),
          "Where the temperature is given; at least one place."),
        defaulted(
          "fluxes", Composites.list(Flux.form.located), [], written: "none",
          "Heat that flows in through edges or faces, in W/m^2."),
        defaulted("sources", Composites.list(Source.form.located), [], written: "none", "Heat made inside, in W/m^3."),
        defaulted(
          "thickness", Scalars.positiveLength, 1, written: "1 m", "Only in 2D: the thickness across the plane, in m."),
        optional(
          "density", Scalars.quantity(.massDensity, .positive), "Mass density of the solid, in kg/m^3; needed for mass."
        )
      ) {
        SteadyDiffusion(conductivity: $0, thickness: $4, density: $5, fixedValues: $1, fluxes: $2, sources: $3)
          as any Physics
      })
  }

  /// A temperature that is given.
  public struct FixedValue: Sendable, Equatable {
    public let at: Located<Selection>
    /// K
    public let value: Double

    static let form: Form<FixedValue> = record(
      "A part of the domain held at a temperature.",
      required("at", Selection.form.located, "Which nodes."),
      required("value", Scalars.quantity(.temperature), "The temperature in K, or its difference from a reference.")
    ) { FixedValue(at: $0, value: $1) }
  }

  /// Heat that flows in through the boundary.
  public struct Flux: Sendable, Equatable {
    public let at: Located<Selection>
    /// W/m², positive into the body.
    public let flux: Double

    static let form: Form<Flux> = record(
      "Heat through an edge or a face.",
      required("at", Selection.form.located, "Which edge or face."),
      required("flux", Scalars.quantity(.heatFlux), "Heat per area in W/m^2; positive flows in.")
    ) { Flux(at: $0, flux: $1) }
  }

  /// Heat made inside.
  public struct Source: Sendable, Equatable {
    public let at: Located<Selection>?
    /// W/m³
    public let source: Double
    /// True where the heat is made only where there is material.
    public let followsDesign: Bool

    static let form: Form<Source> = record(
      "Heat made inside.",
      optional("at", Selection.form.located, "Which cells; everywhere when left out."),
      required("source", Scalars.quantity(.heatSource), "Heat per volume in W/m^3."),
      defaulted(
        "follows-design", Scalars.flag, false, "Whether the source is proportional to the density of the design.")
    ) { Source(at: $0, source: $1, followsDesign: $2) }
  }
}
