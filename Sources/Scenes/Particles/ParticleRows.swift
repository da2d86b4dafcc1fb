import DifferentiableCore
import SmoothedParticles

/// Turns the functionals of a scene of particles into observers of its rollout.
struct ParticleRows {
  let system: ParticleSystem
  /// The fluids' particles, by name and in order.
  let fluids: FluidNames
  /// m
  let spacing: Double
  let stop: StopRule
  private(set) var observers: [any Observer] = []

  init(_ system: ParticleSystem, fluids: FluidNames, spacing: Double, stop: StopRule) {
    self.system = system
    self.fluids = fluids
    self.spacing = spacing
    self.stop = stop
  }

  /// Observers with their weights in a functional; nil after reporting why not.
  mutating func add(_ functional: Scene.Functional, mark: SourceMark, _ diagnostics: inout DiagnosticList)
    -> [(observer: Int, weight: Double)]?
  {
    func refuse(_ problem: String, _ expected: String? = nil) -> [(observer: Int, weight: Double)]? {
      diagnostics.add(SceneDiagnostic(mark: mark, problem: problem, expected: expected))
      return nil
    }
    func fits(_ entries: [Double], _ what: String) -> Bool {
      if entries.count == system.dimension { return true }
      _ = refuse("`\(what)` has \(entries.count) entries in a box of \(system.dimension) dimensions")
      return false
    }
    func direction(_ given: Scene.Functional.Displacement.Direction) -> [Double]? {
      let direction: [Double]
      switch given {
      case .axis(let axis): direction = (0..<system.dimension).map { $0 == axis.rawValue ? 1 : 0 }
      case .vector(let entries):
        guard fits(entries, "direction") else { return nil }
        let length = entries.reduce(0) { $0 + $1 * $1 }.squareRoot()
        direction = entries.map { $0 / length }
      }
      if direction.contains(where: { $0 != 0 }) { return direction }
      _ = refuse("a flat box has no z")
      return nil
    }
    switch functional {
    case .bodyPosition(let place):
      guard let body = system.bodies.index(of: place.body, &diagnostics),
        let direction = direction(place.direction)
      else { return nil }
      observers.append(BodyPlace(body, of: system, along: direction, moment(place.at, &diagnostics)))
    case .kineticEnergy(let fluid, let at):
      guard let group = group(fluid, &diagnostics) else { return nil }
      observers.append(KineticEnergy(group, moment(at, &diagnostics)))
    case .meanPosition(let position):
      guard let direction = direction(position.direction) else { return nil }
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
    case .sum(let terms):
      var all: [(observer: Int, weight: Double)] = []
      for term in terms {
        guard let part = add(term.functional.value, mark: term.functional.mark, &diagnostics) else { return nil }
        all += part.map { ($0.observer, $0.weight * term.weight) }
      }
      return all
    default:
      return refuse(
        "`\(functional.word)` does not belong to this physics",
        "one of kinetic-energy, mean-position, mean-squared-distance, mass-in-box, body-position, sum")
    }
    return [(observers.count - 1, 1)]
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
