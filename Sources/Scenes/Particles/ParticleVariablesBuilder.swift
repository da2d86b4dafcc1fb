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
      case is Scene.ToolDesign: built = tools.popFirst().map { [tool($0, &base)] }
      default:
        diagnostics.add(
          one.error(
            "a fluid of particles takes no `\(type(of: one.value).word)`",
            expected: "`initial-velocity`, `initial-position`, `initial-shape`, `control-history`, `tool` or `material`"
          ))
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
    return [
      DesignPart(
        block: Block("shift", shape: [groups.count, dimension], unit: "m"),
        bounds: Bounds(
          lower: DenseVector(reach.flatMap { $0.map(\.lower) }), upper: DenseVector(reach.flatMap { $0.map(\.upper) })),
        start: DenseVector(zeros: groups.count * dimension), change: .shared(targets(groups, of: "position")))
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
