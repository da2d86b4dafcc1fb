/// How hard a multigrid cycle smooths: Chebyshev degrees by level, finest first; the last one serves all further levels.
///
/// Degrees that grow toward the coarse levels cost little, because coarse levels are small, and are what keeps the
/// iteration count low when coefficients jump by many orders of magnitude.
public struct Smoothing: Sendable, Hashable {
  public var degrees: [Int]
  /// A polynomial of degree k damps eigenvalues down to largest / (width k²). The damping in the interval is then about
  /// the same for every degree.
  public var width: Double

  public init(degrees: [Int], width: Double = 2) {
    precondition(!degrees.isEmpty && degrees.allSatisfy { $0 > 0 }, "smoothing degrees are positive")
    precondition(width > 0, "the width of a smoothing interval is positive")
    self.degrees = degrees
    self.width = width
  }

  /// What takes the least time by measurement. In three dimensions coarse grids are an eighth of the next finer one and
  /// often fit the cache, so smoothing there costs little at any contrast; in two dimensions it pays where coefficients
  /// jump by orders of magnitude.
  /// - Parameter contrast: largest over smallest coefficient.
  static func suiting(contrast: Double, dimension: Int) -> Smoothing {
    if dimension == 3 { return Smoothing(degrees: [2, 12, 32, 48]) }
    return Smoothing(degrees: contrast > 100 ? [2, 6, 12, 24] : [2, 4, 8, 12])
  }

  /// The same with higher degrees, for a solve that stalled.
  var stronger: Smoothing {
    Smoothing(degrees: degrees.map { 2 * $0 } + [degrees[degrees.count - 1] * 3], width: width)
  }

  /// Largest over smallest eigenvalue of the interval that a polynomial of some degree damps.
  func ratio(degree: Int) -> Double { max(2, width * Double(degree * degree)) }
}
