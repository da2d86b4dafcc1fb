import Foundation
import InverseDesign
import SmoothedParticles

/// Turns the design of a scene of particles into variables of its simulation.
struct ParticleVariablesBuilder {
  let system: ParticleSystem
  let fluids: FluidNames
  /// In the order of the scene's designs.
  let tools: [PlacedTool]
  /// m
  let spacing: Double
  let solids: [(name: String, particles: Range<Int>)]
  /// By the particles beyond their planes.
  let inlets: [(name: String, axis: Int, particles: Range<Int>)]

  private var dimension: Int { system.dimension }

  /// Nil after reporting what is wrong.
  func build(_ declared: Located<any Scene.Design>, _ diagnostics: inout DiagnosticList) -> ParticleVariables? {
    var base = system.parameters
    var parts: [DesignPart] = [], tools = tools[...]
    for one in ToolFilling.designs(declared) {
      let built: [DesignPart]?
      switch one.value {
      case let design as Scene.VelocityDesign: built = velocities(design, one.mark, &base, &diagnostics)
      case let design as Scene.PositionDesign: built = positions(design, &diagnostics)
      case let design as Scene.ShapeDesign: built = shape(design, one.mark, &diagnostics)
      case let design as Scene.ControlDesign: built = controls(design, one.mark, &diagnostics)
      case let design as Scene.MaterialDesign: built = material(design, one.mark, &base, &diagnostics)
      case let design as Scene.BodyDesign: built = body(design, &base, &diagnostics)
      case let design as Scene.MotionDesign: built = motion(design, &base, &diagnostics)
      case let design as Scene.InflowDesign: built = inflow(design, one.mark, &base, &diagnostics)
      case let design as Scene.InflowHistoryDesign: built = inflow(design, one.mark, &base, &diagnostics)
      case is Scene.ToolDesign: built = tools.popFirst().map { [tool($0, &base)] }
      default:
        diagnostics.add(
          one.error(
            "a fluid of particles takes no `\(type(of: one.value).word)`",
            expected:
              "`initial-velocity`, `initial-position`, `initial-shape`, `control-history`, `motion-history`, `body`, `inflow`, "
              + "`inflow-history`, `tool`, `material` or `several`"))
        return nil
      }
      guard let built else { return nil }
      parts += built
    }
    let check = ToolCheck(self.tools, system, spacing: spacing)
    return ParticleVariables(map: DesignParameters(base: base, parts: parts, check: check))
  }

  private func tool(_ tool: PlacedTool, _ base: inout DenseVector) -> DesignPart {
    let first = (system.parameterBlocks.range(of: "wall-position")?.lowerBound ?? 0)
    let range = first + tool.particles.lowerBound * dimension..<first + tool.particles.upperBound * dimension
    for k in range { base[k] = 0 }
    return DesignPart(
      block: tool.shape.variables, bounds: tool.bounds, start: tool.start, change: .mapped(tool.shape, into: range),
      costs: tool.costs)
  }

  /// Every velocity of a group is that of the design.
  private func velocities(
    _ design: Scene.VelocityDesign, _ mark: SourceMark, _ base: inout DenseVector, _ diagnostics: inout DiagnosticList
  ) -> [DesignPart]? {
    guard var groups = particles(design.fluids, &diagnostics) else { return nil }
    if design.each == .particle { groups = groups.flatMap { $0.map { $0..<$0 + 1 } } }
    let targets = targets(groups, of: "velocity")
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
    return [
      DesignPart(
        block: Block("velocity", shape: [groups.count, dimension], unit: "m/s"),
        bounds: Bounds(-design.limit...design.limit, count: start.count), start: DenseVector(start),
        change: .shared(targets))
    ]
  }

  /// Every fluid is shifted as a whole.
  private func positions(_ design: Scene.PositionDesign, _ diagnostics: inout DiagnosticList) -> [DesignPart]? {
    guard let groups = particles(design.fluids, &diagnostics) else { return nil }
    let reach = groups.map { shifts(of: $0, limit: design.limit) }
    let bounds = Bounds(
      lower: DenseVector(reach.flatMap { $0.map(\.lower) }), upper: DenseVector(reach.flatMap { $0.map(\.upper) }))
    let start = DenseVector(zeros: groups.count * dimension)
    var separation: FluidSeparation?
    if let apart = design.apart {
      let named = groups.map { group in
        (name: fluids.all.first { $0.particles == group }?.name ?? "a fluid", particles: group)
      }
      let made = FluidSeparation(named, system, reach: 0.5 * (spacing + apart.value), bounds: bounds)
      if let mistake = made.mistake(in: system.box) {
        diagnostics.add(apart.error(mistake.problem, remedy: mistake.remedy))
        return nil
      }
      separation = made
    }
    return [
      DesignPart(
        block: Block("shift", shape: [groups.count, dimension], unit: "m"), bounds: bounds, start: start,
        change: .shared(targets(groups, of: "position")), separation: separation)
    ]
  }

