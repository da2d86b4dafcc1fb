/// Means over the neighbours of points, nearer ones weighing more: what is left of a vector without them is its rough part.
///
/// The pressure's operator of particles has small eigenvalues for rough vectors as well as for smooth ones, since it reaches two
/// neighbourhoods far; products with it tell the two apart badly, means at once.
public struct NeighbourMeans: Sendable {
  private var starts: [Int32] = [0]
  private var neighbours: [Int32] = []
  private var weights: [Double] = []

  /// - Parameters:
  ///   - points: `[count, dimension]`.
  ///   - dimension: 1 to 3.
  ///   - radius: Of a neighbourhood, in the unit of the points.
  public init(_ points: some RandomAccessCollection<Double>, dimension: Int, radius: Double) {
    let points = Array(points), n = points.count / dimension
    let order = (0..<n).sorted { (points[$0 * dimension], $0) < (points[$1 * dimension], $1) }
    var rows = [[(Int32, Double)]](repeating: [], count: n)
    for (place, i) in order.enumerated() {
      rows[i].append((Int32(i), 1))
      for j in order[(place + 1)...] {
        if points[j * dimension] - points[i * dimension] >= radius { break }
        let square = (0..<dimension).reduce(0.0) {
          let e = points[i * dimension + $1] - points[j * dimension + $1]
          return $0 + e * e
        }
        // (1 - q²)²: no root, and nothing at the rim.
        let rest = 1 - square / (radius * radius)
        if rest <= 0 { continue }
        rows[i].append((Int32(j), rest * rest))
        rows[j].append((Int32(i), rest * rest))
      }
    }
    for row in rows {
      let total = row.reduce(0) { $0 + $1.1 }
      for (neighbour, weight) in row {
        neighbours.append(neighbour)
        weights.append(weight / total)
      }
      starts.append(Int32(neighbours.count))
    }
  }

  /// The means of a vector.
  ///
  /// - Parameter x: One number a point.
  public func apply(_ x: DenseVector) -> DenseVector {
    DenseVector(count: x.count) { y in
      x.withUnsafeBufferPointer { x in
        neighbours.withUnsafeBufferPointer { neighbours in
          weights.withUnsafeBufferPointer { weights in
            for i in 0..<x.count {
              var sum = 0.0
              for k in Int(starts[i])..<Int(starts[i + 1]) { sum += weights[k] * x[Int(neighbours[k])] }
              y[i] = sum
            }
          }
        }
      }
    }
  }

  /// Multiply-adds of the means of a vector.
  public var multiplyAdds: Double { Double(weights.count) }
}
