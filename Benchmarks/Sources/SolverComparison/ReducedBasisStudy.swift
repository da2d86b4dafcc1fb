import Backsolve

/// A plate of nine blocks, each from a tenth to ten times as conductive, heated along one side and held along the opposite: 200
/// queries of a reduced basis beside full solves whose symbolic analysis is kept.
func reducedBasisStudy(cells: Int = 120, queries: Int = 200) throws {
  typealias Matrix = SymmetricSparseMatrix
  let grid = StructuredGrid(size: [1, 1], cells: [cells, cells])
  let stiffness = GridStiffness.diffusion(grid)
  let constrained = ConstrainedUnknowns(of: stiffness, holding: [(grid.nodes { $0[1] == 0 }, [0])])
  let terms = try (0..<9).map { block in
    try stiffness.makeOperator(
      coefficients: DenseVector(
        (0..<grid.cellCount).map { cell in
          let x = grid.centroid(ofCell: cell)
          return Int(3 * x[0]) + 3 * Int(3 * x[1]) == block ? 1 : 0
        }), constrained: constrained
    ).assembled()
  }
  let family = AffineFamily(terms)
  var load = DenseVector(zeros: grid.nodeCount)
  for node in grid.nodes(where: { $0[1] == cells }) { load[node] = 1 / Double(cells) }
  var generator = SeededGenerator(seed: 1)
  func weights() -> [Double] { (0..<9).map { _ in raised(10, 2 * generator.uniform() - 1) } }
  let training = (0..<300).map { _ in weights() }
  for tolerance in [1e-2, 1e-3, 1e-4] {
    let start = ProcessUsage.cpuSeconds
    let reduced = try ReducedBasis(
      family, load: load, training: training, relativeTolerance: tolerance, largestCount: 80)
    let offline = ProcessUsage.cpuSeconds - start
    let solver = CholeskySolver<Matrix>()
    var prepared: CholeskySolver<Matrix>.Prepared?
    var errors: [Double] = [], bounds: [Double] = [], online: [Double] = [], full: [Double] = []
    var broken = 0
    for _ in 0..<queries {
      let theta = weights()
      let begin = ProcessUsage.cpuSeconds
      let answer = reduced.solve(theta)
      online.append(ProcessUsage.cpuSeconds - begin)
      let middle = ProcessUsage.cpuSeconds
      let matrix = family.matrix(theta)
      let next = try solver.prepare(matrix, reusing: prepared)
      let exact = try solver.solve(next, columns: [load], from: nil).solutions[0]
      full.append(ProcessUsage.cpuSeconds - middle)
      prepared = next
      let error = exact - reduced.state(answer)
      let size = exact.dot(load).squareRoot()
      errors.append(max(error.dot(matrix.apply(error)), 0).squareRoot() / size)
      bounds.append(answer.errorBound / size)
      if errors.last ?? 0 > bounds.last ?? 0 { broken += 1 }
    }
    print(
      "\(grid.nodeCount) unknowns, to \(tolerance): \(reduced.basis.count) vectors in \(offline) CPU s; error median "
        + "\(median(errors)), largest \(errors.max() ?? 0); bound median \(median(bounds)), largest \(bounds.max() ?? 0); "
        + "\(broken) bounds broken; a query \(median(online) * 1e6) µs, a full solve \(median(full) * 1e3) ms, "
        + "\(median(full) / median(online)) times; pays from query \(offline / (median(full) - median(online)))")
  }
}
