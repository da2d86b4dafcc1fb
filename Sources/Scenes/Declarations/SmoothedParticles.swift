import SmoothedParticles

extension Scene {
  /// A fluid of particles (SPH).
  public struct SmoothedParticles: Physics, Equatable {
    public static let word = "smoothed-particles"

    /// Distance between particles at the start, in m.
    public let spacing: Located<Double>
    public let fluids: [Located<Fluid>]
    /// m/s², one entry per axis; nil for none.
    public let gravity: Located<[Double]>?
    /// Sides of the box that are walls.
    public let boundaries: [Located<WallSide>]
    public let solids: [Located<Solid>]
    public let bodies: [Located<Body>]
    public let inlets: [Located<OpenSide>]
    public let outlets: [Located<OpenSide>]
    /// Nil: as many as may be needed.
    public let reserve: Int?
    public let wallFriction: WallFriction
    public let boundaryScheme: Located<BoundaryScheme>
    public let surfaceTension: Located<SurfaceTension>?
    public let rheology: Located<Rheology>?
    public let scheme: FlowScheme
    public let kernel: SmoothingKernel
    /// In spacings; nil for a support of three spacings.
    public let smoothingLength: Located<Double>?
    public let precision: ParticlePrecision
    public let time: Located<TimeSpan>

    static let choice = Choice<any Physics>(
      word,
      "A fluid of particles (SPH, smoothed particle hydrodynamics) in a `box`; the state is where they are and how fast they move.",
      record(
        "A fluid of particles: where it is, what it is made of, how it moves at the start, and how time goes on.",
        required("spacing", Scalars.positiveLength.located, "Distance between particles at the start, in m."),
        required(
          "fluids", Composites.list(Fluid.form.located, count: 1...1000),
          "Bodies of fluid, each filled with particles. They are of one and the same fluid, unless it is a gas."),
        optional(
          "gravity", Composites.list(Scalars.quantity(.acceleration), count: 1...3).located,
          "Acceleration in m/s^2, one entry per axis: `[0, -9.81]`; none when left out."),
        defaulted(
          "boundaries", WallSide.listForm, [], written: "none",
          "Sides of the box that are walls, each a word or a map: `[left, right, bottom]`. Where two meet, the later one counts. They need the scheme `weakly-compressible` or `incompressible`."
        ),
        defaulted(
          "solids", Composites.list(Solid.form.located, count: 1...1000), [], written: "none",
          "Rigid bodies in the box that rest or move as they are told."),
        defaulted(
          "bodies", Composites.list(Body.form.located, count: 1...1000), [], written: "none",
          "Rigid bodies that the fluid moves. They need the scheme `weakly-compressible` or `incompressible`."),
        defaulted(
          "inlets", Composites.list(OpenSide.inlet.located, count: 1...6), [], written: "none",
          "Sides of the box through which fluid enters. They need the weakly compressible scheme."),
        defaulted(
          "outlets", Composites.list(OpenSide.outlet.located, count: 1...6), [], written: "none",
          "Sides of the box through which fluid leaves. They need the weakly compressible scheme."),
        optional(
          "reserve", Scalars.integer(0...100_000_000),
          "Particles kept to enter through inlets; as many as fill the box, or as enter until the end, when left out."),
        defaulted(
          "wall-friction", wallFrictionForm, .noSlip, written: "no-slip",
          "What walls and solids do to the fluid along them."),
        defaulted(
          "boundary-scheme", boundarySchemeForm.located, Located(.extrapolated, at: .builtIn), written: "extrapolated",
          "Where density and velocity of walls and solids come from."),
        optional("surface-tension", FluidForces.surfaceTension.located, FluidForces.surfaceTensionDoc),
        optional("rheology", FluidForces.rheology.located, FluidForces.rheologyDoc),
        required("scheme", FlowScheme.form, "How pressure and density follow from the particles."),
        defaulted(
          "kernel",
          Scalars.word([
            ("cubic", "Cubic B-spline, support 2h.", SmoothingKernel.cubic),
            ("quintic", "Quintic B-spline, support 3h.", .quintic),
            ("wendland-c2", "Wendland's C2 function, support 2h.", .wendlandC2),
            ("wendland-c4", "Wendland's C4 function, support 2h.", .wendlandC4),
            ("wendland-c6", "Wendland's C6 function, support 2h.", .wendlandC6),
          ]), .quintic, written: "quintic", "The weight of neighbours by their distance."),
        optional(
          "smoothing-length", Scalars.number(.between(0.4, 4)).located,
          "The kernel's h in spacings; so that the support is three spacings when left out."),
        defaulted(
          "precision",
          Scalars.word([
            ("single", "Single precision in the sums over pairs; fast.", ParticlePrecision.single),
            ("double", "Double precision throughout.", .double),
          ]), .single, written: "single",
          "Precision of the sums over pairs. States, time steps and gradients are in double precision always."),
        required("time", TimeSpan.form.located, "When it ends, and the steps until then.")
      ) {
        SmoothedParticles(
          spacing: $0, fluids: $1, gravity: $2, boundaries: $3, solids: $4, bodies: $5, inlets: $6, outlets: $7,
          reserve: $8, wallFriction: $9, boundaryScheme: $10, surfaceTension: $11, rheology: $12, scheme: $13,
          kernel: $14,
          smoothingLength: $15, precision: $16, time: $17)
          as any Physics
      })
  }
}
