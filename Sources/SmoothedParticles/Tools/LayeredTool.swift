import DifferentiableCore

/// A solid shape in layers of particles, some of whose numbers are design variables: each is what is added to its number.
public struct LayeredTool: ToolShape {
  public let layers: BodyFittedLayers
  private let free: [Int]
  private let own: DenseVector

  /// - Parameters:
  ///   - layers: The particles about the shape.
  ///   - free: Which of the shape's numbers may change.
  public init(_ layers: BodyFittedLayers, free: [Int]) {
    self.layers = layers
    self.free = free
    own = DenseVector(layers.shape.parameters)
    precondition(!free.isEmpty && free.allSatisfy(own.elements.indices.contains), "numbers of the shape")
  }

  public var dimension: Int { layers.shape.dimension }
  public var particleCount: Int { layers.count }
  public var variables: Block { Block("solid", shape: [free.count], unit: "1") }

  private func numbers(_ x: DenseVector) -> DenseVector {
    var numbers = own
    for (k, number) in free.enumerated() { numbers[number] += x[k] }
    return numbers
  }

  public func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector { layers.positions(numbers(x)) }

  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    let gradient = layers.pullback(seed, at: numbers(x))
    return DenseVector(free.map { gradient[$0] })
  }
}
