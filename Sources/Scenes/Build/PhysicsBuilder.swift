import FiniteElements

/// A physics of cellwise stiffness as a scene describes it, on whatever domain.
struct BuiltPhysics {
  var constrained: ConstrainedUnknowns
  var loads: [CellwiseLoad]
  var loadCaseNames: [String]
  var loadCaseWeights: [Double]
  /// Stiffness of the solid: Pa, or W/(m K).
  var modulus: Double
  var massDensity: Double?
  var thickness: Double
  /// What the stiffness is made from.
  var form: Form

  enum Form: Equatable {
    case elasticity(poissonRatio: Double, assumption: GridStiffness.Assumption)
    case diffusion
  }

  var isMechanical: Bool { form != .diffusion }
  var hasSource: Bool { loads.contains { $0.fromSource != nil } }
}

/// Turns the physics of a scene into loads and constraints.
struct PhysicsBuilder {
  let sceneDomain: SceneDomain
  let resolver: SelectionResolver
  let voidCells: [Bool]

  private var domain: any Domain { sceneDomain.domain }

  func build(_ physics: Located<any Scene.Physics>, _ diagnostics: inout DiagnosticList) -> BuiltPhysics? {
    switch physics.value {
    case let elasticity as Scene.LinearElasticity: build(elasticity, at: physics.mark, &diagnostics)
    case let diffusion as Scene.SteadyDiffusion: build(diffusion, &diagnostics)
    default: nil
    }
  }

  // MARK: - Elasticity

