import DifferentiableCore
import FieldIO
import InverseDesign
import SmoothedParticles

/// Turns the functionals of a scene of particles into observers of its rollout.
struct ParticleRows {
  let simulation: ParticleSimulation
  /// The fluids' particles, by name and in order.
  let fluids: FluidNames
  /// Solids, tools and bodies that a force may be asked of.
  let solids: SolidNames
  /// m
  let spacing: Double
  let stop: StopRule
  let variables: ParticleVariables
  let places: Places
  /// Where the observers' numbers begin in the rollout's state.
  let firstObserved: Int
  private(set) var observers: [any Observer] = []

  typealias Row = DesignChain<Rollout<ParticleSimulation>>.Row
  /// The places in m, `[count, dimension]`, of particles that would fill a region; nil after reporting why not.
  typealias Places = (Located<Scene.Selection>, inout DiagnosticList) -> [Double]?

  init(
    _ simulation: ParticleSimulation, fluids: FluidNames, solids: SolidNames, spacing: Double, stop: StopRule,
    variables: ParticleVariables, places: @escaping Places
  ) {
    self.simulation = simulation
    self.fluids = fluids
    self.solids = solids
    self.spacing = spacing
    self.stop = stop
    self.variables = variables
    self.places = places
    firstObserved = simulation.stateBlocks.entryCount
  }

  private var system: ParticleSystem { simulation.system }

  /// What a functional adds up.
  struct Terms {
    /// Read off the flow.
    var observed: [ObservedSum.Term] = []
    /// Read off the design.
    var ofDesign: [(range: Range<Int>, functional: any FieldFunctional, weight: Double)] = []

    func row(_ name: String) -> Row {
      let state = ObservedSum(terms: observed), field = DesignSum(terms: ofDesign)
      if ofDesign.isEmpty { return .state(name: name, state) }
      return observed.isEmpty ? .field(name: name, field) : .sum(name: name, field: field, state: state)
    }
  }

