import FiniteElements
import InverseDesign

/// What a physics offers to the functionals of a scene.
struct FunctionalContext {
  let loads: [CellwiseLoad]
  let loadCaseNames: [String]
  let loadCaseWeights: [Double]
  let resolver: SelectionResolver
  let components: Int
  /// kg/m³ of the solid; nil where the scene does not say.
  let massDensity: Double?
  let thickness: Double
  let voidCells: [Bool]
  /// True for elasticity, false for diffusion.
  let isMechanical: Bool
}

typealias StructureModelRow<Stiffness: CellwiseStiffness> = DesignChain<ImplicitModel<CellwiseEquations<Stiffness>>>.Row

/// Turns functionals of a scene into rows of a design chain.
struct FunctionalBuilder<Stiffness: CellwiseStiffness> {
  let context: FunctionalContext

  /// The row of a functional; nil after reporting why not. Bound-form worst cases have no row of their own.
  func row(
    _ functional: Scene.Functional, name: String, mark: SourceMark, _ diagnostics: inout DiagnosticList
  ) -> StructureModelRow<Stiffness>? {
    switch functional {
    case .volumeFraction, .mass:
      guard let field = fieldFunctional(functional, mark: mark, &diagnostics) else { return nil }
      return .field(name: name, field)
    case .sum(let terms):
      return sum(terms, name: name, mark: mark, &diagnostics)
    default:
      guard let state = stateFunctional(functional, mark: mark, &diagnostics) else { return nil }
      return .state(name: name, state)
    }
  }

  /// Terms that are read off the density and terms that are read off the state, each kind added up.
  private func sum(
    _ terms: [Scene.Functional.Term], name: String, mark: SourceMark, _ diagnostics: inout DiagnosticList
  ) -> StructureModelRow<Stiffness>? {
    var ofState: [Scene.Functional.Term] = []
    var weights = DenseVector.zero
    var isComplete = true
    for term in terms {
      switch term.functional.value {
      case .volumeFraction, .mass:
        if let field = fieldFunctional(term.functional.value, mark: term.functional.mark, &diagnostics) {
          weights.add(field.weights, scaledBy: term.weight)
        } else {
          isComplete = false
        }
      default: ofState.append(term)
      }
    }
    var state: (any StateFunctional<CellCoefficients, DenseVector>)?
    if !ofState.isEmpty {
      state = stateFunctional(.sum(ofState), mark: mark, &diagnostics)
      if state == nil { return nil }
    }
    guard isComplete else { return nil }
    if weights.isEmpty { return state.map { .state(name: name, $0) } }
    let field = LinearFieldFunctional(weights: weights)
    return state.map { .sum(name: name, field: field, state: $0) } ?? .field(name: name, field)
  }

  private func fieldFunctional(
    _ functional: Scene.Functional, mark: SourceMark, _ diagnostics: inout DiagnosticList
  ) -> LinearFieldFunctional? {
    let volumes = context.resolver.domain.cellVolumes
    switch functional {
    case .volumeFraction(let fraction):
      guard let counted = countedCells(fraction.at, &diagnostics) else { return nil }
      return LinearFieldFunctional.volumeFraction(volumes, counted: counted)
    case .mass:
      guard let density = context.massDensity else {
        diagnostics.add(
          SceneDiagnostic(
            mark: mark, problem: "`mass` needs the density of the solid", remedy: "add `density` to the material"))
        return nil
      }
      return LinearFieldFunctional.mass(volumes, density: density * context.thickness)
    default: return nil
    }
  }

  private func stateFunctional(_ functional: Scene.Functional, mark: SourceMark, _ diagnostics: inout DiagnosticList)
    -> (any StateFunctional<CellCoefficients, DenseVector>)?
  {
    let mechanical = context.isMechanical
    func refuse(_ word: String, _ alternatives: String) -> (any StateFunctional<CellCoefficients, DenseVector>)? {
      diagnostics.add(
        SceneDiagnostic(
          mark: mark, problem: "`\(word)` does not belong to this physics",
          expected: "one of \(alternatives), volume-fraction, mass"))
      return nil
    }
    let ofElasticity = "compliance, worst-case-compliance, displacement"
    let ofDiffusion = "thermal-compliance, mean-temperature, maximum-temperature"
    switch functional {
    case .compliance:
      return mechanical
        ? Compliance(loads: context.loads, weights: context.loadCaseWeights) : refuse("compliance", ofDiffusion)
    case .thermalCompliance:
      return mechanical ? refuse("thermal-compliance", ofElasticity) : Compliance(loads: context.loads)
    case .worstCaseCompliance(let worst):
      guard mechanical else { return refuse("worst-case-compliance", ofDiffusion) }
      switch worst.method {
      case .bound:
        diagnostics.add(
          SceneDiagnostic(
            mark: mark, problem: "the bound form of `worst-case-compliance` is for the objective",
            remedy: "use `method: smooth-maximum` here"))
        return nil
      case .smoothMaximum(let sharpness):
        return SmoothWorstCase(Compliance.ofEachCase(context.loads), maximum: SmoothMaximum(sharpness: sharpness))
      }
    case .displacement(let displacement):
      guard mechanical else { return refuse("displacement", ofDiffusion) }
      return displacementFunctional(displacement, &diagnostics)
    case .meanTemperature(let at):
      guard !mechanical else { return refuse("mean-temperature", ofElasticity) }
      return meanTemperature(at, &diagnostics)
    case .maximumTemperature(let maximum):
      guard !mechanical else { return refuse("maximum-temperature", ofElasticity) }
      guard let nodes = nodes(maximum.at, &diagnostics) else { return nil }
      return SmoothMaximumOfState(unknowns: nodes, maximum: SmoothMaximum(sharpness: maximum.sharpness))
    case .sum(let terms):
      var parts: [(Double, any StateFunctional<CellCoefficients, DenseVector>)] = []
      for term in terms {
        switch term.functional.value {
        case .volumeFraction, .mass:
          diagnostics.add(
            term.functional.error(
              "`\(term.functional.value.word)` cannot be a term of a sum within a sum",
              remedy: "make it a term of the outer sum"))
        default:
          if let part = stateFunctional(term.functional.value, mark: term.functional.mark, &diagnostics) {
            parts.append((term.weight, part))
          }
        }
      }
      return parts.count == terms.count ? WeightedSum(parts) : nil
    case .kineticEnergy, .meanPosition, .meanSquaredDistance, .massInBox, .momentum, .splashHeight, .landedMean,
      .landedSpread, .mixing, .transportDistance, .actuationEnergy, .toolLength, .toolArea, .travel, .travelSpeed,
      .roughness, .bodyPosition, .forceOn, .forceDeviation, .airfoil:
      return refuse(functional.word, mechanical ? ofElasticity : ofDiffusion)
    case .volumeFraction, .mass:
      return nil
    }
  }

