import DifferentiableCore
import Foundation

/// Ground under y = base + amplitude tanh(θ), with a θ at each node of a grid over the horizontal axes (x; x and z in space)
/// and heights between nodes by linear interpolation along each axis. Columns of particles go down from it.
///
/// With 25 x 25 nodes on a unit square, base 0.5 and amplitude 0.15 the ground of the water courses of Allen et al.,
/// NeurIPS 2022.
public struct HeightField: ToolShape {
  public let dimension: Int
  public let variables: Block
  private let base: Double
  private let amplitude: Double
  /// Of each column: its place along x (and z), and the nodes between which it is.
  private let columns: [(x: Double, z: Double, nodes: [(index: Int, weight: Double)])]
  /// Along x, m.
  let width: Double
  private let layers: Int
  private let spacing: Double

  /// - Parameters:
  ///   - lower: where the ground begins along x (and z), m.
  ///   - upper: where it ends.
  ///   - nodes: along x (and z), at least two each; x runs fastest.
  ///   - base: the height at θ = 0, m.
  ///   - amplitude: the most that a height departs from it, m.
  ///   - spacing: of particles, m.
  ///   - layers: of particles downward.
  public init(
    from lower: [Double], to upper: [Double], nodes: [Int], base: Double, amplitude: Double, spacing: Double,
    layers: Int
  ) {
    precondition((1...2).contains(nodes.count) && lower.count == nodes.count && upper.count == nodes.count)
    precondition(nodes.allSatisfy { $0 >= 2 } && layers > 0)
    dimension = nodes.count + 1
    variables = Block("height", shape: nodes.reversed(), unit: "1")
    self.base = base
    width = upper[0] - lower[0]
    self.amplitude = amplitude
    self.layers = layers
    self.spacing = spacing
    let counts = zip(lower, upper).map { max(1, Int((($1 - $0) / spacing).rounded())) }
    func between(_ axis: Int, _ place: Int) -> [(index: Int, weight: Double)] {
      let t = (Double(place) + 0.5) / Double(counts[axis]) * Double(nodes[axis] - 1),
        first = min(Int(t), nodes[axis] - 2)
      return [(first, 1 - (t - Double(first))), (first + 1, t - Double(first))]
    }
    func meters(_ axis: Int, _ place: Int) -> Double {
      lower[axis] + (Double(place) + 0.5) * (upper[axis] - lower[axis]) / Double(counts[axis])
    }
    columns = (0..<(nodes.count == 2 ? counts[1] : 1)).flatMap { k in
      (0..<counts[0]).map { i in
        let along = between(0, i)
        if nodes.count == 1 { return (meters(0, i), 0, along) }
        return (
          meters(0, i), meters(1, k),
          between(1, k).flatMap { row in
            along.map { (index: $0.index + nodes[0] * row.index, weight: $0.weight * row.weight) }
          }
        )
      }
    }
  }

  public var particleCount: Int { columns.count * layers }

  /// The height at each node, m.
  public func heights(_ variables: DenseVector) -> [Double] { variables.elements.map { base + amplitude * tanh($0) } }

  public func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector {
    let heights = heights(x)
    var positions = DenseVector.zero
    positions.elements.reserveCapacity(particleCount * dimension)
    for column in columns {
      let height = column.nodes.reduce(0) { $0 + $1.weight * heights[$1.index] }
      for layer in 0..<layers {
        positions.elements += [column.x, height - (Double(layer) + 0.5) * spacing]
        if dimension == 3 { positions.elements.append(column.z) }
      }
    }
    return positions
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    var gradient = DenseVector(zeros: x.count)
    for (place, column) in columns.enumerated() {
      var rise = 0.0
      for layer in 0..<layers { rise += seed[(place * layers + layer) * dimension + 1] }
      for node in column.nodes { gradient[node.index] += node.weight * rise }
    }
    for (k, slope) in slopes(x).enumerated() { gradient[k] *= slope }
    return gradient
  }

  /// No height falls below it, m.
  var lowest: Double { base - amplitude }

  /// Derivatives of the heights by their variables, m.
  func slopes(_ variables: DenseVector) -> [Double] {
    variables.elements.map { amplitude * (1 - tanh($0) * tanh($0)) }
  }
}
