/// What a simulation cannot do, told before its first step.
extension ParticleSimulation {
  /// Why scheme, walls, bodies and fluid do not go together; nil where they do.
  public var whyUnsupported: String? {
    let walls = system.walls, fluid = system.fluid
    switch scheme {
    case .summation:
      if walls.count > 0 {
        return "a summed density does not see walls; take the continuity or the incompressible scheme"
      }
    case .incompressible(let scheme):
      if !system.bodies.isEmpty, scheme.iteration != .conjugateGradients {
        return "rigid bodies in incompressible flow need conjugate gradients: their inertia is in no diagonal"
      }
      if !walls.motions.isEmpty, walls.motion == .sliding {
        return "in incompressible flow the walls beside a moving tool must be of the kind that travels"
      }
    case .compressible:
      if fluid.gas == nil { return "the compressible scheme needs a fluid that is a gas" }
      if walls.count > 0 || fluid.viscosity != 0 || fluid.surfaceTension != nil || fluid.rheology != nil {
        return "a gas sees neither walls nor viscosity nor surface tension; take another scheme"
      }
    case .continuity(let scheme):
      if scheme.densityRelaxation != 0, system.openFlow != nil || !scheme.allowsTension {
        return "density relaxation is for fluid that fills its walls, with tension and without inlets and outlets"
      }
    }
    if !system.bodies.isEmpty, !movesBodies {
      return "rigid bodies move in the continuity and the incompressible scheme only"
    }
    if !system.bodies.isEmpty || system.openFlow != nil,
      fluid.surfaceTension != nil || fluid.rheology != nil || correctsGradients
    {
      return
        "surface tension, fluids that are not Newtonian and corrected gradients do not go with rigid bodies, inlets and outlets"
    }
    if let openFlow = system.openFlow {
      guard case .continuity(let scheme) = scheme, scheme.shifting == nil else {
        return "inlets and outlets are for the continuity scheme without shifting"
      }
      if openFlow.parked == system.particleCount { return "there is no fluid: all particles are parked" }
    }
    return walls.mirrors == nil ? nil : whyNoMirrors
  }

  private var movesBodies: Bool {
    if case .incompressible = scheme { return true }
    return scheme.integratesDensity
  }

  private var whyNoMirrors: String? {
    guard scheme.integratesDensity else { return "walls with mirror points are for the continuity scheme" }
    if !system.bodies.isEmpty || system.openFlow != nil || !system.walls.motions.isEmpty {
      return "walls with mirror points do not go with bodies, inlets, outlets and tools"
    }
    return system.fluid.rheology == nil ? nil : "walls with mirror points are for Newtonian fluids"
  }

  /// Why `solidForces` are not what the fluid feels of its solids; nil where they are.
  public var whyNoSolidForces: String? {
    guard scheme.integratesDensity else {
      return "only weakly compressible flow with the density integrated knows the forces on solids"
    }
    if correctsGradients { return "corrected gradients have no forces on solids" }
    // Cohesion is between particles of the fluid alone.
    return system.fluid.rheology != nil ? "a fluid that is not Newtonian has no forces on solids" : nil
  }

  private var correctsGradients: Bool {
    if case .continuity(let scheme) = scheme { return scheme.correctsGradients }
    return false
  }
}
