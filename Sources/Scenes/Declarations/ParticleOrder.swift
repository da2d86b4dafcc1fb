import SmoothedParticles

extension Scene {
  /// What keeps particles evenly spread in flows that fill their domain.
  enum ParticleOrder {
    static let doc =
      "Keeps particles evenly spread, in flows without a free surface: they drift a little towards where there are few of them."

    static let form: Form<ParticleShifting> = Composites.kind(
      "shifting", doc,
      [
        Choice(
          "strength", "By a part of the sound speed (Sun et al. 2017).",
          Scalars.number(.between(0, 2)).map { ParticleShifting(strength: $0) }),
        Choice(
          "transport-velocity",
          "The transport velocity of Adami, Hu & Adams (2013): positions follow what a background pressure adds in one acoustic step.",
          record(
            "Transport by a background pressure.",
            defaulted(
              "background-pressure", Scalars.number(.between(0, 4)), 1,
              "The background pressure over rest density times sound speed squared.")
          ) { .transportVelocity(backgroundPressure: $0) }),
      ])
  }
}
