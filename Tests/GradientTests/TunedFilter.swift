import Backsolve
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A small topology design as an inner problem of its filter's radius: densities σ(x) in (0, 1), filtered by (I + r² L)⁻¹ over the
/// cells, as stiff and as light as they can be, min over x of c / c₀ + μ mean ρ̃ + ε |x|² / 2; the hyperparameter is log r.
struct FilteredDesign: InnerProblem {
  typealias Matrix = SymmetricSparseMatrix
  private let stiffness: GridStiffness
  private let constrained: ConstrainedUnknowns
  private let load: DenseVector
  private let laplacian: Matrix
  private let price = 6.0
  private let weight = 0.03
  private let firstCompliance: Double
  let cells = [6, 4]

  var stateBlocks: [Block] { [Block("design", shape: [24])] }

  init() throws {
    let grid = StructuredGrid(size: [6, 4], cells: cells)
    stiffness = .elasticity(grid, poissonRatio: 0.3)
    constrained = ConstrainedUnknowns(of: stiffness, holding: [(grid.nodes { $0[0] == 0 }, [0, 1])])
    load = ConsistentLoads.nodal([0, -1], at: [grid.node([6, 0])], of: grid)
    // Neighbours along both axes.
    var starts: [Int32] = [0], rows: [Int32] = [], values: [Double] = []
    for cell in 0..<24 {
      let (i, j) = (cell % 6, cell / 6)
      rows.append(Int32(cell))
      values.append(Double([i > 0, i < 5, j > 0, j < 3].filter { $0 }.count))
      for (isThere, other) in [(i < 5, cell + 1), (j < 3, cell + 6)] where isThere {
        rows.append(Int32(other))
        values.append(-1)
      }
      starts.append(Int32(rows.count))
    }
    laplacian = Matrix(pattern: SparsePattern(columnStarts: starts, rows: rows), values: values)
    let solved = try Self.solve(
      stiffness.makeOperator(coefficients: DenseVector(repeating: 0.5, count: 24), constrained: constrained)
        .assembled(),
      load)
    firstCompliance = load.dot(solved)
  }

  private static func solve(_ matrix: Matrix, _ right: DenseVector) throws(SolveFailure) -> DenseVector {
    let solver = CholeskySolver<Matrix>()
    return try solver.solve(try solver.prepare(matrix, reusing: nil), columns: [right], from: nil).solutions[0]
  }

  private func filter(_ x: DenseVector, _ h: DenseVector) throws(SolveFailure) -> DenseVector {
    var matrix = laplacian
    let square = exp(2 * h[0])
    for k in matrix.values.indices { matrix.values[k] *= square }
    for j in 0..<24 { matrix.values[Int(matrix.pattern.columnStarts[j])] += 1 }
    return try Self.solve(matrix, x)
  }

  private func map(_ x: DenseVector, _ body: (Double) -> Double) -> DenseVector { DenseVector(x.elements.map(body)) }
  private func product(_ x: DenseVector, _ y: DenseVector) -> DenseVector {
    DenseVector(zip(x.elements, y.elements).map { $0 * $1 })
  }

  func density(_ x: DenseVector) -> DenseVector { map(x) { 1 / (1 + exp(-$0)) } }

  /// The filtered density with what its compliance says of it.
  private struct Point {
    let filtered, u, energies, gradient: DenseVector
    let matrix: Matrix
    let value: Double
  }

  private func point(_ x: DenseVector, _ h: DenseVector) throws(SolveFailure) -> Point {
    let y = try filter(density(x), h)
    let matrix = try stiffness.makeOperator(
      coefficients: map(y) { 1e-3 + $0 * $0 }, constrained: constrained
    ).assembled()
    let u = try Self.solve(matrix, load)
    let energies = stiffness.cellEnergies(u, u)
    let gradient = DenseVector((0..<24).map { -2 * y[$0] * energies[$0] / firstCompliance + price / 24 })
    let value = load.dot(u) / firstCompliance + price * y.elements.reduce(0, +) / 24 + 0.5 * weight * x.dot(x)
    return Point(filtered: y, u: u, energies: energies, gradient: gradient, matrix: matrix, value: value)
  }

  /// The change of the gradient with respect to ρ̃ as ρ̃ changes.
  private func bend(_ change: DenseVector, _ at: Point) throws(SolveFailure) -> DenseVector {
    let stiffer = DenseVector((0..<24).map { 2 * at.filtered[$0] * change[$0] })
    var force = stiffness.apply(coefficients: stiffer, to: at.u)
    constrained.zero(&force)
    let du = try Self.solve(at.matrix, force.scaled(by: -1))
    let mixed = stiffness.cellEnergies(at.u, du)
    return DenseVector(
      (0..<24).map { -2 * (change[$0] * at.energies[$0] + 2 * at.filtered[$0] * mixed[$0]) / firstCompliance })
  }

