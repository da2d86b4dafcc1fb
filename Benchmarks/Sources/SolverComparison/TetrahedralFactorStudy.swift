import Backsolve
import LearnedPreconditioners

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A step of implicit Euler for heat or of Newmark's method for waves, (M + s K) u = M f, on tetrahedra in a unit
/// cube that is zero around.
///
/// `side`³ interior nodes, each moved at random by up to a fifth of the spacing; six tetrahedra in every box; M
/// lumped, K with a coefficient exp(2 g) of a Gaussian field. s is a time step for heat, 0.1, and Δt² / 4 for waves
/// that cross ten cells in Δt.
struct TetrahedralStep {
  enum Equation {
    case heat, wave
    func factor(side: Int) -> Double {
      let crossed = 10 / Double(side + 1)
      return self == .heat ? 0.1 : crossed * crossed / 4
    }
  }

  let matrix: SymmetricSparseMatrix
  let load: DenseVector

  init(_ equation: Equation, side: Int, seed: UInt64 = 1, window: Double = 1) throws {
    let n = side + 1
    let grid = StructuredGrid(size: [1, 1, 1], cells: [n, n, n])
    var generator = SeededGenerator(seed: seed)
    var points: [Double] = []
    for node in 0..<grid.nodeCount {
      let isInside = grid.position(ofNode: node).allSatisfy { $0 > 0 && $0 < n }
      for x in grid.point(ofNode: node) {
        points.append(isInside ? x + 0.2 * (2 * generator.uniform() - 1) / Double(n) : x)
      }
    }
    // From corner 0 to corner 7 along the axes in each order; odd orders have their middle nodes exchanged.
    let orders = [(1, 3), (2, 6), (4, 5), (3, 2), (6, 4), (5, 1)]
    var nodes: [Int32] = []
    for cell in 0..<grid.cellCount {
      let c = grid.nodes(ofCell: cell).map { Int32($0) }
      for (a, b) in orders { nodes += [c[0], c[a], c[b], c[7]] }
    }
    let mesh = try UnstructuredMesh(dimension: 3, points: points, blocks: [.init(.tet4, nodes: nodes)])
    let stiffness = MeshStiffness.diffusion(mesh)
    let field = GaussianField(dimension: 3, resolution: 32, seed: seed + 1)
    let s = equation.factor(side: side)
    let coefficients = DenseVector(
      (0..<mesh.cellCount).map { s * exp(2 * field.value(at: mesh.centroid(ofCell: $0).map { window * $0 })) })
    let boundary = grid.nodes { $0.contains(0) || $0.contains(n) }
    let constrained = ConstrainedUnknowns(of: stiffness, holding: [(boundary, [0])])
    var mass = BodyLoad(mesh, perVolume: [1]).load(of: DenseVector(repeating: 1, count: mesh.cellCount))
    constrained.zero(&mass)
    var matrix = try stiffness.makeOperator(coefficients: coefficients, constrained: constrained)
    for node in 0..<mass.count { matrix.values[Int(matrix.pattern.columnStarts[node])] += mass[node] }
    self.matrix = matrix
    // A field that the step has to smooth.
    load = DenseVector(mass.elements.map { $0 * (1 + generator.normal()) })
  }
}

/// The learned factor on tetrahedra, trained at 1,000 unknowns, beside the classical factors.
func tetrahedralFactorStudy(_ equation: TetrahedralStep.Equation) throws {
  let start = ProcessUsage.cpuSeconds
  let systems = try (0..<16).map { index in
    // Far from the seeds to test on.
    let step = try TetrahedralStep(
      equation, side: 10, seed: 2_000_006 + 10 * UInt64(index), window: [1, 0.5, 0.3, 0.16][index % 4])
    return try FactorSystem(step.matrix, dimension: 3, seed: UInt64(index))
  }
  let weights = try trainedFactor(systems, dimension: 3, steps: 2000, iterations: 8)
  print("\(equation): trained in \(ProcessUsage.cpuSeconds - start) CPU s")
  for side in [10, 20, 40] {
    let step = try TetrahedralStep(equation, side: side)
    try compareFactors(step.matrix, step.load, weights, unknowns: side * side * side, dimension: 3, rounds: 5)
  }
}
