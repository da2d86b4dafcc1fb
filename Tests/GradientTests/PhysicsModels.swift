import Backsolve
import TestSupport
import Testing
import _Differentiation

/// A cellwise physics held at values other than zero on one side, loaded in two cases, one of them by its own source.
struct PhysicsSample<Stiffness: CellwiseStiffness>: Sendable {
  let name: String
  let model: ImplicitModel<CellwiseEquations<Stiffness>>
  let material = CellMaterial(SIMP(penalty: 3, modulus: 2, minimumModulusRatio: 1e-2), hasSource: true)
  let point: DenseVector

  var loads: [CellwiseLoad] { model.equations.loads }
  var unknownCount: Int { model.equations.dimension }

  /// - Parameters:
  ///   - held: the value at which the first component is held on the side x = 1; nil leaves that side free.
  ///   - base: the value of every component on the side x = 0.
  init(
    _ name: String, _ stiffness: Stiffness, source: BodyLoad,
    solver: AnyLinearSolver<Stiffness.Operator> = AnyLinearSolver(CholeskySolver()), base: Double, held: Double?
  ) where Stiffness.Operator: AssemblableOperator {
    self.name = name
    var generator = SeededGenerator(seed: 31)
    let domain = stiffness.domain, d = stiffness.componentsPerNode
    var fixed: [Int: Double] = [:]
    for node in 0..<domain.nodeCount {
      let x = domain.point(ofNode: node)
      if x[0] == 0 { for c in 0..<d { fixed[node * d + c] = base } }
      if x[0] == 1, let held { fixed[node * d] = held * (1 + x[1]) }
    }
    let n = stiffness.unknownCount
    model = ImplicitModel(
      CellwiseEquations(
        stiffness: stiffness, constrained: ConstrainedUnknowns(unknownCount: n, fixed: fixed),
        loads: [
          CellwiseLoad(given: generator.vector(count: n), fromSource: source),
          CellwiseLoad(given: generator.vector(count: n)),
        ], stateName: ("state", "")), solver: solver)
    point = generator.vector(count: domain.cellCount, in: 0.3...0.9)
  }

  // MARK: - Rows

  /// Densities to state: Taylor test, and pushforward against pullback.
  var state: GradientCase {
    let (model, material) = (model, material)
    return GradientCase(
      "\(name): state", at: point, firstStep: 5e-3,
      image: { x in
        var workspace = model.makeWorkspace()
        return try model.solve(material.parameters(of: x), in: &workspace)
      },
      pullback: { seed, x in
        var workspace = model.makeWorkspace()
        let linearization = try model.linearize(at: material.parameters(of: x), in: &workspace)
        return try material.pullback(linearization.pullback(seed), at: x)
      },
      pushforward: { direction, x in
        var workspace = model.makeWorkspace()
        let linearization = try model.linearize(at: material.parameters(of: x), in: &workspace)
        // The interpolation acts entry by entry: its derivative is its own transpose.
        let change = CellCoefficients(
          stiffness: try material.interpolation.pullback(direction, at: x), source: direction)
        let pushforward = try #require(linearization.pushforward)
        return try pushforward(change)
      })
  }