  /// How far a group may be shifted along each axis: within the box, walls apart, whatever the limit says.
  private func shifts(of group: Range<Int>, limit: Double) -> [(lower: Double, upper: Double)] {
    (0..<dimension).map { axis in
      if system.box.isPeriodic[axis] { return (-limit, limit) }
      let places = group.map { system.positions[$0 * dimension + axis] }
      let low = (places.min() ?? 0) - system.box.lower[axis], high = system.box.upper[axis] - (places.max() ?? 0)
      return (-min(limit, low), min(limit, high))
    }
  }

  private func shape(_ design: Scene.ShapeDesign, _ mark: SourceMark, _ diagnostics: inout DiagnosticList)
    -> [DesignPart]?
  {
    func refuse(_ problem: String, _ remedy: String) -> [DesignPart]? {
      diagnostics.add(SceneDiagnostic(mark: mark, problem: problem, remedy: remedy))
      return nil
    }
    let group: Range<Int>
    if let name = design.fluid {
      guard let found = fluids.particles(of: name, &diagnostics) else { return nil }
      group = found
    } else {
      guard fluids.all.count == 1 else { return refuse("there are several fluids", "name one: `fluid: ...`") }
      group = fluids.all[0].particles
    }
    if design.shift == 0, design.stretch == 0, design.turn == 0 {
      return refuse("nothing of the body may change", "give `shift`, `stretch` or `turn`")
    }
    if dimension == 3, design.turn > 0 { return refuse("a body is turned in the plane only", "leave out `turn`") }
    let map = BodyShape(
      positions: Array(system.positions[group.lowerBound * dimension..<group.upperBound * dimension]),
      dimension: dimension)
    let shifts = shifts(of: group, limit: design.shift)
    var lower = shifts.map(\.lower), upper = shifts.map(\.upper)
    lower += [Double](repeating: -design.stretch, count: dimension - 1)
    upper += [Double](repeating: design.stretch, count: dimension - 1)
    if dimension == 2 {
      lower.append(-design.turn)
      upper.append(design.turn)
    }
    let free = lower.indices.filter { lower[$0] < upper[$0] }
    let first = (system.parameterBlocks.range(of: "position")?.lowerBound ?? 0)
    return [
      DesignPart(
        block: Block("shape", shape: [free.count], unit: "1"),
        bounds: Bounds(lower: DenseVector(free.map { lower[$0] }), upper: DenseVector(free.map { upper[$0] })),
        start: DenseVector(zeros: free.count),
        change: .mapped(
          FreeEntries(map: map, held: DenseVector(zeros: map.variableCount), free: free),
          into: first + group.lowerBound * dimension..<first + group.upperBound * dimension))
    ]
  }

  private func material(
    _ design: Scene.MaterialDesign, _ mark: SourceMark, _ base: inout DenseVector, _ diagnostics: inout DiagnosticList
  ) -> [DesignPart]? {
    guard let range = system.parameterBlocks.range(of: "viscosity") else { return nil }
    let viscosity = base[range.lowerBound]
    guard design.viscosity[0] < design.viscosity[1] else {
      diagnostics.add(
        SceneDiagnostic(
          mark: mark, problem: "the range of `viscosity` does not rise", remedy: "give the least, then the greatest"))
      return nil
    }
    guard (design.viscosity[0]...design.viscosity[1]).contains(viscosity) else {
      diagnostics.add(
        SceneDiagnostic(
          mark: mark, problem: "the fluid's `viscosity` is not within that of the design", found: "\(viscosity) m^2/s",
          expected: "\(design.viscosity[0]) to \(design.viscosity[1]) m^2/s"))
      return nil
    }
    base[range.lowerBound] = 0
    return [
      DesignPart(
        block: Block("log-viscosity", shape: [1], unit: "1"),
        bounds: Bounds(lower: [log(design.viscosity[0])], upper: [log(design.viscosity[1])]), start: [log(viscosity)],
        change: .mapped(Exponential(), into: range))
    ]
  }

