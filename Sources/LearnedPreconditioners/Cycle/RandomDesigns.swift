import InverseDesign

/// A matrix with a right side and its solution, to train on.
public struct TrainingSystem: Sendable {
  public let matrix: GridOperator
  public let load: DenseVector
  public let solution: DenseVector
  /// fᵀ A⁻¹ f: the square of the energy norm of the error of zero.
  let energy: Double
}

/// Small bodies with random supports and loads, taken from their own topology optimization: what a solver meets.
public struct RandomDesigns: Sendable {
  /// Makes the stiffness of a grid; equal cells.
  public var stiffness: @Sendable (StructuredGrid) -> GridStiffness
  /// Edges of a cell, relative to each other.
  public var spacing: [Double]
  /// Cells along the longest axis.
  public var longest: Int
  public var minimumRatio = 1e-9

  public init(
    longest: Int, spacing: [Double], stiffness: @escaping @Sendable (StructuredGrid) -> GridStiffness
  ) {
    self.longest = longest
    self.spacing = spacing
    self.stiffness = stiffness
  }

  /// Systems of one body at some of the steps of its design.
  public func systems(seed: UInt64, steps: [Int]) throws -> [TrainingSystem] {
    var generator = SeededGenerator(seed: seed)
    func pick(_ range: ClosedRange<Int>) -> Int {
      range.lowerBound + min(Int(generator.uniform() * Double(range.count)), range.count - 1)
    }
    let cells = [longest] + (1..<spacing.count).map { _ in max(4, longest * pick(4...9) / 12) }
    let grid = StructuredGrid(size: zip(cells, spacing).map { Double($0) * $1 }, cells: cells)
    let stiffness = stiffness(grid)
    let components = stiffness.componentsPerNode
    // A whole face, or the two ends of its lower edge.
    let isFace = generator.uniform() < 0.6
    let held = grid.nodes { node in
      isFace ? node[0] == 0 : node[1] == 0 && (node[0] <= longest / 8 || node[0] >= longest - longest / 8)
    }
    let constrained = ConstrainedUnknowns(of: stiffness, holding: [(held, Array(0..<components))])
    var load = DenseVector(zeros: stiffness.unknownCount)
    for _ in 0..<pick(1...3) {
      let center = cells.enumerated().map { axis, count in axis == 0 ? pick(count / 2...count) : pick(0...count) }
      let direction = (0..<components).map { _ in generator.normal() }
      let loaded = grid.nodes { node in zip(node, center).allSatisfy { abs($0 - $1) <= 1 } }
      for node in loaded {
        for component in 0..<components { load[node * components + component] += direction[component] }
      }
    }
    constrained.zero(&load)
    let share = 0.1 + 0.3 * generator.uniform()
    var body = ShrinkingBody(
      stiffness: stiffness, constrained: constrained, load: load, share: share, minimumRatio: minimumRatio)
    var systems: [TrainingSystem] = []
    for step in 0...(steps.max() ?? 0) {
      if steps.contains(step) {
        let matrix = try body.matrix()
        // Half of the systems have noise for a load, whose solution the lowest modes rule.
        let isNoise = generator.uniform() < 0.5
        var right = load
        if isNoise {
          right = DenseVector((0..<load.count).map { _ in generator.normal() })
          constrained.zero(&right)
        }
        let solver = MultigridCG(MultigridOptions(relativeTolerance: 1e-9, maxIterations: 1000))
        let prepared = try solver.prepare(matrix, reusing: nil)
        let solution = try solver.solve(prepared, columns: [right], from: nil).solutions[0]
        systems.append(
          TrainingSystem(matrix: matrix, load: right, solution: solution, energy: right.dot(solution)))
      }
      try body.advance()
    }
    return systems
  }
}

/// Compliance minimization by optimality criteria with a cone filter of 1.5 cells and penalty 3 (Sigmund, Struct.
/// Multidisc. Optim. 21 (2001) 120), as little of it as makes realistic matrices.
private struct ShrinkingBody {
  let stiffness: GridStiffness
  let constrained: ConstrainedUnknowns
  let load: DenseVector
  let share: Double
  let minimumRatio: Double
  var density: DenseVector
  let filter: ConeFilter

  init(
    stiffness: GridStiffness, constrained: ConstrainedUnknowns, load: DenseVector, share: Double, minimumRatio: Double
  ) {
    self.stiffness = stiffness
    self.constrained = constrained
    self.load = load
    self.share = share
    self.minimumRatio = minimumRatio
    density = DenseVector(repeating: share, count: stiffness.grid.cellCount)
    filter = ConeFilter(over: stiffness.grid, radius: 1.5 * stiffness.grid.spacing.max()!)
  }

  func matrix() throws -> GridOperator {
    let physical = try filter.apply(density)
    return try stiffness.makeOperator(
      coefficients: DenseVector(physical.elements.map { minimumRatio + $0 * $0 * $0 * (1 - minimumRatio) }),
      constrained: constrained)
  }

  mutating func advance() throws {
    let physical = try filter.apply(density)
    let solver = MultigridCG(MultigridOptions(relativeTolerance: 1e-4, maxIterations: 1000))
    let prepared = try solver.prepare(try matrix(), reusing: nil)
    let u = try solver.solve(prepared, columns: [load], from: nil).solutions[0]
    let energies = stiffness.cellEnergies(u, u)
    var seed = DenseVector(zeros: physical.count)
    for cell in 0..<physical.count { seed[cell] = 3 * physical[cell] * physical[cell] * energies[cell] }
    let gain = try filter.pullback(seed, at: density)
    var (low, high) = (0.0, 1e9 * (gain.elements.max() ?? 1))
    var next = density
    for _ in 0..<80 {
      let multiplier = 0.5 * (low + high)
      for cell in 0..<density.count {
        let wanted = density[cell] * (max(gain[cell], 0) / multiplier).squareRoot()
        next[cell] = min(max(wanted, density[cell] - 0.2, 0), density[cell] + 0.2, 1)
      }
      let mean = next.elements.reduce(0, +) / Double(next.count)
      if mean > share { low = multiplier } else { high = multiplier }
    }
    density = next
  }
}
