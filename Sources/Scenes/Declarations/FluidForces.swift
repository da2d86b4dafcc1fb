import SmoothedParticles

extension Scene {
  /// Forces that a fluid's constants ask for, whatever the scheme.
  enum FluidForces {
    static let surfaceTensionDoc =
      "Surface tension by forces between particles (Akinci et al. 2013). What a drop shows is of the size of these constants, and is found by measuring it."

    static let surfaceTension: Form<SurfaceTension> = record(
      "Surface tension between particles.",
      required(
        "cohesion", Scalars.quantity(Dimension.force / .length, .nonNegative),
        "How strongly particles of fluid pull each other, in N/m."),
      defaulted(
        "area", Scalars.quantity(Dimension.force / .length, .nonNegative), 0, written: "0 N/m",
        "How strongly the surface's area is minimized, in N/m."),
      defaulted(
        "adhesion", Scalars.quantity(Dimension.force / .length, .nonNegative), 0, written: "0 N/m",
        "How strongly walls and fluid pull each other, in N/m.")
    ) { SurfaceTension(cohesion: $0, area: $1, adhesion: $2) }

    static let rheologyDoc =
      "Friction that is not Newtonian, added to that of `viscosity`; the rate of shear is in 1/s throughout."

    static let rheology: Form<Rheology> = Composites.kind(
      "rheology", rheologyDoc,
      [
        Choice(
          "power-law", "Shear stress K times the rate to the power of n: thinning below one, thickening above.",
          record(
            "The power law.",
            required("consistency", Scalars.number(.positive), "K in Pa s^n."),
            required(
              "exponent", Scalars.number(.between(0.05, 3)),
              "n: below 1 the fluid thins when it is sheared, above 1 it thickens."),
            required("least-shear-rate", frequency, leastDoc)
          ) { Rheology(consistency: $0, exponent: $1, leastShearRate: $2) }),
        Choice(
          "bingham",
          "A fluid that flows above a yield stress only, regularized as by Papanastasiou (1987): below it creeps.",
          record(
            "Bingham's fluid, and with an exponent that of Herschel and Bulkley.",
            required("viscosity", Scalars.number(.positive), "Of what flows, in Pa s."),
            required(
              "yield-stress", Scalars.quantity(.pressure, .nonNegative), "The stress in Pa below which it creeps."),
            required(
              "stress-growth", Scalars.quantity(.time, .positive),
              "m in s: the stress has grown to 63 % of the yield stress at a rate of 1/m."),
            required("least-shear-rate", frequency, leastDoc),
            defaulted("exponent", Scalars.number(.between(0.05, 3)), 1, "Of what flows.")
          ) {
            Rheology(consistency: $0, exponent: $4, yieldStress: $1, stressGrowth: $2, leastShearRate: $3)
          }),
      ])

    private static let frequency = Scalars.quantity(Dimension(second: -1), .positive)
    private static let leastDoc =
      "Rate of shear in 1/s at which the viscosity of what shears less is held; steps are as short as that viscosity needs."
  }
}
