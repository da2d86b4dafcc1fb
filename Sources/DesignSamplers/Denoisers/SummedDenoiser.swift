/// A design that several models speak about: the sum of their energies, each with a weight (Wu et al., "Compositional
/// generative inverse design", 2024, eq. 6). Each model sees some numbers of the design, or several pieces of it one by
/// one: so a design may have more bodies, a longer time or more components than what a model was trained on.
///
/// Where several see a number, the noise that they find in it is averaged by their weights, so that the sum stays of the
/// noise's size. A weight may be negative, which takes a model away that others have counted too often: of n bodies each
/// is seen by the n - 1 pairs that it is in, and what it does alone is taken off n - 2 times (Yedidia, Freeman & Weiss
/// 2005, eq. 15, of energies; exact where the pairs hang together as a tree).
public struct SummedDenoiser: Denoiser {
  /// A model and the pieces of the design that it sees.
  public struct Part: Sendable {
    public let denoiser: any Denoiser
    /// The numbers of each piece, in the model's order. All are denoised in one batch.
    public let pieces: [[Int]]
    public let weight: Double

    /// - Parameters:
    ///   - denoiser: The model.
    ///   - pieces: Each as many numbers of the design as the model's designs have.
    ///   - weight: Of each piece; not zero.
    public init(_ denoiser: any Denoiser, pieces: [[Int]], weight: Double = 1) {
      let size = denoiser.shape.reduce(1, *)
      precondition(pieces.allSatisfy { $0.count == size }, "pieces that are not of \(denoiser.shape)")
      precondition(weight != 0 && weight.isFinite, "weight \(weight)")
      self.denoiser = denoiser
      self.pieces = pieces
      self.weight = weight
    }

    public init(_ denoiser: any Denoiser, numbers: [Int], weight: Double = 1) {
      self.init(denoiser, pieces: [numbers], weight: weight)
    }
  }

  public let shape: [Int]
  public let parts: [Part]
  /// Of all pieces that see a number.
  private let weights: [Double]

  /// - Parameters:
  ///   - count: Numbers of the design.
  ///   - parts: The models. The weights of the pieces that see a number have a positive sum, for every number.
  public init(count: Int, _ parts: [Part]) {
    var weights = [Double](repeating: 0, count: count)
    for part in parts { for piece in part.pieces { for i in piece { weights[i] += part.weight } } }
    precondition(weights.allSatisfy { $0 > 0 }, "a number that no part sees, or whose weights have no positive sum")
    shape = [count]
    self.parts = parts
    self.weights = weights
  }

  public func denoise(_ x: Tensor<Float>, at level: NoiseLevel) throws -> Tensor<Float> {
    let answers = try parts.map { try $0.denoiser.denoise(gathered(x, $0), at: level) }
    return Tensor(summed(answers, rows: x.shape[0]) { $0 / weights[$1] }, shape: x.shape)
  }

  public func linearize(
    _ x: Tensor<Float>, at level: NoiseLevel
  ) throws -> (clean: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
    let answers = try parts.map { try $0.denoiser.linearize(gathered(x, $0), at: level) }
    let rows = x.shape[0]
    return (
      Tensor(summed(answers.map(\.clean), rows: rows) { $0 / weights[$1] }, shape: x.shape),
      { seed in
        let shares = Tensor(
          seed.elements.enumerated().map { $1 / Float(weights[$0 % weights.count]) }, shape: seed.shape)
        let pulled = zip(parts, answers).map { $1.pullback(gathered(shares, $0)) }
        return Tensor(summed(pulled, rows: rows) { value, _ in value }, shape: seed.shape)
      }
    )
  }

  /// `[rows × pieces, size…]`: all pieces of a design, then those of the next.
  private func gathered(_ x: Tensor<Float>, _ part: Part) -> Tensor<Float> {
    let rows = x.shape[0]
    var values: [Float] = []
    values.reserveCapacity(rows * part.pieces.reduce(0) { $0 + $1.count })
    x.withUnsafeBufferPointer { x in
      for row in 0..<rows { for piece in part.pieces { for i in piece { values.append(x[row * weights.count + i]) } } }
    }
    return Tensor(values, shape: [rows * part.pieces.count] + part.denoiser.shape)
  }

  /// The weighted sum of what the pieces say of each number, before or after its share.
  private func summed(_ answers: [Tensor<Float>], rows: Int, _ share: (Double, Int) -> Double) -> [Float] {
    let count = weights.count
    var sum = [Double](repeating: 0, count: rows * count)
    for (part, answer) in zip(parts, answers) {
      answer.withUnsafeBufferPointer { values in
        var next = 0
        for row in 0..<rows {
          for piece in part.pieces {
            for i in piece {
              sum[row * count + i] += part.weight * Double(values[next])
              next += 1
            }
          }
        }
      }
    }
    return sum.enumerated().map { Float(share($1, $0 % count)) }
  }
}
