#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A differentiable upper estimate of the largest of some numbers, the Kreisselmeier-Steinhauser function
/// m + (s / r) ln Σ exp(r (x_i - m) / s), with m the largest, s the largest magnitude and r the sharpness.
///
/// It lies above the maximum by at most s ln(n) / r. The scale s is held fixed in the derivative's exponentials but its
/// own derivative is carried, so that the gradient is exact.
/// Reference: Kreisselmeier & Steinhauser, IFAC Proc. 12 (1979).
public struct SmoothMaximum: Sendable {
  public var sharpness: Double
  public init(sharpness: Double = 50) { self.sharpness = sharpness }

  /// The value and its gradient.
  public func callAsFunction(_ x: [Double]) -> (value: Double, gradient: [Double]) {
    guard let largest = x.max() else { return (0, []) }
    let (scaleIndex, scale) = x.enumerated().map { ($0.offset, abs($0.element)) }.max { $0.1 < $1.1 }!
    if scale == 0 { return (0, x.map { _ in 1 / Double(x.count) }) }
    let exponentials = x.map { exp(sharpness * ($0 - largest) / scale) }
    let total = exponentials.reduce(0, +)
    let logarithm = log(total)
    var gradient = exponentials.map { $0 / total }
    // d/ds of (s / r) ln Σ exp(r (x_i - m) / s)
    let mean = zip(exponentials, x).reduce(0) { $0 + $1.0 / total * ($1.1 - largest) }
    gradient[scaleIndex] += (logarithm / sharpness - mean / scale) * (x[scaleIndex] < 0 ? -1 : 1)
    return (largest + scale / sharpness * logarithm, gradient)
  }
}

/// The smooth maximum of several functionals: worst case over load cases.
public struct SmoothWorstCase<Part: StateFunctional>: StateFunctional
where Part.Parameters == CellCoefficients, Part.State == DenseVector {
  public let parts: [Part]
  public let maximum: SmoothMaximum

  public init(_ parts: [Part], maximum: SmoothMaximum = SmoothMaximum()) {
    self.parts = parts
    self.maximum = maximum
  }

  public func value(_ parameters: CellCoefficients, _ state: DenseVector) -> Double {
    maximum(parts.map { $0.value(parameters, state) }).value
  }

  public func partials(_ parameters: CellCoefficients, _ state: DenseVector)
    -> (state: DenseVector, parameters: CellCoefficients)
  {
    let weights = maximum(parts.map { $0.value(parameters, state) }).gradient
    var seed = DenseVector.zero
    var explicit = CellCoefficients.zero
    for (part, weight) in zip(parts, weights) where weight != 0 {
      let partial = part.partials(parameters, state)
      seed.add(partial.state, scaledBy: weight)
      explicit.source.add(partial.parameters.source, scaledBy: weight)
      explicit.stiffness.add(partial.parameters.stiffness, scaledBy: weight)
    }
    return (seed, explicit)
  }
}

/// The smooth maximum of some entries of the state: highest temperature of a region.
public struct SmoothMaximumOfState: StateFunctional {
  public let unknowns: [Int]
  public let maximum: SmoothMaximum

  /// The smooth maximum over `unknowns`, indices into the whole state.
  public init(unknowns: [Int], maximum: SmoothMaximum = SmoothMaximum()) {
    self.unknowns = unknowns
    self.maximum = maximum
  }

  public func value(_ parameters: CellCoefficients, _ state: DenseVector) -> Double {
    maximum(unknowns.map { state[$0] }).value
  }

  public func partials(_ parameters: CellCoefficients, _ state: DenseVector)
    -> (state: DenseVector, parameters: CellCoefficients)
  {
    var seed = DenseVector(zeros: state.count)
    for (unknown, weight) in zip(unknowns, maximum(unknowns.map { state[$0] }).gradient) { seed[unknown] += weight }
    return (seed, .zero)
  }
}
