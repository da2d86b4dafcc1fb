/// Mixes vectors entry by entry: y_i = Σ_c w_c(s_i) z_c,i, the weights a perceptron's answer to numbers of the entry.
///
/// The numbers are to be without unit, so that y scales with the vectors. The same small network serves any number of
/// unknowns, and costs a fixed number of multiply-adds for each.
public struct MixtureNetwork: Sendable {
  public let layout: ParameterLayout
  /// Numbers of an entry.
  public let inputs: Int
  /// Vectors that are mixed.
  public let candidates: Int
  private let perceptron: MultilayerPerceptron
  private let widths: [Int]

  /// - Parameters:
  ///   - inputs: Numbers of an entry.
  ///   - candidates: Vectors that are mixed.
  ///   - hidden: Widths of the hidden layers.
  ///   - startsAtZero: Whether the mixture begins as zero, for one that is added to something.
  public init(inputs: Int, candidates: Int, hidden: [Int], startsAtZero: Bool = true) {
    var layout = ParameterLayout()
    widths = [inputs] + hidden + [candidates]
    perceptron = MultilayerPerceptron("mixture", widths: widths, startsAtZero: startsAtZero, in: &layout)
    self.layout = layout
    self.inputs = inputs
    self.candidates = candidates
  }

  /// - Parameters:
  ///   - numbers: `[entries, inputs]`.
  ///   - vectors: `[entries, candidates]`.
  ///   - p: Values of the parameters, on the tape.
  /// - Returns: `[entries, 1]`.
  public func callAsFunction<S>(_ numbers: Variable<S>, _ vectors: Variable<S>, _ p: BoundParameters<S>) -> Variable<S>
  {
    let ones = p.tape.constant(Tensor<S>(repeating: 1, shape: [candidates, 1]))
    return (perceptron(numbers, p) * vectors).times(ones)
  }

  /// The mixture alone.
  ///
  /// - Parameters:
  ///   - entries: What is mixed.
  ///   - parameters: `[layout.count]`.
  ///   - pool: Memory of its tensors.
  public func mixture(_ entries: MixtureEntries, _ parameters: Tensor<Float>, _ pool: TensorPool) -> DenseVector {
    let tape = Tape<Float>(pool: pool, recordsDerivatives: false)
    let p = BoundParameters(parameters, layout, on: tape, isTracked: false)
    return self(tape.constant(entries.numbers), tape.constant(entries.vectors), p).value.vector
      .scaled(by: entries.scale)
  }

  /// Multiply-adds for one entry.
  public var multiplyAddsPerEntry: Double {
    Double(zip(widths, widths.dropFirst()).reduce(candidates) { $0 + $1.0 * $1.1 })
  }
}

/// What a mixture is made of.
public struct MixtureEntries: Sendable {
  /// Without unit. `[entries, inputs]`
  public let numbers: Tensor<Float>
  /// Over `scale`. `[entries, candidates]`
  public let vectors: Tensor<Float>
  /// About the size of the vectors' entries.
  public let scale: Double

  /// - Parameters:
  ///   - numbers: Of every entry, without unit: vectors of as many entries each.
  ///   - vectors: That are mixed, likewise.
  public init(numbers: [DenseVector], vectors: [DenseVector]) {
    let count = vectors[0].count
    let square = vectors.reduce(0) { max($0, $1.dot($1)) } / Double(max(1, count))
    let scale = square > 0 && square.isFinite ? square.squareRoot() : 1
    self.scale = scale
    func columns(_ parts: [DenseVector], _ factor: Double) -> Tensor<Float> {
      precondition(parts.allSatisfy { $0.count == count }, "vectors of different lengths in a mixture")
      var values = [Float](repeating: 0, count: count * parts.count)
      for (column, part) in parts.enumerated() {
        let width = parts.count
        values.withUnsafeMutableBufferPointer { values in
          part.withUnsafeBufferPointer { part in
            var place = column
            for row in 0..<count {
              values[place] = Float(part[row] * factor)
              place &+= width
            }
          }
        }
      }
      return Tensor(values, shape: [count, parts.count])
    }
    self.numbers = columns(numbers, 1)
    self.vectors = columns(vectors, 1 / scale)
  }
}
