import Foundation

/// The NACA five-digit family with a simple camber line, its digits as real numbers: design
/// `[design lift coefficient, camber position, thickness]`. Its surface is `[nodeCount, 2]`.
///
/// Jacobs, Pinkerton & Greenberg, NACA Report 610 (1937). The constants of the camber line follow from the position of
/// its highest point and from thin-airfoil theory, which gives the published table to its digits.
public struct NACA5: Transform {
  public let stations: ChordStations
  public let hasClosedTrailingEdge: Bool

  public init(stations: ChordStations = ChordStations(), hasClosedTrailingEdge: Bool = false) {
    self.stations = stations
    self.hasClosedTrailingEdge = hasClosedTrailingEdge
  }

  public func apply(_ x: DenseVector) -> DenseVector { shape(x).surface }

  public func pullback(_ seed: DenseVector, at x: DenseVector) -> DenseVector {
    if seed.isEmpty { return seed }
    let lift = x[0], m = junction(x[1]), strength = strengthPerLift(m)
    let byStrength = camber(strength: 1, junction: m)
    // Of the junction by the position: p = m (1 - (m/3)^(1/2)).
    let junctionSlope = 1 / (1 - 1.5 * (m / 3).squareRoot())
    let strengthSlope = lift * strengthPerLiftSlope(m)
    let byPosition = stations.x.indices.map { i -> (y: Double, slope: Double) in
      let direct = camberByJunction(stations.x[i], strength: lift * strength, junction: m)
      return (
        junctionSlope * (direct.y + strengthSlope * byStrength[i].y),
        junctionSlope * (direct.slope + strengthSlope * byStrength[i].slope)
      )
    }
    let byLift = byStrength.map { (y: strength * $0.y, slope: strength * $0.slope) }
    return shape(x).pullback(
      seed, thicknessSlope: stations.x.map { NACAThickness.half($0, closed: hasClosedTrailingEdge) },
      camberDerivatives: [byLift, byPosition])
  }

  private func shape(_ design: DenseVector) -> ThicknessOnCamber {
    let m = junction(design[1])
    return ThicknessOnCamber(
      stations: stations,
      thickness: stations.x.map { design[2] * NACAThickness.half($0, closed: hasClosedTrailingEdge) },
      camber: camber(strength: design[0] * strengthPerLift(m), junction: m))
  }

  /// Where the cubic part of the camber line ends: the root of p = m (1 - (m/3)^(1/2)) below 3.
  private func junction(_ position: Double) -> Double {
    var m = position
    for _ in 0..<60 {
      let step = (m * (1 - (m / 3).squareRoot()) - position) / (1 - 1.5 * (m / 3).squareRoot())
      m = min(max(m - step, 1e-6), 1)
      if abs(step) < 1e-15 { break }
    }
    return m
  }

  /// k1 for a design lift coefficient of one (Report 610, from thin-airfoil theory).
  private func strengthPerLift(_ m: Double) -> Double { 6 / camberIntegral(m) }

  private func camberIntegral(_ m: Double) -> Double {
    let rest = m * (3 + m * (-7 + m * (8 - 4 * m)))
    return rest / (m * (1 - m)).squareRoot() - 1.5 * (1 - 2 * m) * (Double.pi / 2 - asin(1 - 2 * m))
  }

  private func strengthPerLiftSlope(_ m: Double) -> Double {
    let root = (m * (1 - m)).squareRoot()
    let rest = m * (3 + m * (-7 + m * (8 - 4 * m)))
    let restSlope = 3 + m * (-14 + m * (24 - 16 * m))
    let slope =
      restSlope / root - rest * (1 - 2 * m) / (2 * root * root * root)
      + 3 * (Double.pi / 2 - asin(1 - 2 * m)) - 1.5 * (1 - 2 * m) / root
    let q = camberIntegral(m)
    return -6 * slope / (q * q)
  }

  private func camber(strength k: Double, junction m: Double) -> [(y: Double, slope: Double)] {
    stations.x.map { x in
      if x < m {
        return (k / 6 * x * (x * x - 3 * m * x + m * m * (3 - m)), k / 6 * (3 * x * x - 6 * m * x + m * m * (3 - m)))
      }
      return (k / 6 * m * m * m * (1 - x), -k / 6 * m * m * m)
    }
  }

  private func camberByJunction(_ x: Double, strength k: Double, junction m: Double) -> (y: Double, slope: Double) {
    if x < m {
      return (k / 6 * x * (-3 * x + 6 * m - 3 * m * m), k / 6 * (-6 * x + 6 * m - 3 * m * m))
    }
    return (k / 2 * m * m * (1 - x), -k / 2 * m * m)
  }
}
