/// How far apart two designs are, in what can be seen of them, and from where on they are two.
struct DesignDifference: Sendable {
  /// What is measured, with its unit.
  let words: String
  /// Designs no farther apart are taken for one.
  let threshold: Double
  private let measure: @Sendable (DenseVector, DenseVector) -> Double

  init(_ words: String, threshold: Double, _ measure: @escaping @Sendable (DenseVector, DenseVector) -> Double) {
    self.words = words
    self.threshold = threshold
    self.measure = measure
  }

  func callAsFunction(_ a: DenseVector, _ b: DenseVector) -> Double { measure(a, b) }
}
