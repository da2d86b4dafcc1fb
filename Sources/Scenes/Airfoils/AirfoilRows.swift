import Aerodynamics
import FieldIO
import InverseDesign

/// Turns the functionals of a scene of an airfoil into rows of its responses.
struct AirfoilRows {
  /// Names and weights of the operating points, and whether they have a boundary layer.
  let conditions: [String]
  let weights: [Double]
  let isViscous: [Bool]
  private(set) var rows: [AirfoilResponses.Row] = []

  init(conditions: [String], weights: [Double], isViscous: [Bool]) {
    self.conditions = conditions
    self.weights = weights
    self.isViscous = isViscous
  }

  private typealias Term = (weight: Double, source: AirfoilResponses.Row.Source)

  /// The objective over the rows it added; nil after reporting why not.
  mutating func addObjective(_ objective: Located<Scene.Objective>, _ diagnostics: inout DiagnosticList)
    -> DesignProblem.Objective?
  {
    let functional = objective.value.functional
    if case .airfoil(let declared) = functional.value, declared.over?.value == .worst, declared.condition == nil {
      guard objective.value.sense == .minimize else {
        diagnostics.add(
          functional.error("`worst` is for an objective that is minimized", remedy: "use `mean`, or name a condition"))
        return nil
      }
      guard let parts = each(declared, functional.mark, &diagnostics) else { return nil }
      let first = rows.count
      for (index, part) in parts.enumerated() {
        rows.append(
          .init(
            name: name(declared.word, index), terms: [(weight: weights[index], source: part.source)]))
      }
      return .worstOf(Array(first..<rows.count))
    }
    guard let terms = terms(of: functional.value, functional.mark, &diagnostics) else { return nil }
    rows.append(.init(name: functional.value.word, terms: terms))
    return .row(rows.count - 1, objective.value.sense == .minimize ? .minimize : .maximize)
  }

  /// The rows that a constraint bounds.
  mutating func addConstraint(_ constraint: Located<Scene.Constraint>, _ diagnostics: inout DiagnosticList) -> [Int] {
    let functional = constraint.value.functional
    if case .airfoil(let declared) = functional, declared.isOfFlow, declared.condition == nil,
      declared.over == nil || declared.over?.value == .each
    {
      guard let parts = each(declared, constraint.mark, &diagnostics) else { return [] }
      return parts.enumerated().map { index, part in
        rows.append(.init(name: name(constraint.value.name, index), terms: [part]))
        return rows.count - 1
      }
    }
    if case .airfoil(let declared) = functional, let over = declared.over, over.value == .worst {
      diagnostics.add(over.error("`worst` is for an objective", remedy: "leave `over` out: each point is bounded then"))
      return []
    }
    guard let terms = terms(of: functional, constraint.mark, &diagnostics) else { return [] }
    rows.append(.init(name: constraint.value.name, terms: terms))
    return [rows.count - 1]
  }

  /// The row of the lift at an operating point.
  mutating func addLift(of condition: Int) -> Int {
    rows.append(
      .init(
        name: name("lift-coefficient", condition),
        terms: [(weight: 1, source: .coefficient(condition: condition, .lift))]))
    return rows.count - 1
  }

  private func name(_ word: String, _ condition: Int) -> String {
    conditions.count == 1 ? word : "\(word) at \(conditions[condition])"
  }

  /// One number a condition, unweighted.
  private func each(_ declared: Scene.AirfoilFunctional, _ mark: SourceMark, _ diagnostics: inout DiagnosticList)
    -> [Term]?
  {
    guard let source = source(declared, mark, &diagnostics) else { return nil }
    return conditions.indices.map { (weight: 1, source: source($0)) }
  }

