/// Between designs and what networks see of them: every number less its mean, over its deviation.
public struct DesignScaling: Sendable, Equatable {
  public let mean: DenseVector
  /// Positive; one where a number does not vary.
  public let deviation: DenseVector

  public init(mean: DenseVector, deviation: DenseVector) {
    precondition(mean.count == deviation.count, "\(mean.count) means, \(deviation.count) deviations")
    self.mean = mean
    self.deviation = DenseVector(deviation.elements.map { $0 > 0 && $0.isFinite ? $0 : 1 })
  }

  /// The mean and the deviation of a set.
  public init(of designs: [DenseVector]) {
    precondition(!designs.isEmpty, "no designs to take the scale from")
    let count = Double(designs.count), size = designs[0].count
    var mean = DenseVector(zeros: size), variance = DenseVector(zeros: size)
    for design in designs { mean.add(design, scaledBy: 1 / count) }
    for design in designs {
      for i in 0..<size { variance[i] += (design[i] - mean[i]) * (design[i] - mean[i]) / count }
    }
    self.init(mean: mean, deviation: DenseVector(variance.elements.map { $0.squareRoot() }))
  }

  /// `[count, size]` of mean zero and deviation one.
  public func scaled(_ designs: [DenseVector], shape: [Int]? = nil) -> Tensor<Float> {
    let values = designs.flatMap { x in (0..<mean.count).map { Float((x[$0] - mean[$0]) / deviation[$0]) } }
    return Tensor(values, shape: [designs.count] + (shape ?? [mean.count]))
  }

  /// The designs in their own scale.
  public func designs(_ scaled: Tensor<Float>) -> [DenseVector] {
    let values = scaled.elements, size = mean.count
    return (0..<values.count / size).map { row in
      DenseVector((0..<size).map { mean[$0] + deviation[$0] * Double(values[row * size + $0]) })
    }
  }
}
