/// Repeats an incomplete factorization with growing shifts of the scaled diagonal until no pivot breaks down.
///
/// Source: Lin and Moré, Incomplete Cholesky Factorizations with Limited Memory (1999), section 3.
struct ShiftRestarts {
  let first: Double
  /// Each next shift is this many times the last.
  private static let growth = 4.0
  private static let smallest = 1e-3

  /// - Parameter factor: factors with a shift; false where it breaks down.
  func run(_ factor: (Double) -> Bool) throws(SolveFailure) {
    var shift = first
    while !factor(shift) {
      try CancellationFlag.check()
      shift = max(Self.smallest, shift * Self.growth)
      guard shift < 1e3 else {
        throw SolveFailure(.singular, "incomplete Cholesky breaks down with every shift: the matrix is not finite")
      }
    }
  }
}