  private func terms(of functional: Scene.Functional, _ mark: SourceMark, _ diagnostics: inout DiagnosticList)
    -> [Term]?
  {
    switch functional {
    case .airfoil(let declared):
      if let shape = declared.shape { return [(1, .shape(shape))] }
      if let over = declared.over, over.value != .mean {
        diagnostics.add(
          over.error("`\(over.value)` cannot be added up", remedy: "use `mean`, or name a condition"))
        return nil
      }
      if let condition = declared.condition {
        guard let index = conditions.firstIndex(of: condition.value) else {
          diagnostics.add(
            condition.error(
              "there is no operating point `\(condition.value)`",
              expected: "one of \(conditions.prefix(8).joined(separator: ", "))",
              remedy: nearestSpelling(of: condition.value, among: conditions).map { "did you mean `\($0)`?" }))
          return nil
        }
        guard let source = source(declared, mark, only: index, &diagnostics) else { return nil }
        return [(1, source(index))]
      }
      guard let source = source(declared, mark, &diagnostics) else { return nil }
      let count = Double(conditions.count)
      return conditions.indices.map { (weight: weights[$0] / count, source: source($0)) }
    case .sum(let parts):
      var all: [Term] = []
      for part in parts {
        guard let terms = terms(of: part.functional.value, part.functional.mark, &diagnostics) else { return nil }
        all += terms.map { (weight: $0.weight * part.weight, source: $0.source) }
      }
      return all
    default:
      diagnostics.add(
        SceneDiagnostic(
          mark: mark, problem: "`\(functional.word)` does not belong to this physics",
          expected:
            "one of \(Scene.AirfoilFunctional.choices.map(\.word).joined(separator: ", ")), sum"))
      return nil
    }
  }

  /// What is read off a condition of the flow; nil after reporting why not.
  private func source(
    _ declared: Scene.AirfoilFunctional, _ mark: SourceMark, only condition: Int? = nil,
    _ diagnostics: inout DiagnosticList
  ) -> ((Int) -> AirfoilResponses.Row.Source)? {
    let concerned = condition.map { [$0] } ?? Array(conditions.indices)
    if declared.needsViscosity, let without = concerned.first(where: { !isViscous[$0] }) {
      diagnostics.add(
        SceneDiagnostic(
          mark: mark, problem: "`\(declared.word)` needs a boundary layer",
          found: "`\(conditions[without])` without `reynolds`", remedy: "give the condition a Reynolds number"))
      return nil
    }
    switch declared.quantity {
    case .drag: return { .coefficient(condition: $0, .drag) }
    case .lift: return { .coefficient(condition: $0, .lift) }
    case .moment: return { .coefficient(condition: $0, .moment) }
    case .glideRatio: return { .glideRatio(condition: $0) }
    case .upperTransition: return { .coefficient(condition: $0, .upperTransition) }
    case .lowerTransition: return { .coefficient(condition: $0, .lowerTransition) }
    case .angle: return { .coefficient(condition: $0, .angle) }
    case .pressureDifference(let file):
      do {
        let target = try PressureTarget(csv: try AtomicFile.read(file.path))
        return { .pressure(condition: $0, target) }
      } catch let refusal as PressureTarget.Refusal {
        diagnostics.add(SceneDiagnostic(mark: file.mark, problem: "\(file.written): \(refusal.words)"))
      } catch {
        diagnostics.add(SceneDiagnostic(mark: file.mark, problem: "\(error)"))
      }
      return nil
    default: return nil
    }
  }
}

extension Scene.AirfoilFunctional {
  var isOfFlow: Bool { shape == nil }

  fileprivate var needsViscosity: Bool {
    switch quantity {
    case .drag, .glideRatio, .upperTransition, .lowerTransition: true
    default: false
    }
  }

  /// The functional of the surface; nil where it is of the flow.
  var shape: (any SurfaceFunctional)? {
    switch quantity {
    case .thickness(let places): places.map { SectionThickness(at: $0) } ?? LargestThickness()
    case .camber(let place): SectionCamber(at: place)
    case .area: SurfaceArea()
    case .leadingEdgeRadius: LeadingEdgeRadius()
    case .trailingEdgeAngle: TrailingEdgeAngle()
    case .trailingEdgeGap: TrailingEdgeGap()
    case .wiggliness: SurfaceWiggliness()
    case .upperHollowness: SurfaceHollowness(of: .upper)
    case .lowerHollowness: SurfaceHollowness(of: .lower)
    case .drag, .lift, .moment, .glideRatio, .upperTransition, .lowerTransition, .angle, .pressureDifference: nil
    }
  }
}
