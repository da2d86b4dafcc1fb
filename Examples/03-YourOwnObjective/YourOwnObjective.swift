import Backsolve
import _Differentiation

/// A plate that carries a load and leads heat away, as stiff and as cool as 40 percent of the material allows. The
/// objective is a line of plain Swift over two simulators; its gradient comes from the compiler and their adjoints.
@main struct YourOwnObjective {
  static func main() throws { _ = try run() }

  static let grid = StructuredGrid(size: [2, 1], cells: [32, 16])

  /// Stiffness and coolness, each over its value at an even plate, and half of each.
  static func stiffAndCool() throws -> Functional {
    let wall = grid.nodes { $0[0] == 0 }
    let tip = [grid.node([grid.cells[0], 0])]

    // The load: clamped at the wall, pulled down at the tip.
    let elasticity = GridStiffness.elasticity(grid, poissonRatio: 0.3)
    let force = ConsistentLoads.nodal([0, -1], at: tip, of: grid)
    let plate = ImplicitModel(
      CellwiseEquations(
        stiffness: elasticity, constrained: ConstrainedUnknowns(of: elasticity, holding: [(wall, [0, 1])]),
        loads: [CellwiseLoad(given: force)], stateName: ("displacement", "m")),
      solver: CholeskySolver())

    // The heat: made everywhere, led away at the wall.
    let diffusion = GridStiffness.diffusion(grid)
    let heat = BodyLoad(grid, perVolume: [1]).load(of: DenseVector(repeating: 1, count: grid.cellCount))
    let sink = ImplicitModel(
      CellwiseEquations(
        stiffness: diffusion, constrained: ConstrainedUnknowns(of: diffusion, holding: [(wall, [0])]),
        loads: [CellwiseLoad(given: heat)], stateName: ("temperature", "K")),
      solver: CholeskySolver())

    let filter = ConeFilter(over: grid, radius: 0.1)
    let modulus = SIMP(penalty: 3), conductivity = SIMP(penalty: 3, minimumModulusRatio: 1e-3)

    let even = DenseVector(repeating: 0.4, count: grid.cellCount)
    let compliance = Functional("compliance") { x in
      force.dot(plate(CellCoefficients(stiffness: modulus(filter(x)))))
    }
    let warmth = Functional("warmth") { x in heat.dot(sink(CellCoefficients(stiffness: conductivity(filter(x))))) }
    let (c0, w0) = (try compliance.value(at: even), try warmth.value(at: even))

    return Functional("stiff and cool") { x in
      let density = filter(x)
      let displacement = plate(CellCoefficients(stiffness: modulus(density)))
      let temperature = sink(CellCoefficients(stiffness: conductivity(density)))
      return 0.5 * force.dot(displacement) / c0 + 0.5 * heat.dot(temperature) / w0
    }
  }

  /// - Returns: the objective of the optimized plate; 1 is the even one.
  static func run(iterations: Int = 40, into folder: String = ".") throws -> Double {
    let filter = ConeFilter(over: grid, radius: 0.1)
    let cells = Double(grid.cellCount)
    let volume = Functional("volume") { x in filter(x).sum / cells }

    let problem = DesignProblem(
      density: 0.4, over: grid, responses: FunctionalList([try stiffAndCool(), volume]),
      objective: .row(0, .minimize), constraints: [.init(row: 1, .atMost(0.4))])
    let loop = DesignLoop(
      problem: problem, optimizer: MethodOfMovingAsymptotes(), stopping: StoppingCriteria(iterations: iterations))

    let outcome = try loop.run(
      hooks: .init(afterIteration: { history, _, _ in
        guard let row = history.rows.last else { return }
        print("\(row.iteration)  stiff and cool \(row.objective)  volume \(row.constraints[0])")
      }))
    let picture = DensityPicture.render(grid, field: filter(outcome.design))
    try AtomicFile.write(picture.png, to: folder + "/stiff-and-cool.png")
    return outcome.values[0]
  }
}
