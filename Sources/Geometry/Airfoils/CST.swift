import Foundation

/// Class-shape transformation: y = x^(1/2) (1 - x) Σ A_i B_i(x) on each side, with Bernstein polynomials B_i, plus a
/// leading-edge term w x (1 - x)^(n + 1/2) and a trailing edge of thickness t, ± x t / 2.
///
/// Design: `[lower weights, upper weights, leading-edge weight, trailing-edge thickness]`, the last two where they are
/// part of it. Kulfan, J. Aircraft 45 (2008) 142; the leading-edge term: Kulfan, "Modification of CST airfoil
/// representation methodology" (2020), with n the number of weights of a side.
public struct CST: Transform {
  public let weightsPerSide: Int
  public let hasLeadingEdgeTerm: Bool
  /// Where it is part of the design; the trailing edge is `trailingEdgeThickness` thick otherwise.
  public let hasFreeTrailingEdge: Bool
  public let trailingEdgeThickness: Double
  /// The first weights of both sides are one variable, equal and opposite: the lower side's is left out of the design.
  public let isRoundAtNose: Bool
  public let surface: SurfaceModes

  public init(
    weightsPerSide: Int = 8, hasLeadingEdgeTerm: Bool = true, hasFreeTrailingEdge: Bool = false,
    trailingEdgeThickness: Double = 0, isRoundAtNose: Bool = false, stations: ChordStations = ChordStations()
  ) {
    precondition(weightsPerSide >= 2, "a side needs at least two weights")
    self.weightsPerSide = weightsPerSide
    self.hasLeadingEdgeTerm = hasLeadingEdgeTerm
    self.hasFreeTrailingEdge = hasFreeTrailingEdge
    self.isRoundAtNose = isRoundAtNose
    self.trailingEdgeThickness = trailingEdgeThickness
    let n = weightsPerSide
    func mode(upper: (Double) -> Double, lower: (Double) -> Double) -> DenseVector {
      stations.surface(
        upper: { (0, upper(stations.x[$0])) }, lower: { (0, lower(stations.x[$0])) })
    }
    func zero(_ x: Double) -> Double { 0 }
    var modes: [DenseVector] = []
    let first = { (x: Double) in Self.weightShape(0, of: n, x) }
    for i in (isRoundAtNose ? 1 : 0)..<n { modes.append(mode(upper: zero, lower: { Self.weightShape(i, of: n, $0) })) }
    if isRoundAtNose { modes.append(mode(upper: first, lower: { -first($0) })) }
    for i in (isRoundAtNose ? 1 : 0)..<n { modes.append(mode(upper: { Self.weightShape(i, of: n, $0) }, lower: zero)) }
    let leading = { (x: Double) in x * pow(1 - x, Double(n) + 0.5) }
    if hasLeadingEdgeTerm { modes.append(mode(upper: leading, lower: leading)) }
    if hasFreeTrailingEdge { modes.append(mode(upper: { 0.5 * $0 }, lower: { -0.5 * $0 })) }
    let t = hasFreeTrailingEdge ? 0 : trailingEdgeThickness
    let base = stations.surface(
      upper: { (stations.x[$0], 0.5 * t * stations.x[$0]) }, lower: { (stations.x[$0], -0.5 * t * stations.x[$0]) })
    surface = SurfaceModes(base: base, modes: modes)
  }

  public var designCount: Int { surface.modes.count }
  public func apply(_ x: DenseVector) -> DenseVector { surface.apply(x) }
  public func pullback(_ seed: DenseVector, at x: DenseVector) -> DenseVector { surface.pullback(seed, at: x) }

  /// x^(1/2) (1 - x) B_i(x) of degree n - 1.
  private static func weightShape(_ i: Int, of n: Int, _ x: Double) -> Double {
    x.squareRoot() * (1 - x) * bernstein(i, degree: n - 1, x)
  }
}

/// The Bernstein polynomial of an index and a degree.
func bernstein(_ i: Int, degree n: Int, _ x: Double) -> Double {
  var binomial = 1.0
  for k in 0..<min(i, n - i) { binomial *= Double(n - k) / Double(k + 1) }
  return binomial * pow(x, Double(i)) * pow(1 - x, Double(n - i))
}
