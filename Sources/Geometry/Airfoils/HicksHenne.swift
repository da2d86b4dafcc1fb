import Foundation

/// A given foil with smooth bumps on its two sides: sin^w(π x^e) with its peak at a place of its own.
///
/// Design: the heights of the upper side's bumps, then of the lower side's, in chords. Hicks & Henne, J. Aircraft 15
/// (1978) 407.
public struct HicksHenne: Transform {
  public let surface: SurfaceModes

  /// - Parameters:
  ///   - base: `[nodeCount, 2]`, the foil that is changed.
  ///   - bumpsPerSide: their peaks are dense at both ends, as cosines are.
  ///   - exponent: w; larger makes narrower bumps.
  public init(base: DenseVector, bumpsPerSide: Int = 8, exponent: Double = 3) {
    let nose = base.foremostNode
    let peaks = (1...bumpsPerSide).map { 0.5 * (1 - cos(Double.pi * Double($0) / Double(bumpsPerSide + 1))) }
    var modes: [DenseVector] = []
    for side in [0..<nose, (nose + 1)..<base.count / 2] {
      for peak in peaks {
        var mode = DenseVector(zeros: base.count)
        let power = log(0.5) / log(peak)
        for node in side {
          let x = min(max(base[2 * node], 0), 1)
          mode[2 * node + 1] = pow(max(0, sin(Double.pi * pow(x, power))), exponent)
        }
        modes.append(mode)
      }
    }
    surface = SurfaceModes(base: base, modes: modes)
  }

  public var designCount: Int { surface.modes.count }
  public func apply(_ x: DenseVector) -> DenseVector { surface.apply(x) }
  public func pullback(_ seed: DenseVector, at x: DenseVector) -> DenseVector { surface.pullback(seed, at: x) }
}

extension DenseVector {
  /// The node of a surface `[nodeCount, 2]` with the smallest x.
  public var foremostNode: Int {
    var foremost = 0
    for node in 0..<count / 2 where self[2 * node] < self[2 * foremost] { foremost = node }
    return foremost
  }
}
