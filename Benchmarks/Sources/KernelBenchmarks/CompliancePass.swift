import Backsolve

/// Compliance minimization by the optimality-criteria loop of the 88-line code, reduced to what a solver benchmark needs:
/// a cone filter on densities, SIMP with penalty 3, and the linear solver under test.
///
/// Reference: Andreassen, Clausen, Schevenels, Lazarov, Sigmund, Struct. Multidisc. Optim. 43 (2011).
struct CompliancePass {
  let grid: StructuredGrid
  let constrained: ConstrainedUnknowns
  let load: DenseVector
  let volume: Double
  let radius: Double
  let voidModulus = 1e-9

  /// Face x = 0 clamped; load -z along the edge x = max, z = 0, half at its ends.
  static func cantilever(_ nx: Int, _ ny: Int, _ nz: Int, volume: Double) -> CompliancePass {
    let grid = StructuredGrid(size: [Double(nx), Double(ny), Double(nz)], cells: [nx, ny, nz])
    var fixed: [Int: Double] = [:]
    var load = DenseVector(zeros: 3 * grid.nodeCount)
    for k in 0...nz {
      for j in 0...ny {
        for c in 0..<3 { fixed[3 * grid.node([0, j, k]) + c] = 0 }
      }
    }
    for j in 0...ny { load[3 * grid.node([nx, j, 0]) + 2] = j == 0 || j == ny ? -0.5 : -1 }
    return CompliancePass(
      grid: grid, constrained: ConstrainedUnknowns(unknownCount: load.count, fixed: fixed), load: load, volume: volume,
      radius: 1.5)
  }

  /// Half of a beam on two supports: left edge u_x = 0, bottom-right node u_y = 0, unit load down at the top-left node.
  static func beam(_ nx: Int, _ ny: Int) -> CompliancePass {
    let grid = StructuredGrid(size: [Double(nx), Double(ny)], cells: [nx, ny])
    var fixed: [Int: Double] = [2 * grid.node([nx, 0]) + 1: 0]
    for j in 0...ny { fixed[2 * grid.node([0, j])] = 0 }
    var load = DenseVector(zeros: 2 * grid.nodeCount)
    load[2 * grid.node([0, ny]) + 1] = -1
    return CompliancePass(
      grid: grid, constrained: ConstrainedUnknowns(unknownCount: load.count, fixed: fixed), load: load, volume: 0.5,
      radius: 4)
  }

  var stiffness: GridStiffness { .elasticity(grid, poissonRatio: 0.3) }

  func moduli(_ density: DenseVector) -> DenseVector {
    DenseVector(density.elements.map { voidModulus + $0 * $0 * $0 * (1 - voidModulus) })
  }

  /// One row an evaluation.
  struct Record {
    var compliance: Double
    var iterations: Int
    var solve: Seconds
  }

  /// Evaluates `count` designs; returns the records and the last moduli.
  func run(_ count: Int, solver: MultigridCG, warm: Bool = true, _ each: (Record) -> Void = { _ in }) throws
    -> DenseVector
  {
    let filter = ConeFilter(grid, radius: radius)
    let stiffness = stiffness
    var design = DenseVector(repeating: volume, count: grid.cellCount)
    var prepared: MultigridCG.Prepared?
    var guess: [DenseVector]?
    var last = DenseVector.zero
    for _ in 0..<count {
      let density = filter.apply(design)
      let moduli = moduli(density)
      last = moduli
      var u = DenseVector.zero
      var report = SolveReport()
      let seconds = try Seconds.measure {
        let matrix = try stiffness.makeOperator(coefficients: moduli, constrained: constrained)
        let ready = try solver.prepare(matrix, reusing: prepared)
        let solved = try solver.solve(ready, columns: [load], from: guess)
        (u, report) = (solved.solutions[0], solved.report)
        prepared = ready
      }
      if warm { guess = [u] }
      each(Record(compliance: load.dot(u), iterations: report.iterations, solve: seconds))
      let energies = stiffness.cellEnergies(u, u)
      let sensitivity = filter.transpose(
        DenseVector(zip(energies.elements, density.elements).map { -3 * $1 * $1 * (1 - voidModulus) * $0 }))
      design = update(design, sensitivity, filter)
    }
    return last
  }

  private func update(_ design: DenseVector, _ sensitivity: DenseVector, _ filter: ConeFilter) -> DenseVector {
    let weights = filter.transpose(DenseVector(repeating: 1, count: design.count))
    var low = 0.0, high = 1e9
    var next = design
    while (high - low) / (low + high) > 1e-3 {
      let middle = (low + high) / 2
      for i in design.indices {
        let x = design[i] * (max(0, -sensitivity[i]) / (weights[i] * middle)).squareRoot()
        next[i] = max(0, max(design[i] - 0.2, min(1, min(design[i] + 0.2, x))))
      }
      if filter.apply(next).sum > volume * Double(design.count) { low = middle } else { high = middle }
    }
    return next
  }
}

/// The density filter with cone weights, by cell.
struct ConeFilter {
  private let neighbours: [(offset: [Int], weight: Double)]
  private let cells: [Int]
  private let sums: DenseVector

  init(_ grid: StructuredGrid, radius: Double) {
    let reach = Int(radius)
    var neighbours: [(offset: [Int], weight: Double)] = []
    for z in grid.dimension == 3 ? -reach...reach : 0...0 {
      for y in -reach...reach {
        for x in -reach...reach {
          let weight = radius - Double(x * x + y * y + z * z).squareRoot()
          if weight > 0 { neighbours.append(([x, y, z], weight)) }
        }
      }
    }
    self.neighbours = neighbours
    cells = grid.cells + (grid.dimension == 2 ? [1] : [])
    sums = Self.convolve(DenseVector(repeating: 1, count: grid.cellCount), neighbours, cells)
  }

  func apply(_ x: DenseVector) -> DenseVector {
    DenseVector(zip(Self.convolve(x, neighbours, cells).elements, sums.elements).map { $0 / $1 })
  }

  func transpose(_ x: DenseVector) -> DenseVector {
    Self.convolve(DenseVector(zip(x.elements, sums.elements).map { $0 / $1 }), neighbours, cells)
  }

  private static func convolve(_ x: DenseVector, _ neighbours: [(offset: [Int], weight: Double)], _ cells: [Int])
    -> DenseVector
  {
    DenseVector(count: x.count) { y in
      y.update(repeating: 0)
      x.withUnsafeBufferPointer { x in
        for (offset, weight) in neighbours {
          let (dx, dy, dz) = (offset[0], offset[1], offset[2])
          for k in max(0, -dz)..<min(cells[2], cells[2] - dz) {
            for j in max(0, -dy)..<min(cells[1], cells[1] - dy) {
              let row = cells[0] * (j + cells[1] * k), other = cells[0] * (j + dy + cells[1] * (k + dz)) + dx
              let target = y.baseAddress! + row, source = x.baseAddress! + other
              for i in max(0, -dx)..<min(cells[0], cells[0] - dx) { target[i] += weight * source[i] }
            }
          }
        }
      }
    }
  }
}
