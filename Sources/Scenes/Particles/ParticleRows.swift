import SmoothedParticles

/// Turns the functionals of a scene of particles into observers of its rollout.
struct ParticleRows {
  let system: ParticleSystem
  /// The fluids' particles, by name and in order.
  let fluids: [(name: String, particles: Range<Int>)]
  private(set) var observers: [any Observer] = []

  init(_ system: ParticleSystem, fluids: [(name: String, particles: Range<Int>)]) {
    self.system = system
    self.fluids = fluids
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
    switch functional {
    case .kineticEnergy(let fluid):
      guard let group = group(fluid, &diagnostics) else { return nil }
      observers.append(KineticEnergy(group))
    case .meanPosition(let position):
      let direction: [Double]
      switch position.direction {
      case .axis(let axis): direction = (0..<system.dimension).map { $0 == axis.rawValue ? 1 : 0 }
      case .vector(let entries):
        guard fits(entries, "direction") else { return nil }
        let length = entries.reduce(0) { $0 + $1 * $1 }.squareRoot()
        direction = entries.map { $0 / length }
      }
      guard direction.contains(where: { $0 != 0 }) else { return refuse("a flat box has no z") }
      guard let group = group(position.fluid, &diagnostics) else { return nil }
      observers.append(MeanPosition(group, along: direction))
    case .meanSquaredDistance(let distance):
      guard fits(distance.point, "point"), let group = group(distance.fluid, &diagnostics) else { return nil }
      observers.append(MeanSquaredDistance(group, to: distance.point))
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
        "one of kinetic-energy, mean-position, mean-squared-distance, sum")
    }
    return [(observers.count - 1, 1)]
  }

  private func group(_ fluid: Located<String>?, _ diagnostics: inout DiagnosticList) -> ParticleGroup? {
    guard let fluid else { return ParticleGroup(system) }
    guard let particles = particles(of: fluid, &diagnostics) else { return nil }
    return ParticleGroup(system, particles)
  }

  /// The particles of a fluid; nil after reporting that there is none of that name.
  func particles(of fluid: Located<String>, _ diagnostics: inout DiagnosticList) -> Range<Int>? {
    if let found = fluids.first(where: { $0.name == fluid.value }) { return found.particles }
    let names = fluids.map(\.name)
    diagnostics.add(
      fluid.error(
        "there is no fluid `\(fluid.value)`", expected: "one of \(names.joined(separator: ", "))",
        remedy: nearestSpelling(of: fluid.value, among: names).map { "did you mean `\($0)`?" }))
    return nil
  }
}
