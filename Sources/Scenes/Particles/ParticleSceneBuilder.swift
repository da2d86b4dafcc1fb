import DifferentiableCore
import FiniteElements
import Foundation
import SmoothedParticles

/// Turns a decoded scene of particles into a simulation; mistakes that only geometry shows are found here.
struct ParticleSceneBuilder {
  private let scene: Scene
  private let physics: Scene.SmoothedParticles

  init(_ file: SceneFile, _ physics: Scene.SmoothedParticles) {
    scene = file.scene
    self.physics = physics
  }

  /// - Throws: `SceneErrors` with every mistake found.
  func build() throws -> ParticleScene {
    var diagnostics = DiagnosticList()
    guard case .box(let box) = scene.domain.value else {
      diagnostics.add(
        scene.domain.error(
          "particles live in a `box`", remedy: "write `domain: { box: { size: [...], periodic: [...] } }`"))
      throw SceneErrors(diagnostics.diagnostics)
    }
    let numerics = numerics
    let spacing = physics.spacing.value
    checkBox(box, numerics, &diagnostics)
    CombinationCheck(physics: physics, design: scene.design).check(&diagnostics)
    // What comes next needs a lattice of a sensible size.
    try diagnostics.throwIfAny()
    let lattice = try lattice(box)
    let gravity = gravity(box, &diagnostics)
    let layers = Int((numerics.support / spacing - 1e-9).rounded(.up))
    let shapes = physics.solids.map { solid in
      solid.shape.flatMap { SolidReading.shape($0, in: lattice, &diagnostics) }
    }
    let filling = FluidFilling(
      scene: scene, physics: physics, lattice: lattice, dimension: box.dimension, wallLayers: layers, shapes: shapes)
    let filled = filling.fill(&diagnostics)
    let open = OpenFilling(scene, physics, box: box, lattice: lattice, layers: layers)
    open.check(physics, &diagnostics)
    let sides = WallFilling(
      sides: physics.boundaries, box: box, lattice: lattice, spacing: spacing, layers: layers,
      openSides: open.openings.map(\.declared.side))
    sides.check(&diagnostics)
    let inflow = InflowHistories(scene.design, of: open.openings, end: endTime, &diagnostics)
    let beyond = open.fill(velocity: filled.velocityInCell, inflow, &diagnostics)
    let motion = wallMotion(&diagnostics)
    try diagnostics.throwIfAny()
    let (sidePositions, sideVelocities) = sides.fill()
    let fluid = physics.fluids[0]
    let extent = sides.extent
    let volume = pow(spacing, Double(box.dimension)), mass = fluid.restDensity * volume
    checkForces(box, &diagnostics)
    let tools = ToolFilling(scene: scene, lattice: lattice, spacing: spacing).fill(
      after: filled.wallPositions.count / box.dimension, &diagnostics)
    let toolPositions = toolPositions(tools, &diagnostics)
    try diagnostics.throwIfAny()
    let wallPositions = filled.wallPositions + toolPositions + sidePositions + beyond.walls
    let fluidParticles = fluidParticles(filled, beyond, lattice)
    let filledMasses = zip(physics.fluids, filled.fluids).flatMap { fluid, filling in
      [Double](repeating: fluid.restDensity * volume, count: filling.particles.count)
    }
    let others = fluidParticles.positions.count / box.dimension - filledMasses.count
    let system = ParticleSystem(
      box: ParticleBox(
        lower: extent.lower, upper: extent.upper,
        isPeriodic: (0..<box.dimension).map { box.periodic.value.contains(Axis.allCases[$0]) }),
      fluid: FluidPhase(
        name: fluid.name ?? "fluid", restDensity: fluid.restDensity, viscosity: fluid.viscosity,
        surfaceTension: physics.surfaceTension?.value, rheology: physics.rheology?.value, gas: gas(filled)),
      masses: filledMasses + [Double](repeating: mass, count: others),
      positions: fluidParticles.positions, velocities: fluidParticles.velocities, gravity: gravity,
      densities: fluidParticles.densities,
      walls: WallParticles(
        positions: wallPositions,
        velocities: filled.wallVelocities + toolPositions.map { _ in 0 } + sideVelocities
          + beyond.walls.map { _ in 0 },
        masses: filled.wallVolumes.map { $0 * fluid.restDensity }
          + [Double](repeating: mass, count: wallPositions.count / box.dimension - filled.wallVolumes.count),
        friction: physics.wallFriction,
        motion: motion, motions: motions(filled, box, &diagnostics),
        mirrors: physics.boundaryScheme.value == .modifiedDynamic
          ? filled.wallMirrors + sides.mirrors(sidePositions) : nil),
      accelerationHistory: accelerationHistory(box, &diagnostics), bodies: filled.bodies,
      openFlow: beyond.boundaries.isEmpty
        ? nil : OpenFlow(boundaries: beyond.boundaries, parked: fluidParticles.parked))
    try diagnostics.throwIfAny()
    let time = physics.time.value
    let stop: StopRule
    switch time.end {
    case .steps(let count): stop = .steps(count)
    case .time(let end): stop = .time(end, mostSteps: Scene.TimeSpan.mostSteps)
    }
    let simulation = simulation(system, numerics)
    if let reason = simulation.whyUnsupported {
      diagnostics.add(scene.physics.error(reason))
      try diagnostics.throwIfAny()
    }
    let checkpoints = time.checkpoints
    let design = ParticleDesignBuilder(
      scene: scene, simulation: simulation, stop: stop, checkpoints: checkpoints,
      fluids: FluidNames(all: filled.fluids),
      named: SolidNames(all: solids(filled, system) + tools.map { ($0.name, $0.particles) }), tools: tools,
      solids: filled.solids,
      inlets: beyond.inlets.map { inlet in
        let first = filled.positions.count / box.dimension
        return (inlet.name, inlet.axis, first + inlet.particles.lowerBound..<first + inlet.particles.upperBound)
      }, spacing: spacing,
      places: { region, diagnostics in
        SelectionResolver(.grid(lattice), regions: scene.regions).resolve(
          region, as: .cells, called: "places of particles", &diagnostics
        )?.flatMap { lattice.centroid(ofCell: $0) }
      }
    ).build(&diagnostics)
    checkTools(tools, system, spacing: spacing, &diagnostics)
    try diagnostics.throwIfAny()
    return ParticleScene(
      title: scene.title, simulation: simulation, stop: stop, checkpoints: checkpoints, spacing: spacing,
      output: scene.output, solids: solids(filled, system), design: design, tools: tools.map(\.particles))
  }

