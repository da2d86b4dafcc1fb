import Backsolve
import Foundation
import _Differentiation

/// A clamped plate whose design is an inner problem: as stiff and light as it can be under its load, for a filter
/// radius r and a penalty p, near an earlier design y where that is asked for. Hyperparameters: [log r | p | y].
struct TunedDesign {
  let cells: [Int]
  private let plate: ImplicitModel<CellwiseEquations<GridStiffness>>
  private let down: DenseVector
  private let filtered: FilteredDensity
  private let scale: Double

  var count: Int { cells[0] * cells[1] }

  init(cells: [Int] = [12, 6]) throws {
    self.cells = cells
    let grid = StructuredGrid(size: cells.map(Double.init), cells: cells)
    let stiffness = GridStiffness.elasticity(grid, poissonRatio: 0.3)
    let wall = ConstrainedUnknowns(of: stiffness, holding: [(grid.nodes { $0[0] == 0 }, [0, 1])])
    let tip = [grid.node([cells[0], cells[1] / 2])]
    down = ConsistentLoads.nodal([0, -1], at: tip, of: grid)
    plate = ImplicitModel(
      CellwiseEquations(
        stiffness: stiffness, constrained: wall, loads: [CellwiseLoad(given: down)],
        stateName: ("displacement", "m")),
      solver: CholeskySolver())
    filtered = FilteredDensity(count: grid.cellCount, laplacian: .laplacian(cells: cells))
    var workspace = plate.makeWorkspace()
    let solid = DenseVector(repeating: 1, count: grid.cellCount)
    let u = try plate.solve(CellCoefficients(stiffness: solid), in: &workspace)
    scale = 4 * u.dot(down)
  }

  /// Compliance and 6 times the mean density, of the design [x | log r | p | y].
  /// - Parameters:
  ///   - logRadius, penalty: Instead of the design's own.
  ///   - nearness: Weight of |x - y|² / 2.
  func cost(logRadius: Double? = nil, penalty: Double? = nil, nearness: Double = 0) -> Functional {
    let (plate, filtered, n) = (plate, filtered, count)
    let force = down.scaled(by: 1 / scale)
    let mean = DenseVector([Double](repeating: 6 / Double(n), count: n) + [0])
    let modulus = PenalizedModulus(), x = Part(range: 0..<n), y = Part(range: n + 2..<2 * n + 2)
    // What is given takes the place of an entry.
    var kept = [Double](repeating: 1, count: 2 * n + 2)
    var given = DenseVector(zeros: 2 * n + 2)
    for (place, value) in [(n, logRadius), (n + 1, penalty)] {
      guard let value else { continue }
      kept[place] = 0
      given[place] = value
    }
    let (own, other) = (SymmetricMap.diagonal(kept), given)
    return Functional("cost") { z in
      let rho = filtered(own(z) + other)
      let u = plate(CellCoefficients(stiffness: modulus(rho)))
      let away = x(z) - y(z)
      return force.dot(u) + mean.dot(rho) + 0.015 * x(z).dot(x(z)) + 0.5 * nearness * away.dot(away)
    }
  }

  func problem(from start: DenseVector, nearness: Double = 0) -> InnerFunctional {
    InnerFunctional(objective: cost(nearness: nearness), start: start, step: 1)
  }

  // MARK: - A radius

  /// What the design for a radius r costs in the mean when it is made with tools of 0.5 and of 1.5 cells, and its
  /// derivative in log r.
  func madeByTwoTools(_ logRadius: DenseVector, by inverse: ImplicitSolve) throws(SolveFailure) -> (
    value: Double, gradient: DenseVector
  ) {
    let even = DenseVector(zeros: count)
    let inner = problem(from: even), h = joined([logRadius[0], 3], even)
    var (value, slope) = (0.0, 0.0)
    for tool in [0.5, 1.5] {
      let answer = try inner.outer(cost(logRadius: log(tool)), at: h, by: inverse)
      value += answer.value / 2
      slope += answer.gradient[0] / 2
    }
    return (value, [slope])
  }

  // MARK: - A continuation schedule

  /// The cost at p = 3 after stages with penalties p₁, p₂, …, each the answer near the stage before, and its
  /// derivatives in the penalties: the adjoint goes back through the stages.
  func schedule(_ penalties: DenseVector, by inverse: ImplicitSolve) throws(SolveFailure) -> (
    value: Double, gradient: DenseVector
  ) {
    var x = DenseVector(zeros: count)
    var stages: [Linearization<DenseVector, DenseVector>] = []
    var workspace: Void = ()
    for p in penalties.elements {
      let stage = StationaryPointModel(problem(from: x, nearness: 0.2), inverse: inverse)
      stages.append(try stage.linearize(at: joined([0, p], x), in: &workspace))
      x = stages[stages.count - 1].state
    }
    let end = try cost(penalty: 3).valueWithGradient(at: joined(joined(x, [0, 3]), x))
    var seed = DenseVector(end.gradient.elements.prefix(count))
    var gradient = penalties
    for k in stages.indices.reversed() {
      let back = try stages[k].pullback(seed)
      gradient[k] = back[1]
      seed = DenseVector(back.elements.dropFirst(2))
    }
    return (end.value, gradient)
  }
}
