import Foundation

/// The NACA four-digit family with its digits as real numbers: design `[camber, camber position, thickness]`, all in
/// chords. Its surface is `[nodeCount, 2]`.
///
/// Jacobs, Ward & Pinkerton, NACA Report 460 (1933). The thickness is laid off normal to the camber line. The curvature
/// of the camber line jumps at its highest point, so that derivatives by the position are one-sided where it meets a
/// station.
public struct NACA4: Transform {
  public let stations: ChordStations
  /// The last coefficient of the thickness is -0.1036 in place of -0.1015, so that both sides meet.
  public let hasClosedTrailingEdge: Bool

  public init(stations: ChordStations = ChordStations(), hasClosedTrailingEdge: Bool = false) {
    self.stations = stations
    self.hasClosedTrailingEdge = hasClosedTrailingEdge
  }

  public func apply(_ x: DenseVector) -> DenseVector {
    ThicknessOnCamber(stations: stations, thickness: thickness(x[2]), camber: camber(x)).surface
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) -> DenseVector {
    if seed.isEmpty { return seed }
    let shape = ThicknessOnCamber(stations: stations, thickness: thickness(x[2]), camber: camber(x))
    return shape.pullback(seed, thicknessSlope: thickness(1), camberDerivatives: camberDerivatives(x))
  }

  private func thickness(_ t: Double) -> [Double] {
    stations.x.map { t * NACAThickness.half($0, closed: hasClosedTrailingEdge) }
  }

  private func camber(_ design: DenseVector) -> [(y: Double, slope: Double)] {
    let m = design[0], p = design[1]
    return stations.x.map { x in
      let q = x < p ? p : 1 - p
      let rise = x < p ? 2 * p * x - x * x : 1 - 2 * p + 2 * p * x - x * x
      return (m * rise / (q * q), 2 * m * (p - x) / (q * q))
    }
  }

  private func camberDerivatives(_ design: DenseVector) -> [[(y: Double, slope: Double)]] {
    let m = design[0], p = design[1]
    let byHeight = camber([1, p, 0])
    let byPosition = stations.x.map { x -> (y: Double, slope: Double) in
      if x < p {
        return (m * (2 * x * x / (p * p * p) - 2 * x / (p * p)), 2 * m * (2 * x / (p * p * p) - 1 / (p * p)))
      }
      let q = 1 - p
      let rise = 1 - 2 * p + 2 * p * x - x * x
      return (
        m * ((2 * x - 2) / (q * q) + 2 * rise / (q * q * q)), 2 * m * (1 / (q * q) + 2 * (p - x) / (q * q * q))
      )
    }
    return [byHeight, byPosition]
  }
}

/// The thickness distribution of the four- and five-digit families.
enum NACAThickness {
  /// Half the thickness of a foil whose thickness is one chord.
  static func half(_ x: Double, closed: Bool) -> Double {
    let last = closed ? -0.1036 : -0.1015
    return 5 * (0.2969 * x.squareRoot() + x * (-0.1260 + x * (-0.3516 + x * (0.2843 + x * last))))
  }
}

/// A thickness laid off on both sides of a camber line, normal to it.
struct ThicknessOnCamber {
  let stations: ChordStations
  /// Half the thickness at each station.
  let thickness: [Double]
  let camber: [(y: Double, slope: Double)]

  var surface: DenseVector {
    stations.surface(upper: { point($0, side: 1) }, lower: { point($0, side: -1) })
  }

  private func point(_ i: Int, side: Double) -> (x: Double, y: Double) {
    let t = side * thickness[i], slope = camber[i].slope, length = (1 + slope * slope).squareRoot()
    return (stations.x[i] - t * slope / length, camber[i].y + t / length)
  }

  /// The gradient by what the camber line depends on, then by the factor of the thickness.
  func pullback(
    _ seed: DenseVector, thicknessSlope: [Double], camberDerivatives: [[(y: Double, slope: Double)]]
  ) -> DenseVector {
    var gradient = DenseVector(zeros: camberDerivatives.count + 1)
    let last = stations.x.count - 1
    for i in 0...last {
      let slope = camber[i].slope, length = (1 + slope * slope).squareRoot(), cube = length * length * length
      for (side, node) in i == last ? [(1.0, last)] : [(1.0, i), (-1.0, 2 * last - i)] {
        let sx = seed[2 * node], sy = seed[2 * node + 1], t = side * thickness[i]
        let byThickness = side * (sy - sx * slope) / length
        let bySlope = -t * (sx + sy * slope) / cube
        for (k, derivative) in camberDerivatives.enumerated() {
          gradient[k] += sy * derivative[i].y + bySlope * derivative[i].slope
        }
        gradient[camberDerivatives.count] += byThickness * thicknessSlope[i]
      }
    }
    return gradient
  }
}