  /// What a functional adds up; nil after reporting why not.
  mutating func add(_ functional: Scene.Functional, mark: SourceMark, _ diagnostics: inout DiagnosticList) -> Terms? {
    func refuse(_ problem: String, _ expected: String? = nil) -> Terms? {
      diagnostics.add(SceneDiagnostic(mark: mark, problem: problem, expected: expected))
      return nil
    }
    func fits(_ entries: [Double], _ what: String) -> Bool {
      if entries.count == system.dimension { return true }
      _ = refuse("`\(what)` has \(entries.count) entries in a box of \(system.dimension) dimensions")
      return false
    }
    func axis(_ direction: Scene.Functional.Displacement.Direction) -> [Double]? {
      let entries: [Double]
      switch direction {
      case .axis(let axis): entries = (0..<system.dimension).map { $0 == axis.rawValue ? 1 : 0 }
      case .vector(let vector):
        guard fits(vector, "direction") else { return nil }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        entries = vector.map { $0 / length }
      }
      if entries.contains(where: { $0 != 0 }) { return entries }
      _ = refuse("a flat box has no z")
      return nil
    }
    func ofDesign(_ what: String, _ cost: (DesignCosts) -> (any FieldFunctional)?) -> Terms? {
      let terms = zip(variables.map.parts, variables.map.ranges).compactMap { part, range in
        cost(part.costs).map { (range: range, functional: $0, weight: 1.0) }
      }
      return terms.isEmpty ? refuse("the design has no \(what)") : Terms(ofDesign: terms)
    }
    var function = ObservedSum.Function.identity, weight = 1.0
    switch functional {
    case .actuationEnergy: return ofDesign("`control-history` that costs energy") { $0.actuationEnergy }
    case .toolLength: return ofDesign("tool along a line, `joint-chain` or `spline`") { $0.toolLength }
    case .toolArea: return ofDesign("polygon, and no height field in the plane") { $0.toolArea }
    case .travel(let axis): return ofDesign("`control-history` along \(axis.value)") { $0.travel[axis.value.rawValue] }
    case .travelSpeed(let axis):
      return ofDesign("`control-history` along \(axis.value)") { $0.travelSpeed[axis.value.rawValue] }
    case .roughness: return ofDesign("variables side by side, as those of tools are") { $0.roughness }
    case .bodyPosition(let place):
      guard let body = system.bodies.index(of: place.body, &diagnostics),
        let direction = axis(place.direction)
      else { return nil }
      observers.append(BodyPlace(body, of: system, along: direction, moment(place.at, &diagnostics)))
    case .kineticEnergy(let fluid, let at):
      guard let group = group(fluid, &diagnostics) else { return nil }
      observers.append(KineticEnergy(group, moment(at, &diagnostics)))
    case .meanPosition(let position):
      guard let direction = axis(position.direction) else { return nil }
      guard let group = group(position.fluid, &diagnostics) else { return nil }
      observers.append(MeanPosition(group, along: direction, moment(position.at, &diagnostics)))
    case .meanSquaredDistance(let distance):
      guard fits(distance.point, "point"), let group = group(distance.fluid, &diagnostics) else { return nil }
      observers.append(MeanSquaredDistance(group, to: distance.point, moment(distance.at, &diagnostics)))
    case .massInBox(let region):
      func count(_ entries: [Scene.Coordinate], _ what: String) -> Bool {
        fits([Double](repeating: 0, count: entries.count), what)
      }
      guard count(region.from, "from"), count(region.to, "to"), let group = group(region.fluid, &diagnostics) else {
        return nil
      }
      let lower = region.from.enumerated().map { metres($1, $0) }, upper = region.to.enumerated().map { metres($1, $0) }
      guard zip(lower, upper).allSatisfy(<) else { return refuse("the box is empty: `from` is not below `to`") }
      observers.append(
        MassInBox(group, from: lower, to: upper, edgeWidth: region.edge ?? spacing, moment(region.at, &diagnostics)))
    case .momentum(let momentum):
      guard let direction = axis(momentum.direction), let group = group(momentum.fluid, &diagnostics) else {
        return nil
      }
      observers.append(Momentum(group, along: direction, moment(momentum.at, &diagnostics)))
    case .splashHeight(let height):
      guard let group = group(height.fluid, &diagnostics) else { return nil }
      if height.overTime {
        guard case .time(let end, _) = stop else {
          return refuse("`over-time` needs the time at the end", "a simulation with an `end` in s")
        }
        let top = system.box.upper[1]
        observers.append(ExponentialHeight(group, above: top, width: height.width))
        function = .smoothMaximum(reference: top, width: height.width, duration: end)
      } else {
        observers.append(SplashHeight(group, width: height.width, moment(height.at, &diagnostics)))
      }
    case .landedMean(let landed), .landedSpread(let landed):
      guard let direction = axis(landed.direction), let group = group(landed.fluid, &diagnostics) else { return nil }
      let measure =
        if case .landedMean = functional { LandedParticles.Measure.mean } else { LandedParticles.Measure.spread }
      observers.append(
        LandedParticles(
          group, measure, along: direction, below: landed.below, edgeWidth: landed.edge ?? spacing,
          moment(landed.at, &diagnostics)))
    case .mixing(let mixing):
      guard let dyed = fluids.particles(of: mixing.dye, &diagnostics) else { return nil }
      if dyed.count == system.particleCount {
        return refuse("all of the fluid is dyed", "another fluid beside `\(mixing.dye.value)`")
      }
      observers.append(
        DyeVariance(system, dyed: dyed, resolution: mixing.resolution, moment(mixing.at, &diagnostics)))
    case .transportDistance(let distance):
      guard let group = group(distance.fluid, &diagnostics), let target = target(distance, &diagnostics) else {
        return nil
      }
      observers.append(
        TransportDistance(
          group, to: target, blur: distance.blur ?? 2 * spacing, moment(distance.at, &diagnostics)))
    case .forceOn(let force), .forceDeviation(let force, _):
      guard let direction = axis(force.direction), let observer = observer(force, direction, functional, &diagnostics)
      else { return nil }
      if case .throughout = observer.moment, case .time(let end, _) = stop { weight = 1 / end }
      observers.append(observer)
    case .sum(let terms):
      var all = Terms()
      for term in terms {
        guard let part = add(term.functional.value, mark: term.functional.mark, &diagnostics) else { return nil }
        for var observed in part.observed {
          observed.weight *= term.weight
          all.observed.append(observed)
        }
        all.ofDesign += part.ofDesign.map { ($0.range, $0.functional, $0.weight * term.weight) }
      }
      return all
    default:
      return refuse(
        "`\(functional.word)` does not belong to this physics",
        "one of kinetic-energy, mean-position, mean-squared-distance, mass-in-box, body-position, momentum, splash-height, "
          + "force-on, force-deviation, landed-mean, landed-spread, mixing, transport-distance, actuation-energy, tool-length, tool-area, travel, travel-speed, roughness, sum"
      )
    }
    return Terms(observed: [.init(index: firstObserved + observers.count - 1, weight: weight, function: function)])
  }

