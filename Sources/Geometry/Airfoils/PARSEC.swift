import Foundation

/// Eleven numbers that engineers name: design `[leading-edge radius, upper crest x, upper crest y, upper crest
/// curvature, lower crest x, lower crest y, lower crest curvature, trailing-edge y, trailing-edge thickness,
/// trailing-edge direction, trailing-edge wedge]`, lengths in chords, angles in rad.
///
/// Each side is Σ a_n x^(n - 1/2), n = 1...6, whose coefficients follow from the numbers by a system of six equations.
/// Sobieczky, Notes on Numerical Fluid Mechanics 68 (1998) 71.
public struct PARSEC: Transform {
  public let stations: ChordStations
  public static let designCount = 11

  public init(stations: ChordStations = ChordStations()) { self.stations = stations }

  public func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector {
    let upper = try side(x, 1).coefficients, lower = try side(x, -1).coefficients
    return stations.surface(
      upper: { (stations.x[$0], Self.ordinate(upper, stations.x[$0])) },
      lower: { (stations.x[$0], Self.ordinate(lower, stations.x[$0])) })
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    var gradient = DenseVector(zeros: Self.designCount)
    let last = stations.x.count - 1
    for sign in [1.0, -1.0] {
      let (coefficients, matrix) = try side(x, sign)
      var seedOfCoefficients = [Double](repeating: 0, count: 6)
      for i in 0...last {
        if sign < 0, i == last { continue }
        let s = seed[2 * (sign > 0 ? i : 2 * last - i) + 1]
        for n in 0..<6 { seedOfCoefficients[n] += s * pow(stations.x[i], Double(n) + 0.5) }
      }
      guard let lambda = solvedByElimination(transposed(matrix, 6), seedOfCoefficients) else { throw Self.singular }
      let crest = sign > 0 ? 1 : 4
      // The right-hand sides: radius, trailing edge, crest, slope at the crest, curvature, slope at the trailing edge.
      gradient[0] += lambda[0] * sign / (2 * x[0]).squareRoot()
      gradient[7] += lambda[1]
      gradient[8] += lambda[1] * sign / 2
      gradient[crest + 1] += lambda[2]
      gradient[crest + 2] += lambda[4]
      let slope = tan(x[9] - sign * x[10] / 2)
      gradient[9] += lambda[5] * (1 + slope * slope)
      gradient[10] -= lambda[5] * (1 + slope * slope) * sign / 2
      // The crest's place is in three rows of the matrix.
      let place = x[crest]
      for n in 0..<6 {
        let e = Double(n) + 0.5
        gradient[crest] -= lambda[2] * e * pow(place, e - 1) * coefficients[n]
        gradient[crest] -= lambda[3] * e * (e - 1) * pow(place, e - 2) * coefficients[n]
        gradient[crest] -= lambda[4] * e * (e - 1) * (e - 2) * pow(place, e - 3) * coefficients[n]
      }
    }
    return gradient
  }

  private static let singular = SolveFailure(
    .singular, "no PARSEC foil has these numbers: a crest lies on the nose or on the tail")

  private static func ordinate(_ a: [Double], _ x: Double) -> Double {
    x.squareRoot() * (a[0] + x * (a[1] + x * (a[2] + x * (a[3] + x * (a[4] + x * a[5])))))
  }

  private func side(_ x: DenseVector, _ sign: Double) throws(SolveFailure) -> (
    coefficients: [Double], matrix: [Double]
  ) {
    let crest = sign > 0 ? 1 : 4
    let place = x[crest]
    guard place > 0, place < 1, x[0] > 0 else {
      throw SolveFailure(
        .unsupported, "a PARSEC foil needs its crests between nose and tail, and a radius above zero")
    }
    var matrix = [Double](repeating: 0, count: 36)
    matrix[0] = 1
    for n in 0..<6 {
      let e = Double(n) + 0.5
      matrix[6 + n] = 1
      matrix[12 + n] = pow(place, e)
      matrix[18 + n] = e * pow(place, e - 1)
      matrix[24 + n] = e * (e - 1) * pow(place, e - 2)
      matrix[30 + n] = e
    }
    let rightSide = [
      sign * (2 * x[0]).squareRoot(), x[7] + sign * x[8] / 2, x[crest + 1], 0, x[crest + 2],
      tan(x[9] - sign * x[10] / 2),
    ]
    guard let coefficients = solvedByElimination(matrix, rightSide) else { throw Self.singular }
    return (coefficients, matrix)
  }
}