  /// Of the tools at the start, m.
  private func toolPositions(_ tools: [PlacedTool], _ diagnostics: inout DiagnosticList) -> [Double] {
    tools.flatMap { tool in
      do {
        return try tool.shape.apply(tool.start).elements
      } catch {
        diagnostics.add(SceneDiagnostic(mark: tool.mark, problem: "\(tool.name) has no shape: \(error)"))
        return []
      }
    }
  }

  private func checkTools(
    _ tools: [PlacedTool], _ system: ParticleSystem, spacing: Double, _ diagnostics: inout DiagnosticList
  ) {
    guard let check = ToolCheck(tools, system, spacing: spacing) else { return }
    do {
      try check.check(system.parameters)
    } catch {
      diagnostics.add(SceneDiagnostic(mark: tools[0].mark, problem: "at its start \(error)"))
    }
  }

  private func simulation(_ system: ParticleSystem, _ numerics: ParticleNumerics) -> ParticleSimulation {
    switch physics.scheme {
    case .summation(let scheme):
      ParticleSimulation(
        system, scheme: scheme, numerics: numerics, integration: physics.time.integration,
        fixedTimeStep: physics.time.timeStep)
    case .weaklyCompressible(let scheme):
      ParticleSimulation(
        system, scheme: scheme, numerics: numerics, integration: physics.time.integration,
        fixedTimeStep: physics.time.timeStep)
    case .incompressible(let scheme):
      ParticleSimulation(system, scheme: scheme, numerics: numerics, fixedTimeStep: physics.time.timeStep)
    case .compressible(let scheme, _):
      ParticleSimulation(
        system, scheme: scheme, numerics: numerics, integration: physics.time.integration,
        fixedTimeStep: physics.time.timeStep)
    }
  }

  /// Nil where the scheme is for liquids.
  private func gas(_ filled: FluidFilling.Filled) -> IdealGas? {
    guard case .compressible(_, let gamma) = physics.scheme else { return nil }
    return IdealGas(
      heatCapacityRatio: gamma,
      internalEnergies: zip(physics.fluids, filled.fluids).flatMap { fluid, filling in
        [Double](
          repeating: (fluid.pressure?.value ?? 1) / ((gamma - 1) * fluid.restDensity),
          count: filling.particles.count)
      })
  }

