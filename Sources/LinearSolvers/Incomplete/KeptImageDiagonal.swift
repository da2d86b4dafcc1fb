/// The diagonal of a lower triangle L for which L Lᵀ w is a given vector, the entries below it being given: the row sums of the
/// product where w is constant.
///
/// One sweep: with c = (strictly lower part)ᵀ w and y = Lᵀ w, row i reads d (d w + c) = t - Σ_{j<i} l_ij y_j, a quadratic with one
/// positive root where its right side is positive. What modified incomplete Cholesky does to its pivots (Gustafsson 1978) is
/// so done to any triangle. Where the right side is not positive, the row keeps a diagonal that the caller has.
public struct KeptImageDiagonal {
  /// `[dimension]`
  public private(set) var diagonal: [Double]
  /// Rows that keep the diagonal that they had.
  public private(set) var refused = 0

  private let pattern: SparsePattern
  private let weights: [Double]
  /// Lᵀ w, (strictly lower part)ᵀ w, and the root of the quadratic's discriminant, 0 where it was refused.
  private var images: [Double]
  private var sums: [Double]
  private var roots: [Double]

  /// The part of the old diagonal below which a new entry is refused.
  public static let least = 0.05

  /// - Parameters:
  ///   - pattern: Of the triangle.
  ///   - lower: Its entries; those of the diagonal are not read.
  ///   - weights: w, positive. `[dimension]`
  ///   - target: What L Lᵀ w is to be. `[dimension]`
  ///   - fallback: A positive diagonal. `[dimension]`
  public init(
    _ pattern: SparsePattern, lower: [Double], weights: [Double], target: [Double], keeping fallback: [Double]
  ) {
    let n = pattern.dimension
    self.pattern = pattern
    self.weights = weights
    diagonal = fallback
    images = [Double](repeating: 0, count: n)
    sums = images
    roots = images
    // What the rows above take from the right side of the rows below.
    var taken = images
    var refused = 0
    pattern.columnStarts.withUnsafeBufferPointer { starts in
      pattern.rows.withUnsafeBufferPointer { rows in
        lower.withUnsafeBufferPointer { l in
          taken.withUnsafeMutableBufferPointer { taken in
            weights.withUnsafeBufferPointer { w in
              var i = 0
              while i < n {
                let first = Int(starts[i]) &+ 1, end = Int(starts[i &+ 1])
                var c = 0.0
                var k = first
                while k < end {
                  c += l[k] * w[Int(rows[k])]
                  k &+= 1
                }
                let square = c * c + 4 * w[i] * (target[i] - taken[i])
                let root = square.squareRoot()
                let d = (root - c) / (2 * w[i])
                // Also refuses what is not a number.
                if root > 0, d > Self.least * fallback[i], d.isFinite {
                  diagonal[i] = d
                  roots[i] = root
                } else {
                  refused += 1
                }
                sums[i] = c
                let y = diagonal[i] * w[i] + c
                images[i] = y
                k = first
                while k < end {
                  taken[Int(rows[k])] += l[k] * y
                  k &+= 1
                }
                i &+= 1
              }
            }
          }
        }
      }
    }
    self.refused = refused
  }

  /// The gradient with respect to the entries and to the target, from that with respect to the diagonal.
  ///
  /// - Parameters:
  ///   - seed: `[dimension]`
  ///   - lower: The entries as before.
  ///   - entries: Where the gradient of the entries is added; those of the diagonal stay. `[pattern.entryCount]`
  /// - Returns: The gradient of the target. `[dimension]`
  public func pullback(_ seed: [Double], lower: [Double], addingTo entries: inout [Double]) -> [Double] {
    let n = pattern.dimension
    var ofTarget = [Double](repeating: 0, count: n)
    for i in (0..<n).reversed() {
      let first = Int(pattern.columnStarts[i]) + 1, end = Int(pattern.columnStarts[i + 1])
      var ofImage = 0.0
      for k in first..<max(first, end) {
        let below = ofTarget[Int(pattern.rows[k])]
        ofImage -= below * lower[k]
        entries[k] -= below * images[i]
      }
      var ofSum = ofImage
      if roots[i] > 0 {
        let ofDiagonal = seed[i] + weights[i] * ofImage
        ofTarget[i] = ofDiagonal / roots[i]
        ofSum += ofDiagonal * (sums[i] / roots[i] - 1) / (2 * weights[i])
      }
      for k in first..<max(first, end) { entries[k] += ofSum * weights[Int(pattern.rows[k])] }
    }
    return ofTarget
  }
}
