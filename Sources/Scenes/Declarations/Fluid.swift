extension Scene {
  /// A body of fluid at the start of a simulation.
  public struct Fluid: Sendable, Equatable {
    public let name: String?
    /// kg/m³
    public let restDensity: Double
    /// Kinematic viscosity, m²/s.
    public let viscosity: Double
    public let region: Located<Selection>
    public let velocity: Located<InitialVelocity>?
    public let jitter: Jitter?
    /// Height of the free surface, in m; nil without pressure at the start.
    public let surface: Located<Double>?
    /// Of a gas at the start, Pa.
    public let pressure: Located<Double>?

    static let form: Form<Fluid> = record(
      "A body of fluid, filled with particles on a lattice.",
      optional("name", Scalars.name, "What messages call it; `fluid 1` and so on when left out."),
      required(
        "rest-density", Scalars.quantity(.massDensity, .positive), "Density without pressure, in kg/m^3."),
      defaulted(
        "viscosity", Scalars.quantity(.kinematicViscosity, .nonNegative), 0, "Kinematic viscosity in m^2/s."),
      defaulted(
        "region", Selection.form.located, Located(.everywhere, at: .builtIn), written: "everywhere",
        "Where it is at the start."),
      optional("velocity", InitialVelocity.form.located, "How it moves at the start; at rest when left out."),
      optional("jitter", Jitter.form, "Random displacements that disturb the lattice."),
      optional(
        "surface", Scalars.length.located,
        "The height y in m of its surface: it starts with the pressure of the fluid above it at rest; without pressure when left out. Needs the weakly compressible scheme and `gravity`."
      ),
      optional(
        "pressure", Scalars.quantity(.pressure, .positive).located,
        "Of a gas at the start, in Pa: the scheme `compressible` needs it, and takes `rest-density` as the density at the start."
      )
    ) {
      Fluid(
        name: $0, restDensity: $1, viscosity: $2, region: $3, velocity: $4, jitter: $5, surface: $6, pressure: $7)
    }
  }

  /// Random displacements of the particles at the start.
  public struct Jitter: Sendable, Equatable {
    /// In spacings.
    public let amplitude: Double
    /// Nil: the scene's seed.
    public let seed: Int?

    static let form: Form<Jitter> = record(
      "Random displacements, uniform along each axis.",
      required("amplitude", Scalars.number(.between(0, 0.5)), "The greatest displacement along an axis, in spacings."),
      optional("seed", Scalars.integer(0...Int.max), "Start of the random numbers; the scene's `seed` when left out.")
    ) { Jitter(amplitude: $0, seed: $1) }
  }
}
