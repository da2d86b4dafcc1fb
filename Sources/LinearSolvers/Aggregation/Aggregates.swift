/// Nodes of a matrix gathered into groups by their strong couplings.
///
/// Nodes i and j are strongly coupled where |A_ij|² > θ² |A_ii| |A_jj| in the Frobenius norm of their blocks. Source: Vaněk,
/// Mandel and Brezina, Algebraic multigrid by smoothed aggregation for second and fourth order elliptic problems,
/// Computing 56 (1996), algorithm 5.1.
struct Aggregates {
  /// The group of each node; -1 for nodes without strong couplings, which smoothing alone solves.
  private(set) var group: [Int32]
  private(set) var count = 0

  init(_ a: BlockRows, threshold: Double) {
    let strength = StrongCouplings(a, threshold: threshold)
    group = [Int32](repeating: -1, count: a.rowCount)
    formDisjoint(strength)
    attachNeighbours(strength)
    gatherRest(strength)
  }

  /// Whole neighbourhoods that touch no group yet.
  private mutating func formDisjoint(_ strength: StrongCouplings) {
    for node in group.indices where group[node] < 0 {
      let neighbours = strength.neighbours(of: node)
      if neighbours.isEmpty || neighbours.contains(where: { group[Int($0)] >= 0 }) { continue }
      group[node] = Int32(count)
      for neighbour in neighbours { group[Int(neighbour)] = Int32(count) }
      count += 1
    }
  }

  /// Nodes beside such a group join the one that they are coupled to most strongly.
  private mutating func attachNeighbours(_ strength: StrongCouplings) {
    let before = group
    for node in group.indices where before[node] < 0 {
      var best: (group: Int32, weight: Double)?
      for place in strength.range(of: node) {
        let other = before[Int(strength.columns[place])]
        if other >= 0, strength.weights[place] > best?.weight ?? 0 { best = (other, strength.weights[place]) }
      }
      if let best { group[node] = best.group }
    }
  }

  /// What is left forms groups of its own.
  private mutating func gatherRest(_ strength: StrongCouplings) {
    for node in group.indices where group[node] < 0 {
      let neighbours = strength.neighbours(of: node).filter { group[Int($0)] < 0 }
      if strength.range(of: node).isEmpty { continue }
      group[node] = Int32(count)
      for neighbour in neighbours { group[Int(neighbour)] = Int32(count) }
      count += 1
    }
  }
}

/// The strong couplings of each node to others, with their strength.
private struct StrongCouplings {
  var starts = [0]
  var columns: [Int32] = []
  var weights: [Double] = []

  init(_ a: BlockRows, threshold: Double) {
    let size = a.blockSize
    func norm(_ k: Int) -> Double {
      var sum = 0.0
      for p in k * size..<(k + 1) * size { sum += a.values[p] * a.values[p] }
      return sum.squareRoot()
    }
    var diagonal = [Double](repeating: 0, count: a.rowCount)
    for row in 0..<a.rowCount {
      for k in a.rowStarts[row]..<a.rowStarts[row + 1] where Int(a.columns[k]) == row { diagonal[row] = norm(k) }
    }
    // Round-off couples nothing, even where no threshold is wanted.
    let square = max(threshold * threshold, 1e-24)
    for row in 0..<a.rowCount {
      for k in a.rowStarts[row]..<a.rowStarts[row + 1] where Int(a.columns[k]) != row {
        let value = norm(k)
        let scale = diagonal[row] * diagonal[Int(a.columns[k])]
        if value * value > square * scale {
          columns.append(a.columns[k])
          weights.append(value / scale.squareRoot())
        }
      }
      starts.append(columns.count)
    }
  }

  func range(of node: Int) -> Range<Int> { starts[node]..<starts[node + 1] }
  func neighbours(of node: Int) -> ArraySlice<Int32> { columns[range(of: node)] }
}