  /// Nil after reporting why not.
  private func observer(
    _ force: Scene.Functional.ForceOn, _ direction: [Double], _ functional: Scene.Functional,
    _ diagnostics: inout DiagnosticList
  ) -> ForceOnSolid? {
    if let reason = simulation.whyNoSolidForces {
      diagnostics.add(
        force.solid.error(
          "`\(functional.word)` has no force to look at: \(reason)",
          remedy: "take the scheme `weakly-compressible` without what is named"))
      return nil
    }
    guard let particles = solids.particles(of: force.solid, &diagnostics) else { return nil }
    let end: Double? = if case .time(let end, _) = stop { end } else { nil }
    if end == nil, force.at == nil, force.overTime {
      diagnostics.add(
        force.solid.error("a force over time needs the time at the end", expected: "a simulation with an `end` in s"))
      return nil
    }
    var measure = ForceOnSolid.Measure.force
    if case .forceDeviation(_, let history) = functional {
      measure = .squaredDeviation(from: history, duration: end ?? force.at?.value ?? 1)
    }
    return ForceOnSolid(
      on: particles, in: simulation, along: direction, measure,
      force.overTime ? .throughout : moment(force.at, &diagnostics))
  }

  private func target(_ distance: Scene.Functional.TransportDistance, _ diagnostics: inout DiagnosticList) -> [Double]?
  {
    if let region = distance.target { return places(region, &diagnostics) }
    guard let file = distance.file else { return nil }
    guard let array = file.array(&diagnostics) else { return nil }
    guard array.shape.count == 2, array.shape[1] == system.dimension, array.shape[0] > 0,
      array.values.allSatisfy(\.isFinite)
    else {
      diagnostics.add(
        SceneDiagnostic(
          mark: file.mark, problem: "`\(file.written)` is no cloud in this box",
          found: "an array of shape \(array.shape)",
          expected: "[count, \(system.dimension)] finite numbers"))
      return nil
    }
    return array.values
  }

  /// Reports a time after the end, where that is known.
  private func moment(_ time: Located<Double>?, _ diagnostics: inout DiagnosticList) -> ObservedMoment {
    guard let time else { return .end }
    if case .time(let end, _) = stop, time.value > end {
      diagnostics.add(time.error("`at` is after the end", found: "\(time.value) s", expected: "at most \(end) s"))
    }
    return .instant(time.value)
  }

  /// Without a face at the ends of the box, where nothing is beyond.
  private func metres(_ coordinate: Scene.Coordinate, _ axis: Int) -> Double {
    switch coordinate {
    case .meters(let x): x
    case .minimum: -.infinity
    case .middle: (system.box.lower[axis] + system.box.upper[axis]) / 2
    case .maximum: .infinity
    }
  }

  private func group(_ fluid: Located<String>?, _ diagnostics: inout DiagnosticList) -> ParticleGroup? {
    guard let fluid else { return ParticleGroup(system) }
    guard let particles = fluids.particles(of: fluid, &diagnostics) else { return nil }
    return ParticleGroup(system, particles)
  }
}
