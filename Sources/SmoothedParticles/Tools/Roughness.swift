import DifferentiableCore

/// Half the mean squared difference of neighbouring variables on a grid, summed over the grid's axes, in the variables' unit
/// squared: large where a shape is rough.
public struct Roughness: FieldFunctional {
  /// Nodes of the grid, the last axis fastest.
  public let shape: [Int]
  /// Numbers at a node.
  public let components: Int

  public init(shape: [Int], components: Int = 1) {
    self.shape = shape
    self.components = components
  }

  private func forEachPair(_ body: (_ from: Int, _ to: Int, _ weight: Double) -> Void) {
    let count = shape.reduce(1, *) * components
    var stride = components
    for length in shape.reversed() {
      if length > 1 {
        let pairs = Double(count / length * (length - 1))
        for k in 0..<count where k / stride % length < length - 1 { body(k, k + stride, 1 / pairs) }
      }
      stride *= length
    }
  }

  public func value(_ field: DenseVector) -> Double {
    var sum = 0.0
    forEachPair { sum += 0.5 * $2 * (field[$1] - field[$0]) * (field[$1] - field[$0]) }
    return sum
  }

  public func gradient(_ field: DenseVector) -> DenseVector {
    var gradient = DenseVector(zeros: field.count)
    forEachPair { from, to, weight in
      let rise = weight * (field[to] - field[from])
      gradient[to] += rise
      gradient[from] -= rise
    }
    return gradient
  }
}
