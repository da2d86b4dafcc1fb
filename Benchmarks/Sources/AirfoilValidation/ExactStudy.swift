import Backsolve
import Foundation

/// Panels beside the exact flows of Joukowski, Kármán and Trefftz: errors at 160 panels, and the order from there to 640.
enum ExactStudy {
  static let foils: [(name: String, foil: ConformalFoil)] = [
    ("Kármán-Trefftz, 10 degrees, cambered", ConformalFoil(center: Complex(-0.08, 0.06), edgeAngle: 10 * .pi / 180)),
    ("Kármán-Trefftz, 20 degrees", ConformalFoil(center: Complex(-0.1, 0), edgeAngle: 20 * .pi / 180)),
    ("Joukowski", ConformalFoil(center: Complex(-0.1, 0.05), edgeAngle: 0)),
  ]

  static func checks() throws -> [Check] {
    var checks: [Check] = []
    for (name, foil) in foils {
      let coarse = try errors(foil, 161), fine = try errors(foil, 641)
      checks += [
        Check("\(name): lift, relative, 160 panels", coarse.lift),
        Check("\(name): order of lift", log2(coarse.lift / fine.lift) / 2, .atLeast(1.95)),
        Check("\(name): order of pressure ahead of 0.95", log2(coarse.pressure / fine.pressure) / 2, .atLeast(1.95)),
      ]
    }
    return checks
  }

  private static func errors(_ foil: ConformalFoil, _ count: Int) throws -> (lift: Double, pressure: Double) {
    let angle = 0.08, surface = foil.surface(count: count)
    let flow = AirfoilFlow(nodeCount: count, condition: FlowCondition(.angle(angle)))
    var workspace = flow.makeWorkspace()
    let solution = try flow.solve(surface: surface, in: &workspace)
    let ahead = (1..<count - 1).filter { surface[2 * $0] < 0.95 }
    let squares = ahead.map { pow(solution.pressure[$0] - foil.pressure(node: $0, count: count, angle: angle), 2) }
    return (
      abs(solution.lift / foil.lift(at: angle) - 1), (squares.reduce(0, +) / Double(ahead.count)).squareRoot()
    )
  }
}
