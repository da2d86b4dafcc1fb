/// A design that several models speak about: the sum of their energies, each with a weight (Wu et al., "Compositional
/// generative inverse design", 2024, eq. 6). Each model sees some of the numbers of the design; where several see a
/// number, the noise that they find in it is averaged by their weights, so that the sum stays of the noise's size.
public struct SummedDenoiser: Denoiser {
  /// A model and the numbers of the design that it sees, in its order.
  public struct Part: Sendable {
    public let denoiser: any Denoiser
    public let numbers: [Int]
    public let weight: Double

    public init(_ denoiser: any Denoiser, numbers: [Int], weight: Double = 1) {
      precondition(numbers.count == denoiser.shape.reduce(1, *), "\(numbers.count) numbers for \(denoiser.shape)")
      precondition(weight > 0, "weight \(weight)")
      self.denoiser = denoiser
      self.numbers = numbers
      self.weight = weight
    }
  }

  public let shape: [Int]
  public let parts: [Part]
  /// Of all parts that see a number.
  private let weights: [Double]

  /// - Parameters:
  ///   - count: Numbers of the design; each must be seen by a part.
  ///   - parts: The models.
  public init(count: Int, _ parts: [Part]) {
    var weights = [Double](repeating: 0, count: count)
    for part in parts { for i in part.numbers { weights[i] += part.weight } }
    precondition(weights.allSatisfy { $0 > 0 }, "a number that no part sees")
    shape = [count]
    self.parts = parts
    self.weights = weights
  }

  public func denoise(_ x: Tensor<Float>, at level: NoiseLevel) throws -> Tensor<Float> {
    let answers = try parts.map { try $0.denoiser.denoise(gathered(x, $0), at: level) }
    return scattered(answers, rows: x.shape[0])
  }

  public func linearize(
    _ x: Tensor<Float>, at level: NoiseLevel
  ) throws -> (clean: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
    let answers = try parts.map { try $0.denoiser.linearize(gathered(x, $0), at: level) }
    return (
      scattered(answers.map(\.clean), rows: x.shape[0]),
      { seed in
        let shares = Tensor(
          seed.elements.enumerated().map { $1 / Float(weights[$0 % weights.count]) }, shape: seed.shape)
        var sum = [Float](repeating: 0, count: seed.count)
        for (part, answer) in zip(parts, answers) {
          let pulled = answer.pullback(gathered(shares, part)).elements
          for row in 0..<seed.shape[0] {
            for (k, i) in part.numbers.enumerated() {
              sum[row * weights.count + i] += Float(part.weight) * pulled[row * part.numbers.count + k]
            }
          }
        }
        return Tensor(sum, shape: seed.shape)
      }
    )
  }

  private func gathered(_ x: Tensor<Float>, _ part: Part) -> Tensor<Float> {
    let values = x.elements, rows = x.shape[0]
    return Tensor(
      (0..<rows).flatMap { row in part.numbers.map { values[row * weights.count + $0] } },
      shape: [rows] + part.denoiser.shape)
  }

  private func scattered(_ answers: [Tensor<Float>], rows: Int) -> Tensor<Float> {
    var sum = [Double](repeating: 0, count: rows * weights.count)
    for (part, answer) in zip(parts, answers) {
      let values = answer.elements
      for row in 0..<rows {
        for (k, i) in part.numbers.enumerated() {
          let share = part.weight / weights[i]
          sum[row * weights.count + i] += share * Double(values[row * part.numbers.count + k])
        }
      }
    }
    return Tensor(sum.map { Float($0) }, shape: [rows, weights.count])
  }
}
