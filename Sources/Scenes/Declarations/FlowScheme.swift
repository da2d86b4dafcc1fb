import SmoothedParticles

extension Scene {
  /// How pressure and density follow from the particles.
  public enum FlowScheme: Sendable, Equatable {
    case summation(SummationScheme)
    case weaklyCompressible(ContinuityScheme)
    case incompressible(IncompressibleScheme)
    case compressible(CompressibleScheme, heatCapacityRatio: Double)

    static let form: Form<FlowScheme> = Composites.kind(
      "scheme", "How pressure and density follow from the particles.",
      [
        Choice(
          "summation", "Weakly compressible, with the density summed over neighbours (Adami, Hu & Adams 2013).",
          record(
            "Weakly compressible flow with the density summed over neighbours.",
            required(
              "sound-speed", Scalars.quantity(.speed, .positive),
              "Speed of sound in m/s; ten times the fastest flow keeps the density within one per cent."),
            defaulted(
              "equation-of-state", equationOfState, .linear, written: "linear", "Pressure from density."),
            optional("shifting", ParticleOrder.form, ParticleOrder.doc)
          ) { soundSpeed, equation, order in
            .summation(
              SummationScheme(
                soundSpeed: soundSpeed, equationOfState: equation, shifting: order))
          }),
        Choice(
          "weakly-compressible",
          "Weakly compressible, with the density integrated and diffused (Monaghan 1994; Antuono et al. 2010): free surfaces and walls.",
          record(
            "Weakly compressible flow with the density integrated in time.",
            required(
              "sound-speed", Scalars.quantity(.speed, .positive),
              "Speed of sound in m/s; ten times the fastest flow keeps the density within one per cent."),
            defaulted(
              "equation-of-state", equationOfState, .tait(exponent: 7), written: "tait", "Pressure from density."),
            defaulted(
              "artificial-viscosity", Scalars.number(.between(0, 10)), 0.02,
              "Strength of a viscosity that keeps particles in order; it adds about a twelfth of it times h and the sound speed to the viscosity in the plane."
            ),
            defaulted(
              "density-diffusion",
              Scalars.word([
                ("none", "No diffusion.", DensityDiffusion.none),
                ("plain", "Toward the neighbours' density (Molteni & Colagrossi 2009).", .plain),
                (
                  "dynamic", "The same without what a fluid at rest has by its weight (Fourtakas et al. 2019).",
                  .dynamic
                ),
              ]), .dynamic, written: "dynamic", "What takes the noise out of the density."),
            defaulted(
              "diffusion-strength", Scalars.number(.between(0, 1)), 0.1, "The factor of the density's diffusion."),
            defaulted(
              "tension", Scalars.flag, false,
              "Whether pressure may be negative: the fluid of a closed box needs it, one with a free surface clumps by it."
            ), optional("shifting", ParticleOrder.form, ParticleOrder.doc),
            defaulted(
              "corrected-gradients", Scalars.flag, false,
              "Kernel-gradient correction (Bonet & Lok 1999) of compression and, transposed, of pressure: exact for velocities linear in space, for two more sums over neighbours."
            ),
            defaulted(
              "density-relaxation", Scalars.number(.between(0, 1)), 0,
              "How fast the density is drawn to what the particles' places say, in sound speeds over smoothing lengths: about 0.001 keeps long flows in closed boxes from drifting in pressure. It needs `tension`."
            )
          ) {
            var scheme = ContinuityScheme(
              soundSpeed: $0, equationOfState: $1, artificialViscosity: $2, diffusion: $3, diffusionStrength: $4,
              shifting: $6, allowsTension: $5)
            scheme.correctsGradients = $7
            scheme.densityRelaxation = $8
            return .weaklyCompressible(scheme)
          }.checked { scheme in
            guard case .weaklyCompressible(let scheme) = scheme, scheme.densityRelaxation != 0, !scheme.allowsTension
            else { return nil }
            return (
              "`density-relaxation` is for fluid that fills its walls, which needs `tension`", "write `tension: true`"
            )
          }),
        Choice(
          "incompressible",
          "Incompressible, by implicit pressure solves (DFSPH: Bender & Koschier 2015; IISPH: Ihmsen et al. 2014): free surfaces, walls and long steps.",
          IncompressibleForm.form.map { .incompressible($0) }),
        Choice(
          "compressible",
          "An ideal gas with its internal energy, and shocks by an artificial viscosity (Monaghan 1992). It fills periodic boxes, or ends in the open.",
          record(
            "Compressible flow of an ideal gas.",
            defaulted(
              "heat-capacity-ratio", Scalars.number(.between(1.01, 10)), 1.4,
              "Pressure is this less one, times density times internal energy."
            ),
            defaulted(
              "artificial-viscosity", Scalars.number(.between(0, 10)), 1, "Where particles approach each other."),
            defaulted(
              "quadratic-viscosity", Scalars.number(.between(0, 20)), 2,
              "Against particles that run through each other."),
            defaulted(
              "conductivity", Scalars.number(.between(0, 10)), 0, "Artificial too: smears jumps of the internal energy."
            )
          ) {
            .compressible(
              CompressibleScheme(linearViscosity: $1, quadraticViscosity: $2, conductivity: $3), heatCapacityRatio: $0)
          }),
      ])

    private static let equationOfState: Form<EquationOfState> = Composites.kind(
      "equation of state", "Pressure from density.",
      [
        Choice("linear", "Proportional to the density's excess.", record("The linear law.") { .linear }),
        Choice(
          "tait", "Tait's law of water (Monaghan 1994).",
          record(
            "Tait's law.", defaulted("exponent", Scalars.number(.between(1, 20)), 7, "The exponent of the density.")
          ) { .tait(exponent: $0) }),
      ])
  }
}
