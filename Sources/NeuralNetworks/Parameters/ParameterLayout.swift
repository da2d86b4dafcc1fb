/// The parameters of a network: named slots, one after the other in one flat block.
///
/// Layers ask for their slots when they are made; the block itself is a tensor `[count]` of its own, so that training,
/// files and averages know nothing of layers.
public struct ParameterLayout: Sendable, Hashable {
  public private(set) var slots: [ParameterSlot] = []

  public init() {}

  public var count: Int { slots.last.map { $0.range.upperBound } ?? 0 }

  /// Appends a slot.
  ///
  /// - Parameters:
  ///   - name: Unique; parts are joined by dots, as in `down.0.first.weights`.
  ///   - shape: Of the slot's array.
  ///   - start: Its values before training.
  public mutating func slot(_ name: String, _ shape: [Int], _ start: InitialValues) -> ParameterSlot {
    precondition(!slots.contains { $0.name == name }, "two slots are named \(name)")
    let size = shape.reduce(1, *)
    let slot = ParameterSlot(name: name, shape: shape, start: start, index: slots.count, range: count..<(count + size))
    slots.append(slot)
    return slot
  }

  /// A block to begin training with: every slot drawn in order from one generator.
  public func initialParameters<Scalar: TensorScalar>(seed: UInt64) -> Tensor<Scalar> {
    var generator = SeededGenerator(seed: seed)
    return Tensor(
      slots.flatMap { slot in slot.start.values(count: slot.range.count, using: &generator) }, shape: [count])
  }

  /// The blocks of the flat vector, for files and optimizers.
  public var blocks: [Block] { slots.map { Block($0.name, shape: $0.shape) } }
}

/// One parameter of a network: where it lies in the block.
public struct ParameterSlot: Sendable, Hashable {
  public let name: String
  public let shape: [Int]
  /// What it is before training.
  public let start: InitialValues
  let index: Int
  /// Its entries in the block.
  public let range: Range<Int>
}

/// How the entries of a slot are drawn before training.
public enum InitialValues: Sendable, Hashable {
  case constant(Double)
  /// Uniform in plus or minus 1 / sqrt(inputs), inputs being the numbers that one result adds up.
  case uniform(inputs: Int)
  case normal(deviation: Double)

  func values<Scalar: TensorScalar>(count: Int, using generator: inout SeededGenerator) -> [Scalar] {
    switch self {
    case .constant(let value): return [Scalar](repeating: Scalar(value), count: count)
    case .uniform(let inputs):
      let bound = 1 / Double(max(1, inputs)).squareRoot()
      return (0..<count).map { _ in Scalar(bound * (2 * generator.uniform() - 1)) }
    case .normal(let deviation): return (0..<count).map { _ in Scalar(deviation * generator.normal()) }
    }
  }
}