  /// Reports forces that the scheme or the box does not know.
  private func checkForces(_ box: Scene.Box, _ diagnostics: inout DiagnosticList) {
    let marks = [("surface-tension", physics.surfaceTension?.mark), ("rheology", physics.rheology?.mark)]
    for (word, mark) in marks {
      guard let mark else { continue }
      if case .compressible = physics.scheme {
        diagnostics.add(
          SceneDiagnostic(
            mark: mark, problem: "the scheme `compressible` knows no `\(word)`", remedy: "leave it out"))
      } else if box.dimension == 1 {
        diagnostics.add(SceneDiagnostic(mark: mark, problem: "a line has no `\(word)`", remedy: "leave it out"))
      }
    }
  }

  /// The fluid, what is beyond the openings, and what is kept for the inlets.
  private func fluidParticles(
    _ filled: FluidFilling.Filled, _ beyond: OpenFilling.Filled, _ lattice: StructuredGrid
  ) -> (positions: [Double], velocities: [Double], densities: [Double]?, parked: Int) {
    if beyond.boundaries.isEmpty { return (filled.positions, filled.velocities, filled.densities, 0) }
    let dimension = lattice.dimension, count = filled.positions.count / dimension
    let waiting = beyond.positions.count / dimension
    // No more than the box has room for, and a layer at each inlet for what is under way.
    let room = lattice.cellCount - count + waiting
    let entering = endTime.map { Int(min(beyond.entering * $0, 1e9)) + 1 } ?? room
    let parked = beyond.inlets.isEmpty ? 0 : physics.reserve ?? min(room, entering)
    let still = [Double](repeating: 0, count: parked * dimension)
    let rest = physics.fluids[0].restDensity
    return (
      filled.positions + beyond.positions + still, filled.velocities + beyond.velocities + still,
      filled.densities.map { $0 + [Double](repeating: rest, count: waiting + parked) }, parked
    )
  }

  /// Named solids and bodies, with their particles among all of walls and bodies.
  private func solids(_ filled: FluidFilling.Filled, _ system: ParticleSystem) -> [(
    name: String, particles: Range<Int>
  )] {
    var all = filled.solids, first = system.walls.count
    for body in system.bodies {
      all.append((body.name, first..<first + body.count))
      first += body.count
    }
    return all
  }

  private func motions(_ filled: FluidFilling.Filled, _ box: Scene.Box, _ diagnostics: inout DiagnosticList)
    -> [PrescribedMotion]
  {
    let dimension = box.dimension
    return zip(physics.solids, filled.solids).compactMap { solid, filling in
      guard let motion = solid.motion else { return nil }
      if let entries = motion.shift.first(where: { $0.count != dimension })?.count
        ?? motion.pivot.map({ $0.value.count }),
        entries != dimension
      {
        diagnostics.add(
          motion.error("`shift` or `pivot` has \(entries) entries in a box of \(dimension) dimensions"))
        return nil
      }
      guard let duration = motion.duration?.value ?? endTime else {
        diagnostics.add(
          motion.error("`motion` lacks `duration`", remedy: "add it, or give the simulation an `end` in s"))
        return nil
      }
      let pivot =
        motion.pivot?.value
        ?? (0..<dimension).map { axis in
          filling.particles.reduce(0.0) { $0 + filled.wallPositions[$1 * dimension + axis] }
            / Double(max(1, filling.particles.count))
        }
      let still = [Double](repeating: 0, count: motion.knots)
      return PrescribedMotion(
        of: filling.particles, pivot: pivot, axis: motion.axis,
        translation: motion.shift.isEmpty
          ? still.flatMap { _ in [Double](repeating: 0, count: dimension) } : motion.shift.flatMap { $0 },
        rotation: motion.turn.isEmpty ? still : motion.turn, duration: duration)
    }
  }

  /// s; nil where it is not known before the run.
  private var endTime: Double? {
    switch physics.time.end {
    case .time(let end): end
    case .steps(let count): physics.time.timeStep.map { Double(count) * $0 }
    }
  }

  /// At zero, for a design of it.
  private func accelerationHistory(_ box: Scene.Box, _ diagnostics: inout DiagnosticList) -> AccelerationHistory? {
    let designs = ToolFilling.designs(scene.design).filter { $0.value is Scene.ControlDesign }
    guard let design = designs.first, let control = design.value as? Scene.ControlDesign else { return nil }
    if designs.count > 1 {
      diagnostics.add(designs[1].error("there is one `control-history` only", remedy: "give one of them all axes"))
    }
    guard let duration = control.duration?.value ?? endTime else {
      diagnostics.add(
        design.error("`control-history` lacks `duration`", remedy: "add it, or give the simulation an `end` in s"))
      return nil
    }
    return AccelerationHistory(
      coefficients: [Double](repeating: 0, count: control.knots * box.dimension), dimension: box.dimension,
      duration: duration)
  }

