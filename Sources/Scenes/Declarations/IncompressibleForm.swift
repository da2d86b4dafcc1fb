import SmoothedParticles

extension Scene {
  /// The keys of an incompressible scheme.
  enum IncompressibleForm {
    static let form: Form<IncompressibleScheme> = record(
      "Incompressible flow by implicit pressure solves.",
      defaulted(
        "extent",
        Scalars.word([
          (
            "free-surface", "Fluid has a surface: it resists being pressed together, not being torn apart.",
            .freeSurface
          ),
          ("filled", "Fluid fills the box or its walls.", FluidExtent.filled),
        ]), .freeSurface, written: "free-surface", "How far the fluid reaches."),
      defaulted(
        "solves",
        Scalars.word([
          (
            "density-and-divergence", "One for the density and one for the divergence: DFSPH.",
            PressureSolves.densityAndDivergence
          ), ("density", "One for the density alone: IISPH.", .density),
        ]), .densityAndDivergence, written: "density-and-divergence", "The pressure solves of a step."),
      defaulted("iteration", iteration, .conjugateGradients, written: "conjugate-gradients", "How they are solved."),
      defaulted(
        "longest-time-step", Scalars.quantity(.time, .positive), 0.01, written: "10 ms",
        "Bounds the step in s; where things move fast, the Courant condition keeps it shorter."),
      defaulted(
        "shifting-speed", Scalars.quantity(.speed, .nonNegative), 0,
        "Speed in m/s with which particles of a filled box are shifted from where they crowd, about that of the fastest flow (Lind et al. 2012). Free surfaces take none."
      ),
      defaulted(
        "density-relaxation", Scalars.number(.between(0.01, 1)), 1,
        "Part of the density error that one step removes. A filled box keeps its energy better with a tenth or less, and shifting."
      ),
      defaulted(
        "density-tolerance", Scalars.number(.between(1e-12, 0.1)), 1e-4,
        "Relative density error, root mean square, at which the first solve ends."),
      defaulted(
        "divergence-tolerance", Scalars.number(.between(1e-12, 0.1)), 1e-4,
        "Relative rate of density times the step, root mean square, at which the second solve ends."),
      defaulted("iterations", Scalars.integer(1...1_000_000), 1000, "The most iterations of a solve.")
    ) { extent, solves, iteration, step, speed, relaxation, density, divergence, iterations in
      IncompressibleScheme(
        extent: extent, longestTimeStep: step, shiftingSpeed: speed, densityRelaxation: relaxation,
        densityTolerance: density, divergenceTolerance: divergence, maxIterations: iterations, solves: solves,
        iteration: iteration)
    }.checked { scheme in
      scheme.extent == .freeSurface && scheme.shiftingSpeed > 0
        ? ("`shifting-speed` would push particles out of a free surface", "leave it out, or write `extent: filled`")
        : nil
    }

    private static let iteration: Form<PressureIteration> = Composites.kind(
      "iteration", "How the pressure is solved for.",
      [
        Choice("conjugate-gradients", "Conjugate gradients.", record("Conjugate gradients.") { .conjugateGradients }),
        Choice(
          "relaxed-jacobi", "Relaxed Jacobi iterations, as in IISPH: many more of them.",
          record(
            "Relaxed Jacobi iterations.",
            defaulted("weight", Scalars.number(.between(0.05, 1)), 0.5, "Of a correction.")
          ) { .relaxedJacobi(weight: $0) }),
      ])
  }
}
