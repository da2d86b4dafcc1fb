#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a system looks like before it is solved, as one number in -1...1, from some thousand entries of its diagonal.
public enum SystemFeature: String, Sendable, Hashable, CaseIterable {
  /// How widely the coefficients are spread: the deviation of the decimal logarithms of the diagonal, 0 to 5.
  case contrast
  /// How much of the domain is stiff: the mean of the diagonal over its 99th percentile, 0 to 1.
  case volume

  private static let sample = 4096

  public func value(of matrix: some LinearOperator) -> Double {
    let diagonal = matrix.diagonal()
    let step = max(1, diagonal.count / Self.sample)
    let entries = stride(from: 0, to: diagonal.count, by: step).map { diagonal[$0] }.filter { $0 > 0 && $0.isFinite }
    guard !entries.isEmpty else { return 0 }
    let count = Double(entries.count)
    switch self {
    case .contrast:
      let logarithms = entries.map { log10($0) }
      let mean = logarithms.reduce(0, +) / count
      let deviation = (logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
      return min(deviation, 5) / 2.5 - 1
    case .volume:
      let large = entries.sorted()[entries.count * 99 / 100]
      return min(entries.reduce(0) { $0 + min($1, large) } / count / large, 1) * 2 - 1
    }
  }
}
