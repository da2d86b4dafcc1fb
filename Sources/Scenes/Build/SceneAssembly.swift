import FiniteElements
import InverseDesign

/// Puts domain, design, physics, functionals, solver and optimizer together.
struct SceneAssembly {
  let scene: Scene
  let domain: SceneDomain
  let resolver: SelectionResolver
  let design: BuiltDesign
  let physics: BuiltPhysics

  func build(_ diagnostics: inout DiagnosticList) throws -> BuiltScene {
    let unknowns = physics.loads[0].given.count
    switch domain {
    case .grid(let grid):
      let stiffness: GridStiffness
      switch physics.form {
      case .elasticity(let poissonRatio, let assumption):
        stiffness = .elasticity(grid, poissonRatio: poissonRatio, assumption: assumption, thickness: physics.thickness)
      case .diffusion:
        stiffness = .diffusion(grid, thickness: physics.thickness)
      }
      let (solver, choice) = SolverBuilder.onGrid(
        scene.solver, grid, components: stiffness.componentsPerNode, unknowns: unknowns, &diagnostics)
      return try build(
        stiffness, solver, choice, thresholded: SolverBuilder.thresholdedOnGrid(grid, unknowns: unknowns),
        SolverCatalogue(
          stiffness, scene.solver.value.iteration, SolverBuilder.factor(scene.solver, stiffness)
        ).addingMultigrid(scene.solver.value), &diagnostics)
    case .mesh(let mesh):
      let stiffness: MeshStiffness
      switch physics.form {
      case .elasticity(let poissonRatio, let assumption):
        stiffness = .elasticity(
          mesh, poissonRatio: poissonRatio, assumption: MeshStiffness.Assumption(rawValue: assumption.rawValue),
          thickness: physics.thickness)
      case .diffusion:
        stiffness = .diffusion(mesh, thickness: physics.thickness)
      }
      guard
        let (solver, choice) = SolverBuilder.onMesh(
          scene.solver, mesh, components: stiffness.componentsPerNode, unknowns: unknowns, &diagnostics)
      else {
        try diagnostics.throwIfAny()
        throw CommandFailure(.usage, "the scene's solver does not fit its mesh")
      }
      let direct = ThresholdedSolution(solver: AnyLinearSolver(CholeskySolver<SymmetricSparseMatrix>()), voidRatio: 0)
      return try build(
        stiffness, solver, choice, thresholded: direct,
        SolverCatalogue(stiffness, scene.solver.value.iteration, SolverBuilder.factor(scene.solver, stiffness)),
        &diagnostics)
    }
  }

  private func build<Stiffness: CellwiseStiffness>(
    _ stiffness: Stiffness, _ solver: AnyLinearSolver<Stiffness.Operator>, _ choice: SolverChoice,
    thresholded: ThresholdedSolution<Stiffness.Operator>, _ catalogue: SolverCatalogue<Stiffness.Operator>,
    _ diagnostics: inout DiagnosticList
  ) throws -> BuiltScene where Stiffness.Operator: AssemblableOperator {
    let equations = CellwiseEquations(
      stiffness: stiffness, constrained: physics.constrained, loads: physics.loads,
      stateName: physics.isMechanical ? ("displacement", "m") : ("temperature", "K"))
    let model = ImplicitModel(equations, solver: solver)
    let rows = RowCollection<Stiffness>(scene: scene, physics: physics, resolver: resolver, voidCells: design.voidCells)
    let collected = rows.collect(&diagnostics)
    let hasSource = physics.hasSource
    let material = design.material
    let chain = DesignChain(
      fieldMap: design.fieldMap, parameterMap: { CellMaterial(material($0), hasSource: hasSource) }, model: model,
      rows: collected.rows)
    let cellCount = domain.domain.cellCount
    let layout = [Block("density", shape: [cellCount])]
    let problem = DesignProblem(
      responses: chain, layout: layout, bounds: Bounds(0...1, count: cellCount), start: design.start,
      objective: collected.objective, constraints: collected.constraints)
    let method = OptimizerBuilder.build(
      scene.optimizer, constraints: collected.constraints.map(\.inequalityCount).reduce(0, +),
      boundForm: problem.isBoundForm,
      continuationEnd: design.continuationEnd, &diagnostics)
    try diagnostics.throwIfAny()
    guard let method else { throw CommandFailure(.usage, "the scene's optimizer cannot be built") }
    let finalMaterial = material(Int.max / 2)
    return BuiltScene(
      title: scene.title, domain: domain, problem: problem, optimizer: method.optimizer, stopping: method.stopping,
      scaling: method.scaling, solver: choice,
      presenter: CellwisePresenter(
        equations: equations, material: finalMaterial, form: physics.form, loadCaseNames: physics.loadCaseNames,
        modulus: physics.modulus),
      voidCells: design.voidCells,
      analysis: CellwiseAnalysis(
        model: model, material: CellMaterial(finalMaterial, hasSource: hasSource), modulus: physics.modulus,
        thresholded: thresholded, removesVoid: physics.isMechanical, catalogue: catalogue),
      startField: { [fieldMap = design.fieldMap] () throws(SolveFailure) in
        try fieldMap(1).apply(problem.bounds.project(problem.start))
      },
      physicalField: { [fieldMap = design.fieldMap] design throws(SolveFailure) in
        try fieldMap(1).apply(problem.bounds.project(design))
      },
      output: scene.output)
  }
}

