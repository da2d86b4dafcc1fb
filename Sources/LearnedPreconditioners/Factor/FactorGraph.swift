/// What a network sees of an incomplete factor: the graph of the scaled matrix S A S, numbers of its nodes and edges.
///
/// An edge is an entry of the strictly lower triangle that is not zero; it leads from its column to its row, so it knows
/// the order of elimination. All numbers are free of units and of the size of the mesh.
final class FactorGraph {
  static let nodeInputs = 5
  static let edgeInputs = 4

  private(set) var nodeCount = 0
  /// Unknowns with neighbours: those that are held have none.
  private(set) var freeCount = 0
  /// The first edge of each column, and the number of edges at the end. `[nodeCount + 1]`
  private(set) var starts: [Int32] = []
  /// Of each edge its place in the pattern, and its row.
  private(set) var places: [Int32] = []
  private(set) var rows: [Int32] = []
  /// `[nodeCount, nodeInputs]`: the diagonal of the factor, the row sum of its error and that of the matrix, the squares of its
  /// column, and the positive entries of the row.
  private(set) var nodes: [Float] = []
  /// `[edges, edgeInputs]`: the entries of the matrix and of the factor, what elimination took from the first, and the
  /// difference of the two unknowns' scales over their sum.
  private(set) var edges: [Float] = []
  /// The image under S⁻¹ of the constant, by which rows are summed, and that of it under S A S. `[nodeCount]`
  private(set) var weights: [Double] = []
  private(set) var image: [Double] = []
  private var product: [Double] = []

  /// How many of `places`, `rows` and `edges` count; there may be memory for more.
  private(set) var edgeCount = 0

  /// The row of each edge, as many as there are.
  var targets: [Int32] { Array(rows.prefix(edgeCount)) }

  /// `[nodeCount, nodeInputs]`
  func nodeTensor() -> Tensor<Float> { Tensor(nodes, shape: [nodeCount, Self.nodeInputs]) }

  /// `[edgeCount, edgeInputs]`
  func edgeTensor() -> Tensor<Float> {
    Tensor(edges.prefix(edgeCount * Self.edgeInputs), shape: [edgeCount, Self.edgeInputs])
  }

  /// The column of each edge.
  var columns: [Int32] {
    (0..<nodeCount).flatMap { [starts] in [Int32](repeating: Int32($0), count: Int(starts[$0 + 1] - starts[$0])) }
  }

  convenience init(_ matrix: SymmetricSparseMatrix, _ factor: IncompleteCholeskyFactor) {
    self.init()
    read(matrix, factor)
  }

  /// Takes a matrix and its factor; memory is kept where it suffices.
  func read(_ matrix: SymmetricSparseMatrix, _ factor: IncompleteCholeskyFactor) {
    let pattern = matrix.pattern
    let n = pattern.dimension
    if n != nodeCount || places.count != pattern.entryCount - n {
      nodeCount = n
      starts = [Int32](repeating: 0, count: n + 1)
      places = [Int32](repeating: 0, count: pattern.entryCount - n)
      rows = places
      edges = [Float](repeating: 0, count: places.count * Self.edgeInputs)
      nodes = [Float](repeating: 0, count: n * Self.nodeInputs)
      weights = [Double](repeating: 0, count: n)
      (image, product) = (weights, weights)
    }
    readEdges(matrix)
    readNumbers(matrix, factor)
  }

  /// The entries below the diagonal that are not zero.
  private func readEdges(_ matrix: SymmetricSparseMatrix) {
    let pattern = matrix.pattern
    let n = nodeCount
    var count = 0
    starts.withUnsafeMutableBufferPointer { starts in
      places.withUnsafeMutableBufferPointer { places in
        rows.withUnsafeMutableBufferPointer { rows in
          pattern.rows.withUnsafeBufferPointer { all in
            matrix.values.withUnsafeBufferPointer { values in
              for j in 0..<n {
                var k = Int(pattern.columnStarts[j]) &+ 1
                let end = Int(pattern.columnStarts[j &+ 1])
                while k < end {
                  if values[k] != 0 {
                    places[count] = Int32(truncatingIfNeeded: k)
                    rows[count] = all[k]
                    count &+= 1
                  }
                  k &+= 1
                }
                starts[j &+ 1] = Int32(truncatingIfNeeded: count)
              }
            }
          }
        }
      }
    }
    edgeCount = count
  }

  private func readNumbers(_ matrix: SymmetricSparseMatrix, _ factor: IncompleteCholeskyFactor) {
    let n = nodeCount
    let (edgeInputs, nodeInputs) = (Self.edgeInputs, Self.nodeInputs)
    var freeCount = 0
    weights.withUnsafeMutableBufferPointer { weights in
      factor.scaling.withUnsafeBufferPointer { s in for i in 0..<n { weights[i] = 1 / s[i] } }
    }
    edges.withUnsafeMutableBufferPointer { edges in
      guard let x = edges.baseAddress else { return }
      matrix.values.withUnsafeBufferPointer { values in
        factor.values.withUnsafeBufferPointer { lower in
          factor.inverseDiagonal.withUnsafeBufferPointer { inverse in
            factor.scaling.withUnsafeBufferPointer { s in
              weights.withUnsafeBufferPointer { w in
                places.withUnsafeBufferPointer { places in
                  rows.withUnsafeBufferPointer { [starts] rows in
                    image.withUnsafeMutableBufferPointer { image in
                      product.withUnsafeMutableBufferPointer { product in
                        nodes.withUnsafeMutableBufferPointer { nodes in
                          // The image of the unit diagonal, to begin with.
                          for i in 0..<n {
                            image[i] = w[i]
                            product[i] = 0
                          }
                          nodes.update(repeating: 0)
                          var e = 0
                          for j in 0..<n {
                            let first = e, end = Int(starts[j &+ 1])
                            let d = 1 / inverse[j], wj = w[j], sj = s[j]
                            var sum = d * wj, own = 0.0
                            var squares: Float = 0, positives: Float = 0
                            while e < end {
                              let k = Int(places[e]), i = Int(rows[e])
                              let single = lower[k], l = Double(single), wi = w[i]
                              let entry = values[k] * s[i] * sj
                              image[i] += entry * wj
                              own += entry * wi
                              sum += l * wi
                              squares += single * single
                              let at = x + e &* edgeInputs
                              at[0] = Float(entry)
                              at[1] = single
                              at[2] = Float(l * d - entry)
                              at[3] = Float((wi - wj) / (wi + wj))
                              let positive = Float(entry > 0 ? entry : 0)
                              nodes[i &* nodeInputs &+ 4] += positive
                              positives += positive
                              e &+= 1
                            }
                            image[j] += own
                            product[j] += d * sum
                            e = first
                            while e < end {
                              product[Int(rows[e])] += Double(lower[Int(places[e])]) * sum
                              e &+= 1
                            }
                            // All rows and columns before are done.
                            let at = j &* nodeInputs
                            nodes[at] = Float(d)
                            nodes[at &+ 1] = Self.bounded((product[j] - image[j]) / wj)
                            nodes[at &+ 2] = Self.bounded(image[j] / wj)
                            nodes[at &+ 3] = squares
                            nodes[at &+ 4] += positives
                            if end > first || image[j] != wj { freeCount &+= 1 }
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    self.freeCount = freeCount
  }

  @inline(__always) private static func bounded(_ x: Double) -> Float { Float(x > 1 ? 1 : x < -1 ? -1 : x) }
}
