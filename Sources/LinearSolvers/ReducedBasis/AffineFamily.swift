/// Matrices A(θ) = Σ_q θ_q A_q of symmetric positive semidefinite terms on one pattern: material constants of parts, springs
/// of a boundary, a shift.
public struct AffineFamily: Sendable {
  /// A_q. `[termCount]`
  public let terms: [SymmetricSparseMatrix]
  public var termCount: Int { terms.count }
  public var dimension: Int { terms[0].dimension }

  /// - Precondition: there is a term, and all have the entries of the first.
  public init(_ terms: [SymmetricSparseMatrix]) {
    precondition(!terms.isEmpty, "a family has a term")
    precondition(
      terms.allSatisfy { $0.pattern === terms[0].pattern || $0.pattern.hasSameEntries(as: terms[0].pattern) },
      "the terms of a family share a pattern")
    self.terms = terms
  }

  /// A(θ).
  public func matrix(_ weights: [Double]) -> SymmetricSparseMatrix {
    precondition(weights.count == termCount, "\(weights.count) weights for \(termCount) terms")
    var values = [Double](repeating: 0, count: terms[0].values.count)
    for (weight, term) in zip(weights, terms) {
      for k in values.indices { values[k] += weight * term.values[k] }
    }
    return SymmetricSparseMatrix(pattern: terms[0].pattern, values: values)
  }
}
