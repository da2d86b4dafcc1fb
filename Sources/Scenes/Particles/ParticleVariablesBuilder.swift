import InverseDesign
import SmoothedParticles

/// Turns the design of a scene of particles into variables of its simulation.
struct ParticleVariablesBuilder {
  let system: ParticleSystem
  let fluids: FluidNames
  let solids: [(name: String, particles: Range<Int>)]
  /// By the particles beyond their planes.
  let inlets: [(name: String, axis: Int, particles: Range<Int>)]

  private var dimension: Int { system.dimension }

  /// Nil after reporting what is wrong.
  func build(_ declared: Located<any Scene.Design>, _ diagnostics: inout DiagnosticList) -> ParticleVariables? {
    switch declared.value {
    case let design as Scene.VelocityDesign: return velocities(design, declared.mark, &diagnostics)
    case let design as Scene.PositionDesign: return positions(design, &diagnostics)
    case let design as Scene.ControlDesign: return controls(design, declared.mark, &diagnostics)
    case let design as Scene.BodyDesign: return body(design, &diagnostics)
    case let design as Scene.MotionDesign: return motion(design, &diagnostics)
    case let design as Scene.InflowDesign: return inflow(design, declared.mark, &diagnostics)
    default:
      diagnostics.add(
        declared.error(
          "a fluid of particles takes no `\(type(of: declared.value).word)`",
          expected: "`initial-velocity`, `initial-position`, `control-history`, `motion-history`, `body` or `inflow`"))
      return nil
    }
  }

  /// Every velocity of a group is that of the design.
  private func velocities(_ design: Scene.VelocityDesign, _ mark: SourceMark, _ diagnostics: inout DiagnosticList)
    -> ParticleVariables?
  {
    guard var groups = particles(design.fluids, &diagnostics) else { return nil }
    if design.each == .particle { groups = groups.flatMap { $0.map { $0..<$0 + 1 } } }
    let targets = targets(groups, of: "velocity")
    var base = system.parameters
    var start: [Double] = []
    for target in targets {
      let count = target.reduce(0) { count, _ in count + 1 }
      start.append(target.reduce(0.0) { $0 + base[$1] } / Double(count))
      for k in target { base[k] = 0 }
    }
    if let fastest = start.map(abs).max(), fastest > design.limit * (1 + 1e-9) {
      diagnostics.add(
        SceneDiagnostic(
          mark: mark, problem: "the fluid starts faster than `limit`", found: "\(fastest) m/s",
          expected: "\(design.limit) m/s"))
      return nil
    }
    return ParticleVariables(
      map: SharedParameters(base: base, targets: targets),
      block: Block("velocity", shape: [groups.count, dimension], unit: "m/s"),
      bounds: Bounds(-design.limit...design.limit, count: start.count), start: DenseVector(start))
  }

  /// Every fluid is shifted as a whole.
  private func positions(_ design: Scene.PositionDesign, _ diagnostics: inout DiagnosticList) -> ParticleVariables? {
    guard let groups = particles(design.fluids, &diagnostics) else { return nil }
    let free = system.box.isPeriodic
    var lower: [Double] = [], upper: [Double] = []
    for group in groups {
      for axis in 0..<dimension {
        // Within the box, walls apart, whatever the limit says.
        let places = group.map { system.positions[$0 * dimension + axis] }
        let low = (places.min() ?? 0) - system.box.lower[axis], high = system.box.upper[axis] - (places.max() ?? 0)
        lower.append(-(free[axis] ? design.limit : min(design.limit, low)))
        upper.append(free[axis] ? design.limit : min(design.limit, high))
      }
    }
    return ParticleVariables(
      map: SharedParameters(base: system.parameters, targets: targets(groups, of: "position")),
      block: Block("shift", shape: [groups.count, dimension], unit: "m"),
      bounds: Bounds(lower: DenseVector(lower), upper: DenseVector(upper)), start: DenseVector(zeros: lower.count))
  }

  private func controls(_ design: Scene.ControlDesign, _ mark: SourceMark, _ diagnostics: inout DiagnosticList)
    -> ParticleVariables?
  {
    guard let history = system.accelerationHistory,
      let first = system.parameterBlocks.range(of: "acceleration-history")?.lowerBound
    else { return nil }
    let axes = design.axes ?? Axis.allCases.filter { $0.rawValue < dimension }
    guard axes.allSatisfy({ $0.rawValue < dimension }) else {
      diagnostics.add(SceneDiagnostic(mark: mark, problem: "a flat box has no z"))
      return nil
    }
    let places = (0..<history.count).flatMap { knot in axes.map { first + knot * dimension + $0.rawValue } }
    return ParticleVariables(
      map: SharedParameters(base: system.parameters, targets: places.map { stride(from: $0, to: $0 + 1, by: 1) }),
      block: Block("acceleration", shape: [history.count, axes.count], unit: "m/s^2"),
      bounds: Bounds(-design.limit...design.limit, count: places.count), start: DenseVector(zeros: places.count))
  }

  private func body(_ design: Scene.BodyDesign, _ diagnostics: inout DiagnosticList) -> ParticleVariables? {
    guard let body = system.bodies.index(of: design.body, &diagnostics),
      let block = system.parameterBlocks.first(where: { $0.name == design.change.rawValue }),
      let range = system.parameterBlocks.range(of: design.change.rawValue)
    else { return nil }
    let entries = range.count / system.bodies.count
    let places = (0..<entries).map { range.lowerBound + body * entries + $0 }
    let start = places.map { system.parameters[$0] }
    if design.change == .density, design.limit >= start[0] {
      diagnostics.add(
        design.body.error(
          "`limit` lets the density fall to zero", found: "\(design.limit) kg/m^3",
          expected: "less than the body's \(start[0]) kg/m^3"))
      return nil
    }
    return variables(
      Block(design.change.rawValue, shape: [entries], unit: block.unit), at: places, around: start,
      limits: start.map { _ in design.limit })
  }

