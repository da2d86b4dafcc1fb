/// The prolongation that is constant over groups: the near nullspace cut to each group and made orthonormal there.
///
/// Source: Vaněk, Mandel and Brezina (1996), algorithm 4.1, with the rank found by Gram and Schmidt: a group too small to
/// tell some of the vectors apart has columns of zeros.
struct TentativeProlongation {
  /// One block of `[blockSize, vectorCount]` a node in a group.
  let matrix: BlockRows
  /// The near nullspace on the coarse level, by unknown. `[groups * vectorCount, vectorCount]`
  let coarseCandidates: [Double]

  /// What of a vector is left after the others are taken out counts as nothing below this part of it.
  private static let smallestRemainder = 1e-8

  /// - Parameter candidates: the near nullspace by unknown, row-major. `[nodes * blockSize, vectorCount]`
  init(_ aggregates: Aggregates, candidates: [Double], blockSize b: Int, vectorCount m: Int) {
    let nodeCount = aggregates.group.count
    var starts = [Int](repeating: 0, count: nodeCount + 1)
    for node in 0..<nodeCount { starts[node + 1] = starts[node] + (aggregates.group[node] >= 0 ? 1 : 0) }
    var values = [Double](repeating: 0, count: starts[nodeCount] * b * m)
    var coarse = [Double](repeating: 0, count: aggregates.count * m * m)
    let members = Self.members(aggregates)
    for group in 0..<aggregates.count {
      let nodes = members.nodes[members.starts[group]..<members.starts[group + 1]]
      var local = [Double](repeating: 0, count: nodes.count * b * m)
      for (place, node) in nodes.enumerated() {
        for entry in 0..<b * m { local[place * b * m + entry] = candidates[Int(node) * b * m + entry] }
      }
      Self.orthonormalize(&local, rows: nodes.count * b, columns: m, coefficients: &coarse, at: group * m * m)
      for (place, node) in nodes.enumerated() {
        let base = starts[Int(node)] * b * m
        for entry in 0..<b * m { values[base + entry] = local[place * b * m + entry] }
      }
    }
    matrix = BlockRows(
      rowBlock: b, columnBlock: m, columnCount: aggregates.count, rowStarts: starts,
      columns: aggregates.group.filter { $0 >= 0 }, values: values)
    coarseCandidates = coarse
  }

  private static func members(_ aggregates: Aggregates) -> (starts: [Int], nodes: [Int32]) {
    var starts = [Int](repeating: 0, count: aggregates.count + 1)
    for group in aggregates.group where group >= 0 { starts[Int(group) + 1] += 1 }
    for group in 0..<aggregates.count { starts[group + 1] += starts[group] }
    var next = starts
    var nodes = [Int32](repeating: 0, count: starts[aggregates.count])
    for (node, group) in aggregates.group.enumerated() where group >= 0 {
      nodes[next[Int(group)]] = Int32(node)
      next[Int(group)] += 1
    }
    return (starts, nodes)
  }

  /// Q R = local by modified Gram-Schmidt, done twice for accuracy; Q takes the place of `local`.
  private static func orthonormalize(
    _ local: inout [Double], rows: Int, columns m: Int, coefficients: inout [Double], at base: Int
  ) {
    func product(_ a: Int, _ b: Int) -> Double {
      var sum = 0.0
      for row in 0..<rows { sum += local[row * m + a] * local[row * m + b] }
      return sum
    }
    for column in 0..<m {
      let before = product(column, column).squareRoot()
      for _ in 0..<2 {
        for earlier in 0..<column {
          let factor = product(earlier, column)
          coefficients[base + earlier * m + column] += factor
          for row in 0..<rows { local[row * m + column] -= factor * local[row * m + earlier] }
        }
      }
      let norm = product(column, column).squareRoot()
      let isNew = norm > smallestRemainder * before
      coefficients[base + column * m + column] = isNew ? norm : 0
      for row in 0..<rows { local[row * m + column] = isNew ? local[row * m + column] / norm : 0 }
    }
  }
}
