/// Which rigid motions of a body some supports leave free.
public enum RigidMotions {
  /// A rigid motion in words: what moves, and the support that would stop it.
  public struct Free: Sendable, Equatable {
    public let motion: String
    public let remedy: String
  }

  /// The rigid motions of elasticity that `constrained` leaves free; empty for a supported body.
  ///
  /// A body is supported when no combination of translations and rotations vanishes at every constrained unknown, that
  /// is, when the Gram matrix of the rigid modes over those unknowns is regular. Coordinates are taken from the
  /// centre of the body and in units of its extent, so that rotations and translations compare.
  public static func free(_ domain: any Domain, _ constrained: ConstrainedUnknowns) -> [Free] {
    let dimension = domain.dimension
    let modeCount = dimension == 2 ? 3 : 6
    let (centre, extent) = centreAndExtent(domain)
    var gram = [[Double]](repeating: [Double](repeating: 0, count: modeCount), count: modeCount)
    for unknown in constrained.indices {
      let node = unknown / dimension, axis = unknown % dimension
      let x = zip(domain.point(ofNode: node), centre).map { ($0 - $1) / extent }
      let row = modes(at: x, axis: axis)
      for i in 0..<modeCount {
        for j in 0..<modeCount { gram[i][j] += row[i] * row[j] }
      }
    }
    return nullSpace(gram).map { describe($0, dimension) }
  }

  /// The entry of every rigid mode at a point along an axis: translations, then rotations.
  private static func modes(at x: [Double], axis: Int) -> [Double] {
    if x.count == 2 {
      return [axis == 0 ? 1 : 0, axis == 1 ? 1 : 0, axis == 0 ? -x[1] : x[0]]
    }
    switch axis {
    case 0: return [1, 0, 0, 0, x[2], -x[1]]
    case 1: return [0, 1, 0, -x[2], 0, x[0]]
    default: return [0, 0, 1, x[1], -x[0], 0]
    }
  }

  /// The rigid motions as vectors of unknowns, three in the plane and six in space: what elasticity nearly sends to zero.
  public static func vectors(of domain: any Domain) -> [DenseVector] {
    let dimension = domain.dimension, count = dimension == 2 ? 3 : 6
    let (centre, extent) = centreAndExtent(domain)
    var vectors = [DenseVector](repeating: DenseVector(zeros: domain.nodeCount * dimension), count: count)
    for node in 0..<domain.nodeCount {
      let x = zip(domain.point(ofNode: node), centre).map { ($0 - $1) / extent }
      for axis in 0..<dimension {
        for (mode, value) in modes(at: x, axis: axis).enumerated() { vectors[mode][node * dimension + axis] = value }
      }
    }
    return vectors
  }

  private static func centreAndExtent(_ domain: any Domain) -> ([Double], Double) {
    var low = [Double](repeating: .infinity, count: domain.dimension)
    var high = low.map { -$0 }
    for node in 0..<domain.nodeCount {
      for (axis, x) in domain.point(ofNode: node).enumerated() {
        low[axis] = min(low[axis], x)
        high[axis] = max(high[axis], x)
      }
    }
    let extent = zip(low, high).map { $1 - $0 }.max() ?? 1
    return (zip(low, high).map { ($0 + $1) / 2 }, extent > 0 ? extent : 1)
  }

  /// Vectors that a symmetric positive semidefinite matrix sends to zero, by elimination with full pivoting.
  private static func nullSpace(_ matrix: [[Double]]) -> [[Double]] {
    let n = matrix.count
    var a = matrix
    let largest = (0..<n).map { a[$0][$0] }.max() ?? 0
    var pivots: [Int] = []
    while true {
      let candidates = (0..<n).filter { !pivots.contains($0) }
      guard let pivot = candidates.max(by: { a[$0][$0] < a[$1][$1] }), a[pivot][pivot] > 1e-10 * largest,
        largest > 0
      else { break }
      pivots.append(pivot)
      let scale = 1 / a[pivot][pivot]
      for j in 0..<n { a[pivot][j] *= scale }
      for i in 0..<n where i != pivot {
        let factor = a[i][pivot]
        if factor != 0 { for j in 0..<n { a[i][j] -= factor * a[pivot][j] } }
      }
    }
    return (0..<n).filter { !pivots.contains($0) }.map { free in
      var vector = [Double](repeating: 0, count: n)
      vector[free] = 1
      for pivot in pivots { vector[pivot] = -a[pivot][free] }
      return vector
    }
  }

  private static func describe(_ vector: [Double], _ dimension: Int) -> Free {
    let axes = ["x", "y", "z"]
    let translations = vector[..<dimension], rotations = vector[dimension...]
    let isRotation = rotations.contains { abs($0) > 1e-6 }
    if !isRotation, let axis = translations.indices.max(by: { abs(vector[$0]) < abs(vector[$1]) }) {
      return Free(
        motion: "the body can slide along \(axes[axis])",
        remedy: "fix \(axes[axis]) somewhere")
    }
    let turning = rotations.indices.max { abs(vector[$0]) < abs(vector[$1]) }! - dimension
    let axis = dimension == 2 ? "z" : axes[turning]
    return Free(
      motion: "the body can turn about an axis along \(axis)",
      remedy: "fix one more point, away from the others, so that it cannot turn")
  }
}