  private func motion(_ design: Scene.MotionDesign, _ diagnostics: inout DiagnosticList) -> ParticleVariables? {
    let particles = solids.first { $0.name == design.solid.value }?.particles
    guard let index = system.walls.motions.firstIndex(where: { $0.particles == particles }) else {
      diagnostics.add(
        design.solid.error(
          "there is no solid `\(design.solid.value)` with a `motion`",
          remedy: "give that solid one: `motion: { turn: [0, 0, 0, 0] }`"))
      return nil
    }
    let blocks = system.parameterBlocks, tool = system.walls.motions[index]
    let before = system.walls.motions[..<index].reduce(0) { $0 + $1.knots }
    guard let shifts = blocks.range(of: "motion-translation"), let turns = blocks.range(of: "motion-rotation"),
      tool.knots > 3
    else { return nil }
    var places: [Int] = [], limits: [Double] = []
    for knot in before + 3..<before + tool.knots {
      if let limit = design.shiftLimit {
        for axis in 0..<dimension {
          places.append(shifts.lowerBound + knot * dimension + axis)
          limits.append(limit)
        }
      }
      if let limit = design.turnLimit {
        places.append(turns.lowerBound + knot)
        limits.append(limit)
      }
    }
    let unit = design.turnLimit == nil ? "m" : design.shiftLimit == nil ? "rad" : "m, rad"
    let each = places.count / (tool.knots - 3)
    return variables(
      Block("motion", shape: [tool.knots - 3, each], unit: unit), at: places,
      around: places.map { system.parameters[$0] },
      limits: limits)
  }

  private func inflow(_ design: Scene.InflowDesign, _ mark: SourceMark, _ diagnostics: inout DiagnosticList)
    -> ParticleVariables?
  {
    let found = design.inlet.map { name in inlets.first { $0.name == name.value } } ?? inlets.first
    guard let inlet = found, let velocities = system.parameterBlocks.range(of: "velocity") else {
      let names = inlets.map(\.name)
      diagnostics.add(
        SceneDiagnostic(
          mark: design.inlet?.mark ?? mark,
          problem: design.inlet.map { "there is no inlet `\($0.value)`" } ?? "there is no inlet",
          expected: names.isEmpty ? nil : "one of \(names.joined(separator: ", "))"))
      return nil
    }
    let first = velocities.lowerBound + inlet.axis
    let target = stride(
      from: first + inlet.particles.lowerBound * dimension, to: first + inlet.particles.upperBound * dimension,
      by: dimension)
    var base = system.parameters
    let start = target.first(where: { _ in true }).map { base[$0] } ?? 0
    for k in target { base[k] = 0 }
    if design.limit >= abs(start) {
      diagnostics.add(
        SceneDiagnostic(
          mark: mark, problem: "`limit` lets the inflow stop", found: "\(design.limit) m/s",
          expected: "less than its speed of \(abs(start)) m/s"))
      return nil
    }
    return ParticleVariables(
      map: SharedParameters(base: base, targets: [target]), block: Block("inflow", shape: [1], unit: "m/s"),
      bounds: Bounds(lower: [start - design.limit], upper: [start + design.limit]), start: [start])
  }

  /// Parameters that are each an entry of the design.
  private func variables(_ block: Block, at places: [Int], around start: [Double], limits: [Double])
    -> ParticleVariables
  {
    var base = system.parameters
    for k in places { base[k] = 0 }
    return ParticleVariables(
      map: SharedParameters(base: base, targets: places.map { stride(from: $0, to: $0 + 1, by: 1) }), block: block,
      bounds: Bounds(
        lower: DenseVector(zip(start, limits).map { $0 - $1 }), upper: DenseVector(zip(start, limits).map { $0 + $1 })),
      start: DenseVector(start))
  }

  private func targets(_ groups: [Range<Int>], of block: String) -> [StrideTo<Int>] {
    let first = system.parameterBlocks.range(of: block)?.lowerBound ?? 0
    return groups.flatMap { group in
      (0..<dimension).map { axis in
        stride(
          from: first + group.lowerBound * dimension + axis, to: first + group.upperBound * dimension, by: dimension)
      }
    }
  }

  /// The particles of some fluids; of all where nil.
  private func particles(_ names: [Located<String>]?, _ diagnostics: inout DiagnosticList) -> [Range<Int>]? {
    guard let names else { return fluids.all.map(\.particles) }
    let found = names.map { fluids.particles(of: $0, &diagnostics) }
    return found.allSatisfy { $0 != nil } ? found.compactMap(\.self) : nil
  }
}

extension [RigidBody] {
  /// The place of a body by its name; nil after reporting that there is none.
  func index(of name: Located<String>, _ diagnostics: inout DiagnosticList) -> Int? {
    if let found = firstIndex(where: { $0.name == name.value }) { return found }
    let names = map(\.name)
    diagnostics.add(
      name.error(
        "there is no body `\(name.value)`", expected: names.isEmpty ? nil : "one of \(names.joined(separator: ", "))",
        remedy: nearestSpelling(of: name.value, among: names).map { "did you mean `\($0)`?" }))
    return nil
  }
}
