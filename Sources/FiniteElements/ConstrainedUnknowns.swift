/// Unknowns held at given values (Dirichlet conditions): rollers, clamps, symmetry planes, fixed temperatures.
public struct ConstrainedUnknowns: Sendable, Equatable {
  /// Constrained unknowns, ascending, each once.
  public let indices: [Int]
  /// The values they are held at, in m or K.
  public let values: [Double]
  /// True at constrained unknowns. `[unknownCount]`
  public let mask: [Bool]

  /// Holds the unknowns that are keys of `fixed` at its values.
  public init(unknownCount: Int, fixed: [Int: Double]) {
    indices = fixed.keys.sorted()
    values = indices.map { fixed[$0]! }
    var mask = [Bool](repeating: false, count: unknownCount)
    for index in indices { mask[index] = true }
    self.mask = mask
  }

  /// Components held at zero at some nodes: `[(left, [0]), (corner, [1])]`.
  public init(of stiffness: some CellwiseStiffness, holding held: [(nodes: [Int], components: [Int])]) {
    var fixed: [Int: Double] = [:]
    for (nodes, components) in held {
      for node in nodes {
        for component in components { fixed[node * stiffness.componentsPerNode + component] = 0 }
      }
    }
    self.init(unknownCount: stiffness.unknownCount, fixed: fixed)
  }

  /// True when some value is not zero.
  public var hasNonzeroValues: Bool { values.contains { $0 != 0 } }

  /// Zeroes the entries of `vector` at constrained unknowns.
  public func zero(_ vector: inout DenseVector) {
    for index in indices { vector[index] = 0 }
  }

  /// The vector that holds the values at constrained unknowns and zero elsewhere.
  public var lift: DenseVector {
    var vector = DenseVector(zeros: mask.count)
    for (index, value) in zip(indices, values) { vector[index] = value }
    return vector
  }
}