  private func build(_ elasticity: Scene.LinearElasticity, at mark: SourceMark, _ diagnostics: inout DiagnosticList)
    -> BuiltPhysics?
  {
    let material = elasticity.material.value
    let dimension = domain.dimension
    if dimension == 3, let assumption = material.assumption {
      diagnostics.add(assumption.error("`assumption` is for flat domains", remedy: "leave it out in 3D"))
    }
    let thickness = dimension == 2 ? material.thickness : 1
    let constrained = supports(elasticity.supports, &diagnostics)
    let builder = LoadBuilder(
      sceneDomain: sceneDomain, resolver: resolver, components: dimension, thickness: thickness, voidCells: voidCells)
    var loads: [CellwiseLoad] = []
    for loadCase in elasticity.loadCases {
      loads.append(load(loadCase, material, builder, thickness, &diagnostics))
    }
    let names = elasticity.loadCases.enumerated().map { $1.value.name?.value ?? "case \($0 + 1)" }
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      diagnostics.add(elasticity.loadCases[index].error("two load cases are called `\(name)`", remedy: "rename one"))
    }
    guard let constrained else { return nil }
    for free in RigidMotions.free(domain, constrained) {
      diagnostics.add(
        SceneDiagnostic(
          mark: elasticity.supports.first?.mark ?? mark, problem: "the supports do not hold the body: \(free.motion)",
          remedy: free.remedy))
    }
    let assumption: GridStiffness.Assumption =
      dimension == 3 ? .solid : material.assumption?.value == .planeStrain ? .planeStrain : .planeStress
    for (load, loadCase) in zip(loads, elasticity.loadCases)
    where load.fromSource == nil && !constrained.hasNonzeroValues {
      var free = load.given
      constrained.zero(&free)
      if free.largestMagnitude == 0 {
        diagnostics.add(
          loadCase.error("the loads of this case act on supports only", remedy: "load a part of the body that can move")
        )
      }
    }
    return BuiltPhysics(
      constrained: constrained, loads: loads, loadCaseNames: names,
      loadCaseWeights: elasticity.loadCases.map(\.value.weight), modulus: material.youngsModulus,
      massDensity: material.density, thickness: thickness,
      form: .elasticity(poissonRatio: material.poissonsRatio, assumption: assumption))
  }

  private func load(
    _ loadCase: Located<Scene.LoadCase>, _ material: Scene.ElasticMaterial, _ builder: LoadBuilder, _ thickness: Double,
    _ diagnostics: inout DiagnosticList
  ) -> CellwiseLoad {
    var given = DenseVector(zeros: domain.nodeCount * domain.dimension)
    for force in loadCase.value.forces { builder.add(force, to: &given, &diagnostics) }
    for traction in loadCase.value.tractions { builder.add(traction, to: &given, &diagnostics) }
    for body in loadCase.value.bodyForces where builder.checkEntries(body.value.force, &diagnostics) {
      builder.addPerVolume(body.value.force.value, at: body.value.at, to: &given, &diagnostics)
    }
    guard let weight = loadCase.value.selfWeight else { return CellwiseLoad(given: given) }
    guard let density = material.density else {
      diagnostics.add(
        weight.error("`self-weight` needs the density of the solid", remedy: "add `density` to the material"))
      return CellwiseLoad(given: given)
    }
    guard builder.checkEntries(weight.value.gravity, &diagnostics) else { return CellwiseLoad(given: given) }
    let perVolume = weight.value.gravity.value.map { $0 * density }
    return CellwiseLoad(given: given, fromSource: sceneDomain.bodyLoad(perVolume: perVolume, thickness: thickness))
  }

  private func supports(_ supports: [Located<Scene.Support>], _ diagnostics: inout DiagnosticList)
    -> ConstrainedUnknowns?
  {
    let dimension = domain.dimension
    var fixed: [Int: Double] = [:]
    var isComplete = true
    for support in supports {
      guard let nodes = resolver.resolve(support.value.at, as: .nodes, &diagnostics) else {
        isComplete = false
        continue
      }
      let axes: [Int]
      switch support.value.fix.value {
      case .all: axes = Array(0..<dimension)
      case .axes(let named): axes = named.map(\.rawValue)
      }
      guard axes.allSatisfy({ $0 < dimension }) else {
        diagnostics.add(support.value.fix.error("a flat domain has no z"))
        isComplete = false
        continue
      }
      let given = support.value.displacement?.value ?? [0]
      guard given.count == 1 || given.count == axes.count else {
        diagnostics.add(
          support.value.displacement!.error(
            "the displacement has the wrong length", found: "\(given.count) entries", expected: "1 or \(axes.count)"))
        isComplete = false
        continue
      }
      for (position, axis) in axes.enumerated() {
        let value = given.count == 1 ? given[0] : given[position]
        guard hold(nodes.map { $0 * dimension + axis }, at: value, &fixed) else {
          diagnostics.add(
            support.error("this support contradicts an earlier one: the same nodes are held at different displacements")
          )
          isComplete = false
          break
        }
      }
    }
    return isComplete ? ConstrainedUnknowns(unknownCount: domain.nodeCount * dimension, fixed: fixed) : nil
  }

  /// False where an unknown is already held at another value.
  private func hold(_ unknowns: [Int], at value: Double, _ fixed: inout [Int: Double]) -> Bool {
    for unknown in unknowns {
      if let earlier = fixed[unknown], earlier != value { return false }
      fixed[unknown] = value
    }
    return true
  }

  // MARK: - Diffusion

  private func build(_ diffusion: Scene.SteadyDiffusion, _ diagnostics: inout DiagnosticList) -> BuiltPhysics? {
    let thickness = domain.dimension == 2 ? diffusion.thickness : 1
    var fixed: [Int: Double] = [:]
    var isComplete = true
    for condition in diffusion.fixedValues {
      guard let nodes = resolver.resolve(condition.value.at, as: .nodes, &diagnostics) else {
        isComplete = false
        continue
      }
      if !hold(nodes, at: condition.value.value, &fixed) {
        diagnostics.add(
          condition.error("this contradicts an earlier fixed value: the same nodes are held at two values"))
        isComplete = false
      }
    }
    let builder = LoadBuilder(
      sceneDomain: sceneDomain, resolver: resolver, components: 1, thickness: thickness, voidCells: voidCells)
    var given = DenseVector(zeros: domain.nodeCount)
    for flux in diffusion.fluxes { builder.addFlux(flux.value.flux, at: flux.value.at, to: &given, &diagnostics) }
    var following: [any SourceLoad] = []
    for source in diffusion.sources {
      if source.value.followsDesign {
        if let counted = builder.cellMask(source.value.at, &diagnostics) {
          following.append(
            MaskedSourceLoad(
              sceneDomain.bodyLoad(perVolume: [source.value.source], thickness: thickness), counted: counted))
        }
      } else {
        builder.addPerVolume([source.value.source], at: source.value.at, to: &given, &diagnostics)
      }
    }
    guard isComplete else { return nil }
    return BuiltPhysics(
      constrained: ConstrainedUnknowns(unknownCount: domain.nodeCount, fixed: fixed),
      loads: [CellwiseLoad(given: given, fromSource: following.isEmpty ? nil : SumOfSourceLoads(following))],
      loadCaseNames: ["heat"], loadCaseWeights: [1], modulus: diffusion.conductivity, massDensity: diffusion.density,
      thickness: thickness, form: .diffusion)
  }
}

/// A source load on some cells only.
struct MaskedSourceLoad: SourceLoad {
  let base: BodyLoad
  let counted: DenseVector

  init(_ base: BodyLoad, counted: [Bool]) {
    self.base = base
    self.counted = DenseVector(counted.map { $0 ? 1 : 0 })
  }

  func load(of source: DenseVector) -> DenseVector { base.load(of: source.multipliedEntrywise(by: counted)) }
  func pullback(_ lambda: DenseVector) -> DenseVector { base.pullback(lambda).multipliedEntrywise(by: counted) }
}

/// Several source loads together.
struct SumOfSourceLoads: SourceLoad {
  let parts: [any SourceLoad]
  init(_ parts: [any SourceLoad]) { self.parts = parts }
  func load(of source: DenseVector) -> DenseVector { parts.reduce(DenseVector.zero) { $0 + $1.load(of: source) } }
  func pullback(_ lambda: DenseVector) -> DenseVector { parts.reduce(DenseVector.zero) { $0 + $1.pullback(lambda) } }
}
