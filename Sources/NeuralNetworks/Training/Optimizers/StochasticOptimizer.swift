/// A method that learns from one noisy gradient a step.
///
/// It is another protocol than `Optimizer`, because the two promise different things: a design problem has bounds and
/// constraints, evaluates points that may be refused, and is in double; training has none of these, takes every step, and
/// must update hundreds of thousands of single-precision numbers in place in the time of a few passes over them.
public protocol StochasticOptimizer: Sendable {
  /// As a scene or a checkpoint names it: `adamw`.
  var name: String { get }
  func start(at parameters: Tensor<Float>, layout: ParameterLayout) -> OptimizerMemory
  /// One step.
  ///
  /// - Parameters:
  ///   - memory: Of the steps before; changed to that of this one.
  ///   - parameters: `[count]`, where the gradient was taken; changed to where the next one is to be taken.
  ///   - gradient: `[count]`.
  ///   - rate: The factor of the step; methods that find their own multiply theirs by it.
  func update(
    _ memory: inout OptimizerMemory, _ parameters: inout Tensor<Float>, gradient: Tensor<Float>, rate: Double)
  /// The parameters to use, where those at which gradients are taken are others.
  func answer(_ memory: OptimizerMemory, _ parameters: Tensor<Float>) -> Tensor<Float>
}

extension StochasticOptimizer {
  public func answer(_ memory: OptimizerMemory, _ parameters: Tensor<Float>) -> Tensor<Float> { parameters }
}

/// What a method keeps between its steps.
public struct OptimizerMemory: Sendable, Equatable {
  /// Steps taken.
  public var step = 0
  public var vectors: [Tensor<Float>]
  public var numbers: [Double]

  public init(vectors: [Tensor<Float>], numbers: [Double] = []) {
    self.vectors = vectors
    self.numbers = numbers
  }

  /// As many vectors of zeros as are asked for.
  init(zeros vectors: Int, like parameters: Tensor<Float>) {
    self.init(vectors: (0..<vectors).map { _ in Tensor(zeros: [parameters.count]) })
  }

  public func save() -> NamedArrays {
    var arrays = NamedArrays()
    arrays[integer: "step"] = [Int64(step)]
    arrays[real: "numbers"] = numbers
    for (i, vector) in vectors.enumerated() { arrays[real: "vector-\(i)"] = vector.elements.map(Double.init) }
    return arrays
  }

  /// The memory saved, where it has the form of `self`; nil otherwise.
  public func restored(from arrays: NamedArrays) -> OptimizerMemory? {
    guard let step = arrays[integer: "step"]?.first, let known = arrays[real: "numbers"], known.count == numbers.count
    else { return nil }
    var result = OptimizerMemory(vectors: [], numbers: known)
    result.step = Int(step)
    for (i, vector) in vectors.enumerated() {
      guard let values = arrays[real: "vector-\(i)"], values.count == vector.count else { return nil }
      result.vectors.append(Tensor(values.map { Float($0) }, shape: vector.shape))
    }
    return result
  }

  /// Runs `body` over blocks of entries, on as many threads as allowed.
  ///
  /// - Parameter body: Takes the block, the parameters, the gradient and the vectors, all from their first entries.
  mutating func update(
    _ parameters: inout Tensor<Float>, gradient: Tensor<Float>, _ body: @Sendable (Range<Int>, EntryPointers) -> Void
  ) {
    precondition(
      gradient.count == parameters.count, "a gradient of \(gradient.count) for \(parameters.count) parameters")
    var kept: [UnsafeMutablePointer<Float>] = []
    for i in vectors.indices { vectors[i].withUnsafeMutableBufferPointer { kept.append($0.baseAddress!) } }
    let count = parameters.count
    parameters.withUnsafeMutableBufferPointer { x in
      gradient.withUnsafeBufferPointer { g in
        guard let x = x.baseAddress, let g = g.baseAddress else { return }
        let shared = UncheckedShared(EntryPointers(parameters: x, gradient: g, vectors: kept))
        concurrentlyForEach(count: count) { range in body(range, shared.value) }
      }
    }
    withExtendedLifetime(vectors) {}
  }
}

/// The first entries of what a step reads and writes.
struct EntryPointers {
  let parameters: UnsafeMutablePointer<Float>
  let gradient: UnsafePointer<Float>
  let vectors: [UnsafeMutablePointer<Float>]
}
