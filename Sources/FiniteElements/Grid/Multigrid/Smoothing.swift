/// How hard a multigrid cycle smooths: Chebyshev degrees by level, finest first; the last one serves all further levels.
///
/// Degrees that grow toward the coarse levels cost little, because coarse levels are small, and are what keeps the
/// iteration count low when coefficients jump by many orders of magnitude.
public struct Smoothing: Sendable, Hashable {
  public var degrees: [Int]

  public init(degrees: [Int]) {
    precondition(!degrees.isEmpty && degrees.allSatisfy { $0 > 0 }, "smoothing degrees are positive")
    self.degrees = degrees
  }

  /// For coefficients of one size.
  public static let light = Smoothing(degrees: [2, 3, 4, 6])
  /// For structures with void.
  public static let strong = Smoothing(degrees: [2, 12, 32, 48])

  /// The lighter one that converges well at a contrast (largest over smallest coefficient).
  static func suiting(contrast: Double) -> Smoothing { contrast > 100 ? .strong : .light }

  /// The same with higher degrees, for a solve that stalled.
  var stronger: Smoothing { Smoothing(degrees: degrees.map { 2 * $0 } + [degrees[degrees.count - 1] * 3]) }

  /// Largest over smallest eigenvalue of the interval that a polynomial of some degree damps. It grows with the square of
  /// the degree, so that the damping in the interval stays about the same.
  func ratio(degree: Int) -> Double { max(3, 0.8 * Double(degree * degree)) }
}