  /// Densities to a functional, through the chain that scenes use.
  func row(_ what: String, _ functional: any StateFunctional<CellCoefficients, DenseVector>) -> GradientCase {
    let material = material
    let chain = DesignChain(
      fieldMap: { _ in TransformChain([]) }, parameterMap: { _ in material }, model: model,
      rows: [.state(name: what, functional)])
    return GradientCase(
      "\(name): \(what)", at: point, firstStep: 2e-3,
      value: { try chain.makeSession().evaluate($0, gradientsOf: []).values[0] },
      gradient: { x in try #require(try chain.makeSession().evaluate(x, gradientsOf: [0]).gradients[0]) })
  }

  /// The same through the bridge: compliance written in plain Swift and differentiated by the compiler.
  var bridge: GradientCase {
    let model = model
    let interpolation = SIMP(penalty: 3, modulus: 2, minimumModulusRatio: 1e-2)
    var generator = SeededGenerator(seed: 33)
    let weights = generator.vector(count: 2 * unknownCount)
    let functional = Functional("own") { x in
      let state = model(CellCoefficients(stiffness: interpolation(x), source: x))
      return state.dot(weights) + 0.1 * state.dot(state)
    }
    return GradientCase(
      "\(name): a functional in plain Swift", at: point, firstStep: 2e-3,
      value: { try functional.value(at: $0) }, gradient: { try functional.valueWithGradient(at: $0).gradient })
  }

  /// Every functional of a state.
  var functionals: [GradientCase] {
    var generator = SeededGenerator(seed: 32)
    let n = unknownCount
    let compliance = Compliance(loads: loads, weights: [0.7, 1.3])
    let sum = LinearStateFunctional(weights: generator.vector(count: 2 * n))
    let free = (0..<n).filter { !model.equations.constrained.mask[$0] }
    let maximum = SmoothMaximumOfState(unknowns: free.map { $0 + n }, maximum: SmoothMaximum(sharpness: 15))
    return [
      row("compliance", compliance),
      row("compliance of the case without a source", Compliance.ofEachCase(loads)[1]),
      row("smooth worst case", SmoothWorstCase(Compliance.ofEachCase(loads), maximum: SmoothMaximum(sharpness: 8))),
      row("weighted sum of the state", sum),
      row(
        "mean over some unknowns",
        LinearStateFunctional(unknowns: free, factors: free.map { _ in 0.1 }, column: 1, dimension: n, columnCount: 2)),
      row("smooth maximum of the state", maximum),
      row("sum of functionals", WeightedSum([(2, compliance), (-0.3, sum), (1.5, maximum)])),
    ]
  }

  var all: [GradientCase] { [state, bridge] + functionals }
}

extension GradientTable {
  /// Every physics on grids and on every kind of cell, held at zero and at values other than zero.
  static let physicsModels: [GradientCase] = {
    let plane = StructuredGrid(size: [1, 0.8], cells: [5, 4])
    let solid = StructuredGrid(size: [1, 0.9, 0.7], cells: [3, 2, 2])
    let gravity = [0.4, -2, 0.7]
    var rows: [GradientCase] = []
    // The functionals' own code does not see the kind of cell: all of them on grids, the first two rows everywhere.
    for (word, base, held) in [("held at zero", 0.0, nil), ("held elsewhere", 0.3, 0.7 as Double?)] {
      for grid in [plane, solid] {
        let d = grid.dimension
        rows +=
          PhysicsSample(
            "elasticity on a \(d)D grid, \(word)", GridStiffness.elasticity(grid, poissonRatio: 0.3),
            source: BodyLoad(grid, perVolume: Array(gravity[..<d])), base: base, held: held
          ).all
        rows +=
          PhysicsSample(
            "diffusion on a \(d)D grid, \(word)", GridStiffness.diffusion(grid), source: BodyLoad(grid, perVolume: [3]),
            base: 20 * base, held: held.map { 20 * $0 }
          ).all
      }
      rows += PhysicsSample(
        "plane strain, \(word)",
        GridStiffness.elasticity(plane, poissonRatio: 0.4, assumption: .planeStrain, thickness: 0.5),
        source: BodyLoad(plane, perVolume: [0, -2], thickness: 0.5), base: base, held: held
      ).all.prefix(3)
      for shape in [CellShape.tri3, .quad4, .tet4, .hex8] {
        let mesh = SampleMeshes.box(shape, cells: shape.dimension == 2 ? 3 : 2, jitter: 0.15)
        let d = mesh.dimension
        let elastic = PhysicsSample(
          "elasticity on \(shape), \(word)", MeshStiffness.elasticity(mesh, poissonRatio: 0.3),
          source: BodyLoad(mesh, perVolume: Array(gravity[..<d])), base: base, held: held)
        let diffusion = PhysicsSample(
          "diffusion on \(shape), \(word)", MeshStiffness.diffusion(mesh), source: BodyLoad(mesh, perVolume: [3]),
          base: 20 * base, held: held.map { 20 * $0 })
        rows += elastic.all.prefix(4) + diffusion.all.prefix(4)
      }
    }
    return rows
  }()

  @Test(arguments: physicsModels)
  func physicsModel(_ row: GradientCase) throws { try row.check() }

  /// The iterative solver of grids at a tight tolerance gives the gradients of the exact one.
  @Test func gradientThroughMultigrid() throws {
    let grid = StructuredGrid(size: [1, 0.5], cells: [16, 8])
    let options = MultigridOptions(relativeTolerance: 1e-12, maxIterations: 500)
    let sample = PhysicsSample(
      "elasticity by multigrid", GridStiffness.elasticity(grid, poissonRatio: 0.3),
      source: BodyLoad(grid, perVolume: [0, -1]), solver: AnyLinearSolver(MultigridCG(options)), base: 0.1, held: 0.2)
    try sample.state.check()
  }
}