  private func displacementFunctional(
    _ displacement: Scene.Functional.Displacement, _ diagnostics: inout DiagnosticList
  )
    -> LinearStateFunctional?
  {
    guard let nodes = context.resolver.resolve(displacement.at, as: .nodes, &diagnostics) else { return nil }
    let dimension = context.components
    var direction = [Double](repeating: 0, count: dimension)
    switch displacement.direction.value {
    case .axis(let axis):
      guard axis.rawValue < dimension else {
        diagnostics.add(displacement.direction.error("a flat domain has no z"))
        return nil
      }
      direction[axis.rawValue] = 1
    case .vector(let vector):
      guard vector.count == dimension else {
        diagnostics.add(
          displacement.direction.error(
            "the direction has \(vector.count) entries in a domain of \(dimension) dimensions"))
        return nil
      }
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      direction = vector.map { $0 / length }
    }
    var column = 0
    if let name = displacement.loadCase {
      guard let found = context.loadCaseNames.firstIndex(of: name.value) else {
        let near = nearestSpelling(of: name.value, among: context.loadCaseNames).map { "did you mean `\($0)`?" }
        diagnostics.add(
          name.error(
            "there is no load case `\(name.value)`",
            expected: "one of \(context.loadCaseNames.joined(separator: ", "))",
            remedy: near))
        return nil
      }
      column = found
    } else if context.loads.count > 1 {
      diagnostics.add(
        displacement.at.error(
          "the displacement does not say of which load case",
          remedy: "add `load-case:` with one of \(context.loadCaseNames.joined(separator: ", "))"))
      return nil
    }
    var unknowns: [Int] = []
    var factors: [Double] = []
    for node in nodes {
      for axis in 0..<dimension where direction[axis] != 0 {
        unknowns.append(node * dimension + axis)
        factors.append(direction[axis] / Double(nodes.count))
      }
    }
    return LinearStateFunctional(
      unknowns: unknowns, factors: factors, column: column,
      dimension: context.resolver.domain.nodeCount * dimension, columnCount: context.loads.count)
  }

  /// The mean over the volume where the selection holds whole cells, over the nodes otherwise.
  private func meanTemperature(_ at: Located<Scene.Selection>?, _ diagnostics: inout DiagnosticList)
    -> LinearStateFunctional?
  {
    guard let nodes = nodes(at, &diagnostics) else { return nil }
    let domain = context.resolver.domain
    var mask = [Bool](repeating: false, count: domain.nodeCount)
    for node in nodes { mask[node] = true }
    let integrals = PieceIntegrals(domain)
    var weights = DenseVector(zeros: domain.nodeCount)
    for piece in domain.pieces(within: mask) {
      for (node, share) in zip(piece.nodes, integrals.shapeIntegrals(piece)) { weights[node] += share }
    }
    if weights.sum == 0 { for node in nodes { weights[node] = 1 } }
    return LinearStateFunctional(weights: weights.scaled(by: 1 / weights.sum))
  }

  private func nodes(_ at: Located<Scene.Selection>?, _ diagnostics: inout DiagnosticList) -> [Int]? {
    guard let at else { return Array(0..<context.resolver.domain.nodeCount) }
    return context.resolver.resolve(at, as: .nodes, &diagnostics)
  }

  /// Void regions do not count toward the volume that a fraction is of.
  private func countedCells(_ at: Located<Scene.Selection>?, _ diagnostics: inout DiagnosticList) -> [Bool]? {
    guard let at else { return context.voidCells.map { !$0 } }
    guard let cells = context.resolver.resolve(at, as: .cells, &diagnostics) else { return nil }
    var mask = [Bool](repeating: false, count: context.voidCells.count)
    for cell in cells { mask[cell] = true }
    return mask
  }
}