  private func controls(_ design: Scene.ControlDesign, _ mark: SourceMark, _ diagnostics: inout DiagnosticList)
    -> [DesignPart]?
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
    return [
      DesignPart(
        block: Block("acceleration", shape: [history.count, axes.count], unit: "m/s^2"),
        bounds: Bounds(-design.limit...design.limit, count: places.count), start: DenseVector(zeros: places.count),
        change: .shared(places.map { stride(from: $0, to: $0 + 1, by: 1) }),
        costs: DesignCosts(
          roughness: Roughness(shape: [history.count], components: axes.count),
          actuationEnergy: ActuationEnergy(count: history.count, axes: axes.count, duration: history.duration),
          travel: travel(.distance, history, axes), travelSpeed: travel(.speed, history, axes)))
    ]
  }

  private func travel(_ measure: TankTravel.Measure, _ history: AccelerationHistory, _ axes: [Axis]) -> [Int:
    TankTravel]
  {
    Dictionary(
      uniqueKeysWithValues: axes.enumerated().map { place, axis in
        (
          axis.rawValue,
          TankTravel(measure, axis: place, count: history.count, axes: axes.count, duration: history.duration)
        )
      })
  }

  private func body(
    _ design: Scene.BodyDesign, _ base: inout DenseVector, _ diagnostics: inout DiagnosticList
  ) -> [DesignPart]? {
    guard let body = system.bodies.index(of: design.body, &diagnostics),
      let block = system.parameterBlocks.first(where: { $0.name == design.change.rawValue }),
      let range = system.parameterBlocks.range(of: design.change.rawValue)
    else { return nil }
    let entries = range.count / system.bodies.count
    let places = (0..<entries).map { range.lowerBound + body * entries + $0 }
    let start = places.map { base[$0] }
    if design.change == .density, design.limit >= start[0] {
      diagnostics.add(
        design.body.error(
          "`limit` lets the density fall to zero", found: "\(design.limit) kg/m^3",
          expected: "less than the body's \(start[0]) kg/m^3"))
      return nil
    }
    return variables(
      Block(design.change.rawValue, shape: [entries], unit: block.unit), at: places, around: start,
      limits: start.map { _ in design.limit }, &base)
  }

  private func motion(
    _ design: Scene.MotionDesign, _ base: inout DenseVector, _ diagnostics: inout DiagnosticList
  ) -> [DesignPart]? {
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
      around: places.map { base[$0] },
      limits: limits, &base)
  }

  private func inflow(
    _ design: Scene.InflowDesign, _ mark: SourceMark, _ base: inout DenseVector, _ diagnostics: inout DiagnosticList
  ) -> [DesignPart]? {
    guard let inlet = inlet(design.inlet, mark, &diagnostics),
      let velocities = system.parameterBlocks.range(of: "velocity")
    else { return nil }
    let first = velocities.lowerBound + inlet.axis
    let target = stride(
      from: first + inlet.particles.lowerBound * dimension, to: first + inlet.particles.upperBound * dimension,
      by: dimension)
    let start = target.first(where: { _ in true }).map { base[$0] } ?? 0
    for k in target { base[k] = 0 }
    guard flows(abs(start), less: design.limit, mark, &diagnostics) else { return nil }
    return [
      DesignPart(
        block: Block("inflow", shape: [1], unit: "m/s"),
        bounds: Bounds(lower: [start - design.limit], upper: [start + design.limit]), start: [start],
        change: .shared([target]))
    ]
  }

  private func inflow(
    _ design: Scene.InflowHistoryDesign, _ mark: SourceMark, _ base: inout DenseVector,
    _ diagnostics: inout DiagnosticList
  ) -> [DesignPart]? {
    guard let inlet = inlet(design.inlet, mark, &diagnostics), let range = system.inflowHistory(of: inlet.name) else {
      return nil
    }
    let limit = design.limit.value
    guard flows(base[range.lowerBound], less: limit, design.limit.mark, &diagnostics) else { return nil }
    return variables(
      Block("inflow-history", shape: [range.count], unit: "m/s"), at: Array(range), around: range.map { base[$0] },
      limits: range.map { _ in limit }, costs: DesignCosts(roughness: Roughness(shape: [range.count])), &base)
  }

  /// The inlet of a name, the first one where nil; nil after reporting that there is none.
  private func inlet(
    _ name: Located<String>?, _ mark: SourceMark, _ diagnostics: inout DiagnosticList
  ) -> (name: String, axis: Int, particles: Range<Int>)? {
    if let found = name.map({ name in inlets.first { $0.name == name.value } }) ?? inlets.first { return found }
    let names = inlets.map(\.name)
    diagnostics.add(
      SceneDiagnostic(
        mark: name?.mark ?? mark, problem: name.map { "there is no inlet `\($0.value)`" } ?? "there is no inlet",
        expected: names.isEmpty ? nil : "one of \(names.joined(separator: ", "))"))
    return nil
  }

  /// Reports a change of an inlet's speed that may stop it.
  private func flows(
    _ speed: Double, less limit: Double, _ mark: SourceMark, _ diagnostics: inout DiagnosticList
  ) -> Bool {
    if limit < speed { return true }
    diagnostics.add(
      SceneDiagnostic(
        mark: mark, problem: "`limit` lets the inflow stop", found: "\(limit) m/s",
        expected: "less than its speed of \(speed) m/s"))
    return false
  }

  /// Parameters that are each an entry of the design.
  private func variables(
    _ block: Block, at places: [Int], around start: [Double], limits: [Double], costs: DesignCosts = DesignCosts(),
    _ base: inout DenseVector
  ) -> [DesignPart] {
    for k in places { base[k] = 0 }
    return [
      DesignPart(
        block: block,
        bounds: Bounds(
          lower: DenseVector(zip(start, limits).map { $0 - $1 }), upper: DenseVector(zip(start, limits).map { $0 + $1 })
        ),
        start: DenseVector(start), change: .shared(places.map { stride(from: $0, to: $0 + 1, by: 1) }), costs: costs)
    ]
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
