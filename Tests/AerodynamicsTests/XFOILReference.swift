import DifferentiableCore
import Foundation

/// Results of XFOIL 6.99 on its own panels; the file names their source.
struct XFOILReference: Decodable {
  struct Foil: Decodable {
    /// `[nodeCount, 2]` row-major.
    let nodes: [Double]
    /// Angle in degrees, lift, moment.
    let inviscid: [[Double]]
    let pressure: [Pressure]
    let viscous: [Polar]
  }
  struct Pressure: Decodable {
    let alpha: Double
    let pressure: [Double]
  }
  struct Polar: Decodable {
    let reynolds: Double
    /// Angle in degrees, lift, drag, moment, upper and lower transition.
    let polar: [[Double]]
  }
  struct Tripped: Decodable {
    let foil: String
    let reynolds: Double
    let trip: Double
    let polar: [[Double]]
  }
  struct Layer: Decodable {
    let foil: String
    let reynolds: Double
    let alpha: Double
    /// s, x, y, edge velocity, displacement thickness, momentum thickness, friction, shape factor.
    let rows: [[Double]]
  }

  let foils: [String: Foil]
  let tripped: [Tripped]
  let layer: Layer

  static let naca: XFOILReference? = {
    let file = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().appending(
      path: "Data/xfoil-naca.json")
    return try? JSONDecoder().decode(XFOILReference.self, from: Data(contentsOf: file))
  }()
}
