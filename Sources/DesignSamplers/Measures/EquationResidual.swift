/// How well drawn designs obey an equation: of each the mean size of its residual's entries, over a scale.
///
/// For samples that come with a state of their own, such as pairs of permeability and pressure. A design whose state is solved
/// for leaves no residual, and this says nothing of it.
public struct EquationResidual: Sendable {
  /// One a sample, the smallest first; infinite where the residual is not a number.
  public let norms: [Double]

  /// - Parameters:
  ///   - samples: At least one.
  ///   - scale: What a residual is divided by, such as the mean size of the equation's right side.
  ///   - residual: Of a sample, at least one entry; zero where the equation holds.
  public init<Sample>(of samples: [Sample], relativeTo scale: Double = 1, residual: (Sample) -> [Double]) {
    precondition(!samples.isEmpty && scale > 0, "\(samples.count) samples, scale \(scale)")
    norms = samples.map { sample in
      let entries = residual(sample)
      precondition(!entries.isEmpty, "a residual without entries")
      let norm = entries.reduce(0) { $0 + abs($1) } / (scale * Double(entries.count))
      return norm.isNaN ? .infinity : norm
    }.sorted()
  }

  public var mean: Double { norms.reduce(0, +) / Double(norms.count) }

  /// The least norm that a part of the samples does not exceed: one half for the median.
  public func quantile(_ part: Double) -> Double {
    precondition((0...1).contains(part), "a part of \(part)")
    return norms[max(0, Int((part * Double(norms.count)).rounded(.up)) - 1)]
  }
}