  private func gradient(_ x: DenseVector, _ h: DenseVector, _ at: Point) throws(SolveFailure) -> DenseVector {
    product(map(density(x)) { $0 * (1 - $0) }, try filter(at.gradient, h)) + x.scaled(by: weight)
  }

  private func hessianProduct(_ v: DenseVector, _ x: DenseVector, _ h: DenseVector, _ at: Point)
    throws(SolveFailure) -> DenseVector
  {
    let slope = map(density(x)) { $0 * (1 - $0) }
    let curve = map(density(x)) { $0 * (1 - $0) * (1 - 2 * $0) }
    let along = try bend(try filter(product(slope, v), h), at)
    return product(slope, try filter(along, h)) + product(product(curve, v), try filter(at.gradient, h))
      + v.scaled(by: weight)
  }

  func hessianProduct(_ v: DenseVector, at x: DenseVector, _ h: DenseVector) throws(SolveFailure) -> DenseVector {
    try hessianProduct(v, x, h, try point(x, h))
  }

  func mixedPullback(_ v: DenseVector, at x: DenseVector, _ h: DenseVector) throws(SolveFailure) -> DenseVector {
    let at = try point(x, h)
    let slope = map(density(x)) { $0 * (1 - $0) }
    let square = exp(2 * h[0])
    // d/dlog r of (I + r² L)⁻¹ w is -(I + r² L)⁻¹ 2 r² L (I + r² L)⁻¹ w.
    func changed(_ w: DenseVector) throws(SolveFailure) -> DenseVector {
      try filter(laplacian.apply(try filter(w, h)), h).scaled(by: -2 * square)
    }
    let direct = try changed(at.gradient)
    let through = try filter(try bend(try changed(density(x)), at), h)
    return [v.dot(product(slope, direct + through))]
  }

  /// Newton's method, halving steps that do not descend.
  func minimizer(_ h: DenseVector) throws(SolveFailure) -> DenseVector {
    var x = DenseVector(zeros: 24)
    for _ in 0..<60 {
      let at = try point(x, h)
      let g = try gradient(x, h, at)
      if g.norm < 1e-11 { return x }
      var step = g.scaled(by: -1)
      if let newton = try? ImplicitSolve.conjugateGradient(relativeTolerance: 1e-12).solve(
        g,
        { v throws(SolveFailure) in
          try hessianProduct(v, x, h, at)
        }
      ).solution {
        step = newton.scaled(by: -1)
      }
      var length = 1.0
      while length > 1e-6,
        try point(x + step.scaled(by: length), h).value > at.value + 1e-4 * length * g.dot(step) + 1e-14
      {
        length /= 2
      }
      x.add(step, scaledBy: length)
    }
    return x
  }

  func descentStep(at x: DenseVector, _ h: DenseVector) throws(SolveFailure) -> Double { 0.2 }

  /// How much boundary a design has: the squared differences of neighbours' densities; and its gradient.
  func boundary(_ x: DenseVector) -> (value: Double, gradient: DenseVector) {
    let rho = density(x)
    let image = laplacian.apply(rho)
    return (rho.dot(image), product(map(rho) { 2 * $0 * (1 - $0) }, image))
  }
}

extension GradientTable {
  static let tunedFilters: [GradientCase] = {
    guard let problem = try? FilteredDesign() else { return [] }
    return [
      GradientCase(
        "hypergradient of a filter's radius through a design", StationaryPointModel(problem), at: [-0.4],
        firstStep: 5e-3)
    ]
  }()

  @Test(arguments: tunedFilters) func tunedFilters(row: GradientCase) throws { try row.check() }

  /// A radius is found, by gradients through converged designs, that leaves the boundary wanted.
  @Test func aRadiusIsTunedThroughTheConvergedDesign() throws {
    let problem = try FilteredDesign()
    let model = StationaryPointModel(problem)
    var workspace: Void = model.makeWorkspace()
    let wanted = problem.boundary(try problem.minimizer([0.1])).value
    var h: DenseVector = [-0.6]
    var misses: [Double] = []
    for _ in 0..<8 {
      let linearization = try model.linearize(at: h, in: &workspace)
      let (value, gradient) = problem.boundary(linearization.state)
      misses.append(abs(value - wanted))
      // Newton's method for the boundary, in steps of bounded length.
      let slope = try linearization.pullback(gradient)[0]
      h[0] += min(max((wanted - value) / slope, -0.3), 0.3)
    }
    #expect(misses[7] < 1e-6 * misses[0], "\(misses)")
    #expect(abs(h[0] - 0.1) < 1e-3)
  }
}
