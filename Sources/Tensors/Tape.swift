/// Where operations on tensors are recorded, to be read backward for their derivatives.
///
/// Operations on `Variable`s give results that know how seeds pull back through them. `pullback` then goes through what
/// led to a result once, in reverse (Griewank & Walther, "Evaluating Derivatives", 2008, chapter 3). A tape serves one
/// evaluation on one thread; operations spread over threads inside. What was recorded lives as long as the variables
/// that it led to: the tape itself holds none of it.
public final class Tape<Scalar: TensorScalar> {
  typealias Pull = (_ seed: Tensor<Scalar>, _ gradients: Gradients<Scalar>) -> Void

  private var count = 0
  /// The memory of this tape's tensors.
  public let pool: TensorPool
  /// Records nothing when false: values alone.
  public let recordsDerivatives: Bool

  public init(pool: TensorPool = TensorPool(), recordsDerivatives: Bool = true) {
    self.pool = pool
    self.recordsDerivatives = recordsDerivatives
  }

  /// Something that derivatives are asked for.
  public func input(_ value: Tensor<Scalar>) -> Variable<Scalar> {
    Variable(tape: self, entry: recordsDerivatives ? entry(of: [], nil) : nil, value: value)
  }

  /// Something that is given, and has no derivative.
  public func constant(_ value: Tensor<Scalar>) -> Variable<Scalar> { Variable(tape: self, entry: nil, value: value) }

  /// The result of an operation on `operands`. `pull` adds the seed's image to the gradients of the operands.
  func record(_ value: Tensor<Scalar>, of operands: [Variable<Scalar>], pull: @escaping Pull) -> Variable<Scalar> {
    let tracked = recordsDerivatives ? operands.compactMap(\.entry) : []
    return Variable(tape: self, entry: tracked.isEmpty ? nil : entry(of: tracked, pull), value: value)
  }

  private func entry(of operands: [TapeEntry<Scalar>], _ pull: Pull?) -> TapeEntry<Scalar> {
    defer { count += 1 }
    return TapeEntry(index: count, operands: operands, pull: pull)
  }

  /// The gradients of <seed, output> with respect to every input that led to the output.
  public func pullback(_ seed: Tensor<Scalar>, from output: Variable<Scalar>) -> Gradients<Scalar> {
    precondition(seed.shape == output.shape, "a seed of shape \(seed.shape) for an output of shape \(output.shape)")
    let gradients = Gradients<Scalar>(count: count, pool: pool)
    guard let last = output.entry else { return gradients }
    gradients.add(seed, to: output)
    for entry in last.history {
      guard let pull = entry.pull, let seed = gradients.take(entry.index) else { continue }
      pull(seed, gradients)
    }
    return gradients
  }

  /// The gradient of an output of one entry.
  public func gradient(of output: Variable<Scalar>) -> Gradients<Scalar> {
    pullback(Tensor(repeating: 1, shape: output.shape), from: output)
  }
}

/// One operation that derivatives pass through. Entries hold those before them and never those after, so that a record
/// is freed with its last variable.
final class TapeEntry<Scalar: TensorScalar> {
  let index: Int
  private var operands: [TapeEntry]
  private(set) var pull: Tape<Scalar>.Pull?

  init(index: Int, operands: [TapeEntry], pull: Tape<Scalar>.Pull?) {
    self.index = index
    self.operands = operands
    self.pull = pull
  }

  /// This entry and all that led to it, latest first.
  var history: [TapeEntry] {
    var found = [TapeEntry?](repeating: nil, count: index + 1)
    var open = [self]
    while let entry = open.popLast() {
      guard found[entry.index] == nil else { continue }
      found[entry.index] = entry
      open += entry.operands
    }
    return found.reversed().compactMap { $0 }
  }

  // One after the other: entries that free each other would overflow the stack of a thread where a record is long.
  deinit {
    var open = operands
    operands = []
    pull = nil
    while var entry = open.popLast() {
      guard isKnownUniquelyReferenced(&entry) else { continue }
      open += entry.operands
      entry.operands = []
      entry.pull = nil
    }
  }
}

/// A tensor on a tape.
public struct Variable<Scalar: TensorScalar> {
  public let tape: Tape<Scalar>
  /// nil for what has no derivative.
  let entry: TapeEntry<Scalar>?
  public let value: Tensor<Scalar>

  public var shape: [Int] { value.shape }
  public var count: Int { value.count }

  /// The same value as a constant: no derivative passes.
  public func detached() -> Variable { tape.constant(value) }
}

/// What the reverse sweep of a tape has added up so far.
public final class Gradients<Scalar: TensorScalar> {
  private var sums: [Tensor<Scalar>?]
  private let pool: TensorPool

  init(count: Int, pool: TensorPool) {
    sums = Array(repeating: nil, count: count)
    self.pool = pool
  }

  /// The gradient with respect to an input; zero where nothing depends on it.
  public subscript(variable: Variable<Scalar>) -> Tensor<Scalar> {
    variable.entry.flatMap { $0.index < sums.count ? sums[$0.index] : nil } ?? Tensor(zeros: variable.shape)
  }

  /// Whether anything wants the gradient of this operand.
  func wants(_ variable: Variable<Scalar>) -> Bool { variable.entry != nil }

  func add(_ part: @autoclosure () -> Tensor<Scalar>, to variable: Variable<Scalar>) {
    guard let index = variable.entry?.index else { return }
    let part = part()
    precondition(part.count == variable.count, "a gradient of shape \(part.shape) for a value of \(variable.shape)")
    guard var sum = sums[index] else {
      sums[index] = part.reshaped(to: variable.shape)
      return
    }
    sums[index] = nil
    addInPlace(&sum, part, pool: pool)
    sums[index] = sum
  }

  /// The sum of an intermediate result, which is complete when the sweep gets there; its memory is then free.
  fileprivate func take(_ index: Int) -> Tensor<Scalar>? {
    defer { sums[index] = nil }
    return sums[index]
  }
}
