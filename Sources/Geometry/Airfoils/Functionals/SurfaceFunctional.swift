/// A number read off a surface `[nodeCount, 2]`, with its gradient by the nodes.
public protocol SurfaceFunctional: Sendable {
  /// - Throws: `SolveFailure` where the surface is not one that has such a number.
  func evaluate(_ surface: DenseVector, wantsGradient: Bool) throws(SolveFailure) -> SurfaceValue
}

/// What a functional of a surface found.
public struct SurfaceValue: Sendable {
  public let value: Double
  /// `[nodeCount, 2]`; empty where it was not asked for.
  public let gradient: DenseVector

  public init(value: Double, gradient: DenseVector) {
    self.value = value
    self.gradient = gradient
  }
}

extension SurfaceFunctional {
  public func value(_ surface: DenseVector) throws(SolveFailure) -> Double {
    try evaluate(surface, wantsGradient: false).value
  }
}

/// The smallest of some numbers, smoothed from below, and the weights of its gradient.
func softMinimum(_ values: [Double], sharpness: Double) -> (value: Double, weights: [Double]) {
  guard values.count > 1, let smallest = values.min() else { return (values.first ?? 0, [1]) }
  let powers = values.map { exponential(-sharpness * ($0 - smallest)) }
  let sum = powers.reduce(0, +)
  return (smallest - logarithm(sum) / sharpness, powers.map { $0 / sum })
}