/// The rows of a scene's chain, and which of them are objective and constraints.
struct RowCollection<Stiffness: CellwiseStiffness> {
  let scene: Scene
  let physics: BuiltPhysics
  let resolver: SelectionResolver
  let voidCells: [Bool]

  struct Collected {
    var rows: [StructureModelRow<Stiffness>] = []
    var objective: DesignProblem.Objective = .row(0, .minimize)
    var constraints: [DesignProblem.Constraint] = []
  }

  func collect(_ diagnostics: inout DiagnosticList) -> Collected {
    let builder = FunctionalBuilder<Stiffness>(
      context: FunctionalContext(
        loads: physics.loads, loadCaseNames: physics.loadCaseNames, loadCaseWeights: physics.loadCaseWeights,
        resolver: resolver, components: physics.isMechanical ? resolver.dimension : 1, massDensity: physics.massDensity,
        thickness: physics.thickness, voidCells: voidCells, isMechanical: physics.isMechanical))
    var collected = Collected()
    if let objective = scene.objective {
      addObjective(objective, builder, &collected, &diagnostics)
    } else {
      // A scene that is only simulated still reports its compliance.
      let functional: Scene.Functional = physics.isMechanical ? .compliance : .thermalCompliance
      if let row = builder.row(functional, name: functional.word, mark: .builtIn, &diagnostics) {
        collected.rows.append(row)
      }
    }
    for constraint in scene.constraints {
      guard
        let row = builder.row(
          constraint.value.functional, name: constraint.value.name, mark: constraint.mark, &diagnostics)
      else { continue }
      collected.rows.append(row)
      let index = collected.rows.count - 1
      if let bound = constraint.value.atMost { collected.constraints.append(.init(row: index, .atMost(bound.value))) }
      if let bound = constraint.value.atLeast { collected.constraints.append(.init(row: index, .atLeast(bound.value))) }
      if let bound = constraint.value.equals { collected.constraints.append(.init(row: index, .equal(bound.value))) }
    }
    return collected
  }

  private func addObjective(
    _ objective: Located<Scene.Objective>, _ builder: FunctionalBuilder<Stiffness>, _ collected: inout Collected,
    _ diagnostics: inout DiagnosticList
  ) {
    let functional = objective.value.functional
    if case .worstCaseCompliance(let worst) = functional.value, worst.method == .bound {
      guard physics.isMechanical, objective.value.sense == .minimize else {
        diagnostics.add(functional.error("`worst-case-compliance` in bound form is for minimizing an elastic body"))
        return
      }
      for (name, part) in zip(physics.loadCaseNames, Compliance.ofEachCase(physics.loads)) {
        collected.rows.append(.state(name: "compliance.\(name)", part))
      }
      collected.objective = .worstOf(Array(collected.rows.indices))
      return
    }
    guard let row = builder.row(functional.value, name: functional.value.word, mark: functional.mark, &diagnostics)
    else {
      return
    }
    collected.rows.append(row)
    collected.objective = .row(0, objective.value.sense == .minimize ? .minimize : .maximize)
  }
}
