#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a network sees of an incomplete factor: the graph of the scaled matrix S A S, numbers of its nodes and edges.
///
/// An edge is an entry of the strictly lower triangle that is not zero; it leads from its column to its row, so it knows
/// the order of elimination. All numbers are free of units and of the size of the mesh.
struct FactorGraph {
  static let nodeInputs = 5
  static let edgeInputs = 4

  let nodeCount: Int
  /// Unknowns with neighbours: those that are held have none.
  let freeCount: Int
  /// Of each edge its place in the pattern, its column and its row; ordered by columns.
  let places: [Int32]
  let columns: [Int32]
  let rows: [Int32]
  /// `[nodeCount, nodeInputs]`: the diagonal of the factor, the row sum of its error and that of the matrix, the squares of its
  /// column, and the positive entries of the row.
  let nodes: [Float]
  /// `[edges, edgeInputs]`: the entries of the matrix and of the factor, what elimination took from the first, and the
  /// logarithm of the two unknowns' scales over each other.
  let edges: [Float]
  /// The image under S⁻¹ of the constant, by which rows are summed, and that of it under S A S. `[nodeCount]`
  let weights: [Double]
  let image: [Double]

  init(_ matrix: SymmetricSparseMatrix, _ factor: IncompleteCholeskyFactor) {
    let pattern = matrix.pattern
    let n = pattern.dimension
    let scaling = factor.scaling, lower = factor.values
    nodeCount = n
    let weights = scaling.map { 1 / $0 }
    var places: [Int32] = [], columns: [Int32] = [], rows: [Int32] = []
    places.reserveCapacity(pattern.entryCount - n)
    columns.reserveCapacity(pattern.entryCount - n)
    rows.reserveCapacity(pattern.entryCount - n)
    var edges: [Float] = []
    edges.reserveCapacity((pattern.entryCount - n) * Self.edgeInputs)
    var nodes = [Float](repeating: 0, count: n * Self.nodeInputs)
    var image = weights
    var product = [Double](repeating: 0, count: n)
    var isFree = [Bool](repeating: false, count: n)
    let logarithms = weights.map { Float(log($0)) }
    for j in 0..<n {
      let diagonal = 1 / factor.inverseDiagonal[j]
      var sum = diagonal * weights[j]
      var squares: Float = 0
      let first = Int(pattern.columnStarts[j]) + 1, end = Int(pattern.columnStarts[j + 1])
      for k in first..<max(first, end) where matrix.values[k] != 0 {
        let i = Int(pattern.rows[k])
        let entry = matrix.values[k] * scaling[i] * scaling[j], l = Double(lower[k])
        image[i] += entry * weights[j]
        image[j] += entry * weights[i]
        sum += l * weights[i]
        squares += lower[k] * lower[k]
        places.append(Int32(k))
        columns.append(Int32(j))
        rows.append(Int32(i))
        isFree[i] = true
        isFree[j] = true
        let ratio = logarithms[i] - logarithms[j]
        edges.append(Float(entry))
        edges.append(lower[k])
        edges.append(Float(l * diagonal - entry))
        edges.append(ratio > 3 ? 3 : ratio < -3 ? -3 : ratio)
        let positive = Float(max(entry, 0))
        nodes[i * Self.nodeInputs + 4] += positive
        nodes[j * Self.nodeInputs + 4] += positive
      }
      product[j] += diagonal * sum
      for k in first..<max(first, end) where matrix.values[k] != 0 {
        product[Int(pattern.rows[k])] += Double(lower[k]) * sum
      }
      nodes[j * Self.nodeInputs] = Float(diagonal)
      nodes[j * Self.nodeInputs + 3] = squares
    }
    for i in 0..<n {
      let (error, rowSum) = ((product[i] - image[i]) / weights[i], image[i] / weights[i])
      nodes[i * Self.nodeInputs + 1] = Float(min(max(error, -1), 1))
      nodes[i * Self.nodeInputs + 2] = Float(min(max(rowSum, -1), 1))
    }
    freeCount = isFree.reduce(0) { $0 + ($1 ? 1 : 0) }
    self.places = places
    self.columns = columns
    self.rows = rows
    self.nodes = nodes
    self.edges = edges
    self.weights = weights
    self.image = image
  }
}