  /// Reports walls that the scheme does not see, and velocities that exclude each other.
  private func wallMotion(_ diagnostics: inout DiagnosticList) -> WallMotion {
    let tool = ToolFilling.designs(scene.design).first { $0.value is Scene.ToolDesign }
    let firstWall =
      physics.boundaries.first?.mark ?? physics.solids.first?.mark ?? physics.bodies.first?.mark ?? tool?.mark
    let blind: String? =
      switch physics.scheme {
      case .summation: "summation"
      case .compressible: "compressible"
      case .weaklyCompressible, .incompressible: nil
      }
    if let blind, let firstWall {
      diagnostics.add(
        SceneDiagnostic(
          mark: firstWall, problem: "the scheme `\(blind)` sees no walls",
          remedy: "take the scheme `weakly-compressible` or `incompressible`"))
    }
    let travelling = physics.solids.first { $0.velocity != nil || $0.motion != nil }
    if let travelling, physics.boundaries.contains(where: { $0.velocity != nil }) {
      diagnostics.add(
        travelling.error("a solid travels while a side of the box slides", remedy: "let only one of them move"))
    }
    return travelling == nil ? .sliding : .travelling
  }

  private var numerics: ParticleNumerics {
    let ratio = physics.smoothingLength?.value ?? 3 / physics.kernel.supportRatio
    return ParticleNumerics(
      kernel: physics.kernel, smoothingLength: ratio * physics.spacing.value, precision: physics.precision)
  }

  // MARK: - Checks

  private func checkBox(_ box: Scene.Box, _ numerics: ParticleNumerics, _ diagnostics: inout DiagnosticList) {
    let spacing = physics.spacing.value
    let least = ParticleBox.shortestPeriod(support: numerics.support)
    for (axis, size) in zip(Axis.allCases, box.size.value) {
      if box.periodic.value.contains(axis), size < least * (1 - 1e-9) {
        diagnostics.add(
          box.size.error(
            "the periodic box is too short along \(axis)", found: "\(Self.short(size)) m",
            expected: "at least 3 supports of the kernel, \(Self.short(least)) m",
            remedy: "make the box longer, or the spacing smaller"))
      }
      let count = size / spacing
      guard count < 1e9 else { continue }
      if abs(count - count.rounded()) > 1e-6 * max(1, count) || count.rounded() < 1 {
        let nearest = max(1, count.rounded()) * spacing
        diagnostics.add(
          box.size.error(
            "the box is not a whole number of spacings long along \(axis)",
            found: "\(Self.short(size)) m for spacings of \(Self.short(spacing)) m",
            expected: "such as \(Self.short(nearest)) m"))
      }
    }
    if let smoothing = physics.smoothingLength, numerics.support <= 1.01 * spacing {
      diagnostics.add(
        smoothing.error(
          "the kernel does not reach a neighbour",
          found: "a support of \(Self.short(numerics.support / spacing)) spacings",
          expected: "more than 1.01"))
    }
  }

  /// - Throws: `SceneErrors` where the machine cannot hold the particles.
  private func lattice(_ box: Scene.Box) throws -> StructuredGrid {
    let spacing = physics.spacing.value
    let counts = box.size.value.map { ($0 / spacing).rounded() }
    let count = counts.reduce(1, *)
    // State, seeds, sorted copies, and places of the lattice; measured 0.6 kB a particle in 3D.
    let bytes = 700 * count
    let available = Double(ProcessInfo.processInfo.physicalMemory)
    guard count < 0x1p31, bytes < 0.9 * available else {
      throw SceneErrors([
        physics.spacing.error(
          "the particles do not fit in memory",
          found: "\(Self.short(count)) places for particles in the box, about \(Self.short(bytes / 1e9)) GB",
          expected: "at most \(Self.short(0.9 * available / 1e9)) GB on this machine", remedy: "use a larger spacing")
      ])
    }
    if box.dimension == 1 {
      return StructuredGrid(
        origin: [box.origin[0], 0], size: [box.size.value[0], spacing], cells: [Int(counts[0]), 1])
    }
    return StructuredGrid(origin: box.origin, size: box.size.value, cells: counts.map { Int($0) })
  }

  private func gravity(_ box: Scene.Box, _ diagnostics: inout DiagnosticList) -> [Double]? {
    guard let gravity = physics.gravity else { return nil }
    if gravity.value.count != box.dimension {
      diagnostics.add(
        gravity.error("`gravity` has \(gravity.value.count) entries in a box of \(box.dimension) dimensions"))
      return nil
    }
    return gravity.value
  }

  private static func short(_ value: Double) -> String { NumberFormat.significant(value, digits: 6) }
}
