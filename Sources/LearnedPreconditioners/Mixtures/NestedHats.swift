/// Hat functions on nested grids over points: what is far away of a vector on the points, at a few multiply-adds each.
///
/// Level l has hats 2^l spacings wide. A vector's part on a level is P (Pᵀ r) / (Pᵀ d): its means beneath the hats over those
/// of a diagonal, seen from the points. Times 4^l, as operators of second order want it (Bramble, Pasciak & Xu, Math. Comp.
/// 55, 1990, for nested elements).
public struct NestedHats: Sendable {
  private struct Level: Sendable {
    /// Of each point, `corners` nodes and weights.
    var nodes: [Int32]
    var weights: [Double]
    /// Pᵀ d over 4^l, one a node.
    var divisors: [Double]
  }

  private let levels: [Level]
  private let corners: Int
  public var count: Int { levels.count }

  /// - Parameters:
  ///   - points: `[count, dimension]`.
  ///   - dimension: 1 to 3.
  ///   - spacing: Of the points, about; in their unit.
  ///   - levels: How many; hats of the first are two spacings wide.
  ///   - diagonal: d, one a point.
  public init(
    _ points: some RandomAccessCollection<Double>, dimension: Int, spacing: Double, levels: Int, diagonal: DenseVector
  ) {
    let points = Array(points), n = points.count / dimension, corners = 1 << dimension
    let lower = (0..<dimension).map { axis in
      (0..<n).reduce(Double.infinity) { min($0, points[$1 * dimension + axis]) }
    }
    let upper = (0..<dimension).map { axis in
      (0..<n).reduce(-Double.infinity) { max($0, points[$1 * dimension + axis]) }
    }
    self.corners = corners
    self.levels = (1..<max(1, levels + 1)).map { number in
      let width = spacing * Double(1 << number)
      var strides: [Int] = [], total = 1
      for axis in 0..<dimension {
        strides.append(total)
        total *= n > 0 ? Int((upper[axis] - lower[axis]) / width) + 2 : 1
      }
      var level = Level(
        nodes: [Int32](repeating: 0, count: n * corners), weights: [Double](repeating: 0, count: n * corners),
        divisors: [Double](repeating: 0, count: total))
      level.nodes.withUnsafeMutableBufferPointer { nodes in
        level.weights.withUnsafeMutableBufferPointer { weights in
          level.divisors.withUnsafeMutableBufferPointer { divisors in
            for i in 0..<n {
              // From a point's lowest node, half of the corners so far are doubled along each axis.
              let first = i * corners
              nodes[first] = 0
              weights[first] = 1
              for axis in 0..<dimension {
                let x = (points[i * dimension + axis] - lower[axis]) / width
                let cell = x.rounded(.down), upper = x - cell
                let stride = Int32(strides[axis]), start = Int32(cell) * stride
                for k in first..<first + (1 << axis) {
                  nodes[k] += start
                  nodes[k + (1 << axis)] = nodes[k] + stride
                  weights[k + (1 << axis)] = weights[k] * upper
                  weights[k] *= 1 - upper
                }
              }
              for k in first..<first + corners { divisors[Int(nodes[k])] += weights[k] * diagonal[i] }
            }
          }
        }
      }
      let factor = 1 / Double(1 << (2 * number))
      for node in 0..<total { level.divisors[node] *= factor }
      return level
    }
  }

  /// The parts of a vector, one a level.
  ///
  /// - Parameter r: One number a point.
  public func parts(_ r: DenseVector) -> [DenseVector] {
    levels.map { level in
      var sums = [Double](repeating: 0, count: level.divisors.count)
      return DenseVector(count: r.count) { part in
        level.nodes.withUnsafeBufferPointer { nodes in
          level.weights.withUnsafeBufferPointer { weights in
            sums.withUnsafeMutableBufferPointer { sums in
              r.withUnsafeBufferPointer { r in
                var k = 0
                for value in r {
                  for _ in 0..<corners {
                    sums[Int(nodes[k])] += weights[k] * value
                    k &+= 1
                  }
                }
                for node in 0..<sums.count where level.divisors[node] > 0 { sums[node] /= level.divisors[node] }
                k = 0
                for i in 0..<r.count {
                  var sum = 0.0
                  for _ in 0..<corners {
                    sum += weights[k] * sums[Int(nodes[k])]
                    k &+= 1
                  }
                  part[i] = sum
                }
              }
            }
          }
        }
      }
    }
  }

  /// Multiply-adds of all parts of a vector.
  public var multiplyAdds: Double { levels.reduce(0) { $0 + Double(2 * $1.nodes.count + $1.divisors.count) } }
}
