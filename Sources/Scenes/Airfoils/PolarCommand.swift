import Aerodynamics
import FieldIO
import Foundation

/// The polar of a foil as the command line asks for it.
public struct PolarRequest: Sendable {
  /// A file, or a name such as `naca4412`.
  public var foil: String
  /// Nil: no viscosity.
  public var reynolds: Double?
  public var loadings: [FlowCondition.Loading]
  public var mach = 0.0
  public var criticalAmplification = 9.0
  public var upperTrip: Double?
  public var lowerTrip: Double?
  public var panels = 160

  public init(foil: String, reynolds: Double?, loadings: [FlowCondition.Loading]) {
    self.foil = foil
    self.reynolds = reynolds
    self.loadings = loadings
  }

  /// - Throws: `CommandFailure` of code `usage` where the foil cannot be read.
  public func run() throws -> [AirfoilPolar.Row] {
    let surface: DenseVector
    if let named = NamedAirfoil.surface(foil) {
      surface = named
    } else if FileManager.default.fileExists(atPath: foil) {
      do {
        surface = try AirfoilLoader.file(foil).surface
      } catch {
        throw CommandFailure(.usage, "error: \(error)")
      }
    } else {
      throw CommandFailure(
        .usage,
        "error: there is no file `\(foil)`, and it is not the name of a NACA foil of four or five digits such as naca4412"
      )
    }
    let nodes = Repanelling(nodeCount: panels).apply(surface)
    return AirfoilPolar(surface: nodes).rows(
      loadings.map {
        FlowCondition(
          $0, reynolds: reynolds, mach: mach, criticalAmplification: criticalAmplification, upperTrip: upperTrip,
          lowerTrip: lowerTrip)
      })
  }

  public static func json(_ rows: [AirfoilPolar.Row]) throws -> String {
    String(decoding: try JSONEncoder.forResults.encode(rows), as: UTF8.self) + "\n"
  }

  public static func table(_ rows: [AirfoilPolar.Row]) -> String {
    func cell(_ value: Double, _ digits: Int) -> String {
      value.isFinite ? String(format: "%10.\(digits)f", value) : "         -"
    }
    let lines = rows.map { row in
      [
        cell(row.alpha, 3), cell(row.cl, 4), cell(row.cd, 5), cell(row.cm, 4), cell(row.xtrTop, 4),
        cell(row.xtrBottom, 4),
      ].joined() + (row.converged ? "" : "  not converged")
    }
    return (["     alpha        cl        cd        cm    xtrTop xtrBottom"] + lines).joined(separator: "\n")
  }
}
