/// Which scheme, precision and dimension the steps are made with.
extension ParticleSimulation {
  func makeStepper() -> SpecializedStepper {
    // Each call has concrete types: see `SpecializedRateEngine`.
    switch (scheme, numerics.precision, system.dimension) {
    case (.summation(let scheme), .single, 3):
      integrate(SpecializedRateEngine(SummationEngine<PairFloats, Space>(system, scheme, numerics)))
    case (.summation(let scheme), .single, _):
      integrate(SpecializedRateEngine(SummationEngine<PairFloats, Plane>(system, scheme, numerics)))
    case (.summation(let scheme), .double, 3):
      integrate(SpecializedRateEngine(SummationEngine<PairDoubles, Space>(system, scheme, numerics)))
    case (.summation(let scheme), .double, _):
      integrate(SpecializedRateEngine(SummationEngine<PairDoubles, Plane>(system, scheme, numerics)))
    case (.continuity(let scheme), .single, 3):
      integrate(SpecializedRateEngine(ContinuityEngine<PairFloats, Space>(system, scheme, numerics)))
    case (.continuity(let scheme), .single, _):
      integrate(SpecializedRateEngine(ContinuityEngine<PairFloats, Plane>(system, scheme, numerics)))
    case (.continuity(let scheme), .double, 3):
      integrate(SpecializedRateEngine(ContinuityEngine<PairDoubles, Space>(system, scheme, numerics)))
    case (.continuity(let scheme), .double, _):
      integrate(SpecializedRateEngine(ContinuityEngine<PairDoubles, Plane>(system, scheme, numerics)))
    case (.compressible(let scheme), .single, 3):
      integrate(SpecializedRateEngine(CompressibleEngine<PairFloats, Space>(system, scheme, numerics)))
    case (.compressible(let scheme), .single, _):
      integrate(SpecializedRateEngine(CompressibleEngine<PairFloats, Plane>(system, scheme, numerics)))
    case (.compressible(let scheme), .double, 3):
      integrate(SpecializedRateEngine(CompressibleEngine<PairDoubles, Space>(system, scheme, numerics)))
    case (.compressible(let scheme), .double, _):
      integrate(SpecializedRateEngine(CompressibleEngine<PairDoubles, Plane>(system, scheme, numerics)))
    case (.incompressible(let scheme), .single, 3):
      SpecializedStepper(IncompressibleStepper<PairFloats, Space>(system, scheme, numerics, start: pressureStart))
    case (.incompressible(let scheme), .single, _):
      SpecializedStepper(IncompressibleStepper<PairFloats, Plane>(system, scheme, numerics, start: pressureStart))
    case (.incompressible(let scheme), .double, 3):
      SpecializedStepper(IncompressibleStepper<PairDoubles, Space>(system, scheme, numerics, start: pressureStart))
    case (.incompressible(let scheme), .double, _):
      SpecializedStepper(IncompressibleStepper<PairDoubles, Plane>(system, scheme, numerics, start: pressureStart))
    }
  }

  private func integrate(_ engine: SpecializedRateEngine) -> SpecializedStepper {
    let count = system.particleCount, integrates = scheme.integratesDensity
    let motion = bodyMotion
    var shape = StateShape(
      coordinates: count * system.dimension, integrated: integrates ? count : 0, assigned: integrates ? 0 : count,
      bodies: motion.map { $0.layout.end - system.bodyStart } ?? 0)
    if case .compressible = scheme {
      shape = StateShape(coordinates: count * system.dimension, integrated: count, assigned: count)
    }
    return SpecializedStepper(
      Integrator(
        engine, shape, integration, box: system.box, bodies: motion, keepsVelocities: system.openFlow == nil))
  }
}
