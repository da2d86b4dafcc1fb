/// Weights of a network of search directions for diffusion on grids of one dimension, any size, with obstacles.
public struct LearnedDirections: Sendable {
  public let dimension: Int
  /// `[layout.count]`
  public let parameters: Tensor<Float>
  let network: DirectionNetwork

  public static func layout(dimension: Int) -> ParameterLayout { DirectionNetwork(axes: dimension).layout }

  public init(_ parameters: Tensor<Float>, dimension: Int) {
    network = DirectionNetwork(axes: dimension)
    precondition(parameters.count == network.layout.count, "\(parameters.count) parameters of learned directions")
    self.parameters = parameters
    self.dimension = dimension
  }
}

/// The nodes of a grid as a tensor: all but the last along every axis, where a residual is zero.
struct DirectionField {
  let counts: [Int]
  /// Of each entry of the tensor, the unknown.
  let unknowns: [Int32]
  /// `[1, nodes…, 1]`
  let mask: Tensor<Float>
  let openCount: Int
  let levels: Int

  /// - Throws: where the grid cannot be halved, has several unknowns a node, or is open on the boundary left out.
  init(_ matrix: GridOperator) throws(SolveFailure) {
    let grid = matrix.stiffness.grid
    let cells = grid.cells
    guard matrix.stiffness.componentsPerNode == 1 else {
      throw SolveFailure(.unsupported, "learned directions are for one unknown a node")
    }
    guard cells.allSatisfy({ $0 % 4 == 0 }) else {
      throw SolveFailure(
        .unsupported, "learned directions need grids whose cells divide by 4 along every axis, not \(cells)")
    }
    var levels = 0
    while cells.allSatisfy({ $0 % (2 << levels) == 0 && $0 >> levels > 4 }) { levels += 1 }
    self.levels = levels
    counts = cells
    let largest = matrix.coefficients.elements.max() ?? 1
    let isHeld = matrix.constrained
    var unknowns: [Int32] = []
    var values: [Float] = []
    let strides = cells.indices.map { axis in cells[..<axis].reduce(1, *) }
    for place in 0..<cells.reduce(1, *) {
      let position = cells.indices.map { place / strides[$0] % cells[$0] }
      let node = grid.node(position)
      unknowns.append(Int32(node))
      var sum = 0.0
      if !isHeld.mask[node], position.allSatisfy({ $0 > 0 }) {
        for corner in 0..<1 << cells.count {
          let cell = position.indices.reduce(0) { $0 + (position[$1] - (corner >> $1 & 1)) * strides[$1] }
          sum += matrix.coefficients[cell] / largest
        }
      }
      // Open where a cell is: the value inside obstacles has no weight.
      values.append(sum > 0.5 ? 1 : 0)
    }
    self.unknowns = unknowns
    openCount = values.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
    guard openCount > 0 else { throw SolveFailure(.unsupported, "learned directions need an open node") }
    mask = Tensor(values, shape: [1] + cells.reversed() + [1])
  }

  /// A residual as the network wants it, with the factor that made its mean square one; nil where it is zero.
  func tensor(_ residual: DenseVector) -> (tensor: Tensor<Float>, factor: Double)? {
    var square = 0.0
    for place in unknowns.indices where mask[place] > 0 {
      let r = residual[Int(unknowns[place])]
      square += r * r
    }
    guard square > 0, square.isFinite else { return nil }
    let factor = (Double(openCount) / square).squareRoot()
    let values = unknowns.indices.map { mask[$0] > 0 ? Float(factor * residual[Int(unknowns[$0])]) : 0 }
    return (Tensor(values, shape: mask.shape), factor)
  }

  func vector(_ tensor: Tensor<Float>, count: Int) -> DenseVector {
    var result = DenseVector(zeros: count)
    tensor.withUnsafeBufferPointer { values in
      for place in unknowns.indices { result[Int(unknowns[place])] = Double(values[place]) }
    }
    return result
  }
}
