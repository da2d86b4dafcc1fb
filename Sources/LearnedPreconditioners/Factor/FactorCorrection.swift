#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An incomplete factor changed by what a network answered: L = L₀ + α o / (1 + |o|) below the diagonal, which is the form of
/// Trifonov et al. (arXiv:2405.15557) with a bounded correction, and a diagonal that keeps row sums.
///
/// The diagonal is the one for which L Lᵀ w = (S A S + δ I) w, w the image of the constant: a factor that misses row sums is
/// wrong for smooth vectors, by which the iterations grow with the mesh, and no local network meets them well enough. δ is
/// small and positive, a number of each unknown of the order of the lowest eigenvalue (a factor of modified incomplete Cholesky has
/// one as well), so it shrinks with the mesh, and a network trained on a thousand unknowns serves a
/// million.
struct FactorCorrection {
  /// α.
  static let bound = 0.25
  /// δ n^(power/d) lies between this over and times `shiftRange`. What is best falls a little more slowly than the lowest
  /// eigenvalue, whose power is 2: measured on planes of 1,000 to 40,000 unknowns.
  private static let shift = 0.36
  private static let power = 1.3
  private static let shiftRange = 8.0

  /// Columns of L with its diagonal. `[pattern.entryCount]`
  let lower: [Double]
  let kept: KeptImageDiagonal

  private let graph: FactorGraph
  private let pattern: SparsePattern
  private let shifts: [Double]

  /// - Parameters:
  ///   - factor: L₀.
  ///   - graph: Of the matrix and L₀.
  ///   - dimension: Of the space, d.
  ///   - entries: Answers of the network for edges.
  ///   - pivots: Answers for nodes.
  init(
    _ factor: IncompleteCholeskyFactor, _ graph: FactorGraph, dimension: Int, entries: [Double], pivots: [Double]
  ) {
    let pattern = factor.pattern
    var lower = factor.values.map { Double($0) }
    lower.withUnsafeMutableBufferPointer { lower in
      for edge in 0..<entries.count {
        let place = Int(graph.places[edge])
        lower[place] = Self.entry(lower[place], entries[edge])
      }
    }
    let unit = Self.unitShift(graph.freeCount, dimension: dimension)
    let shifts = pivots.map { Self.shift($0, unit: unit) }
    let target = (0..<graph.nodeCount).map { graph.image[$0] + shifts[$0] * graph.weights[$0] }
    kept = KeptImageDiagonal(
      pattern, lower: lower, weights: graph.weights, target: target, keeping: factor.inverseDiagonal.map { 1 / $0 })
    for j in 0..<pattern.dimension { lower[Int(pattern.columnStarts[j])] = kept.diagonal[j] }
    self.lower = lower
    self.graph = graph
    self.pattern = pattern
    self.shifts = shifts
  }

  /// (1 + t) / (1 - t) = shiftRange
  private static let slope = (shiftRange - 1) / (shiftRange + 1)

  /// An entry of L.
  @inline(__always) static func entry(_ l: Double, _ answer: Double) -> Double {
    l + bound * answer / (1 + abs(answer))
  }

  /// δ.
  @inline(__always) static func shift(_ answer: Double, unit: Double) -> Double {
    let s = slope * answer / (1 + abs(answer))
    return unit * (1 + s) / (1 - s)
  }

  static func unitShift(_ freeCount: Int, dimension: Int) -> Double {
    shift * pow(Double(max(1, freeCount)), -power / Double(dimension))
  }

  /// The gradient with respect to the answers, from that with respect to the triangle with its diagonal.
  func pullback(_ seed: [Double], entries: [Double], pivots: [Double]) -> (entries: [Double], pivots: [Double]) {
    var ofLower = seed
    let ofDiagonal = (0..<pattern.dimension).map { seed[Int(pattern.columnStarts[$0])] }
    let ofTarget = kept.pullback(ofDiagonal, lower: lower, addingTo: &ofLower)
    let ofEntries = zip(graph.places.prefix(graph.edgeCount), entries).map { place, o in
      ofLower[Int(place)] * Self.bound / ((1 + abs(o)) * (1 + abs(o)))
    }
    let ofPivots = pivots.enumerated().map { i, g in
      let a = 1 + abs(g)
      let s = g / a
      let quotient = 1 - Self.slope * s
      // d/ds of (1 + c s) / (1 - c s) is 2 c / (1 - c s)²
      let slope = shifts[i] * 2 * Self.slope / ((1 + Self.slope * s) * quotient) / (a * a)
      return ofTarget[i] * graph.weights[i] * slope
    }
    return (ofEntries, ofPivots)
  }
}
