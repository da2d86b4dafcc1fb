/// A record of operations on tensors, read backward for their derivatives.
///
/// Operations on `Variable`s append their results and how seeds pull back through them. `pullback` then goes through
/// the record once, in reverse (Griewank & Walther, "Evaluating Derivatives", 2008, chapter 3). A tape serves one
/// evaluation on one thread; operations spread over threads inside.
public final class Tape<Scalar: TensorScalar> {
  typealias Pull = (_ seed: Tensor<Scalar>, _ gradients: Gradients<Scalar>) -> Void

  private var pulls: [Pull?] = []
  /// True where a derivative can reach a parameter or an input that asked for it.
  private var isTracked: [Bool] = []
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
    record(value, isTracked: recordsDerivatives, pull: nil)
  }

  /// Something that is given, and has no derivative.
  public func constant(_ value: Tensor<Scalar>) -> Variable<Scalar> { record(value, isTracked: false, pull: nil) }

  /// The result of an operation on `operands`. `pull` adds the seed's image to the gradients of the operands.
  func record(_ value: Tensor<Scalar>, of operands: [Variable<Scalar>], pull: @escaping Pull) -> Variable<Scalar> {
    let tracked = recordsDerivatives && operands.contains { isTracked[$0.index] }
    return record(value, isTracked: tracked, pull: tracked ? pull : nil)
  }

  private func record(_ value: Tensor<Scalar>, isTracked tracked: Bool, pull: Pull?) -> Variable<Scalar> {
    pulls.append(pull)
    isTracked.append(tracked)
    return Variable(tape: self, index: pulls.count - 1, value: value)
  }

  func needsGradient(_ variable: Variable<Scalar>) -> Bool { isTracked[variable.index] }

  /// The gradients of <seed, output> with respect to every input of the tape.
  public func pullback(_ seed: Tensor<Scalar>, from output: Variable<Scalar>) -> Gradients<Scalar> {
    precondition(seed.shape == output.shape, "a seed of shape \(seed.shape) for an output of shape \(output.shape)")
    let gradients = Gradients<Scalar>(count: pulls.count, tape: self)
    gradients.add(seed, to: output)
    for index in stride(from: output.index, through: 0, by: -1) {
      guard let pull = pulls[index], let seed = gradients.take(index) else { continue }
      pull(seed, gradients)
    }
    return gradients
  }

  /// The gradient of an output of one entry.
  public func gradient(of output: Variable<Scalar>) -> Gradients<Scalar> {
    pullback(Tensor(repeating: 1, shape: output.shape), from: output)
  }
}

/// A tensor on a tape.
public struct Variable<Scalar: TensorScalar> {
  public let tape: Tape<Scalar>
  let index: Int
  public let value: Tensor<Scalar>

  public var shape: [Int] { value.shape }
  public var count: Int { value.count }

  /// The same value as a constant: no derivative passes.
  public func detached() -> Variable { tape.constant(value) }
}

/// What the reverse sweep of a tape has added up so far.
public final class Gradients<Scalar: TensorScalar> {
  private var sums: [Tensor<Scalar>?]
  private let tape: Tape<Scalar>

  init(count: Int, tape: Tape<Scalar>) {
    sums = Array(repeating: nil, count: count)
    self.tape = tape
  }

  /// The gradient with respect to an input; zero where nothing depends on it.
  public subscript(variable: Variable<Scalar>) -> Tensor<Scalar> {
    sums[variable.index] ?? Tensor(zeros: variable.shape)
  }

  /// Whether anything wants the gradient of this operand.
  func wants(_ variable: Variable<Scalar>) -> Bool { tape.needsGradient(variable) }

  func add(_ part: @autoclosure () -> Tensor<Scalar>, to variable: Variable<Scalar>) {
    guard wants(variable) else { return }
    let part = part()
    precondition(part.count == variable.count, "a gradient of shape \(part.shape) for a value of \(variable.shape)")
    guard var sum = sums[variable.index] else {
      sums[variable.index] = part.reshaped(to: variable.shape)
      return
    }
    sums[variable.index] = nil
    addInPlace(&sum, part, pool: tape.pool)
    sums[variable.index] = sum
  }

  /// The sum of an intermediate result, which is complete when the sweep gets there; its memory is then free.
  fileprivate func take(_ index: Int) -> Tensor<Scalar>? {
    defer { sums[index] = nil }
    return sums[index]
  }
}
