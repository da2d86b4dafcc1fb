import Backsolve
import Foundation

/// What XFOIL found for many foils, by `peers/xfoil/foils.py`, beside cold starts on the same nodes.
enum RobustnessStudy {
  struct Polar: Decodable {
    let foil: String, reynolds: Double, mach: Double
    let nodes: [Double], rows: [[Double]]
  }

  static func checks(_ file: String) throws -> [Check] {
    let polars = try JSONDecoder().decode([Polar].self, from: Data(contentsOf: URL(filePath: file)))
    var asked = 0, converged = 0, within = 0
    var attached: [[Double]] = [[], [], [], []], missed = 0
    for polar in polars {
      for row in polar.rows {
        let point = ViscousStudy.Point(
          surface: DenseVector(polar.nodes),
          condition: FlowCondition(.angle(row[0] * .pi / 180), reynolds: polar.reynolds, mach: polar.mach), row: row)
        asked += 1
        var workspace = point.flow.makeWorkspace()
        guard let found = try? point.flow.solve(surface: point.surface, in: &workspace) else {
          if point.isAttached { missed += 1 }
          continue
        }
        converged += 1
        let errors = point.errors(of: found)
        if found.report.relativeResidual < 1e-8 && zip(errors, ViscousStudy.bars).allSatisfy({ $0 <= $1 }) {
          within += 1
        }
        if point.isAttached { for k in 0..<4 { attached[k].append(errors[k]) } }
      }
    }
    let names = ViscousStudy.names
    return [
      Check("\(asked) points of \(polars.count) polars, from cold: converged", part(converged, asked), unit: " %"),
      Check("converged to all four bars", part(within, asked), .atLeast(98), unit: " %"),
      Check("attached points that did not converge", Double(missed), .atMost(0)),
    ]
      + (0..<4).map { k in
        Check(
          "\(names[k]), attached, worst of \(attached[k].count)", attached[k].max() ?? .nan,
          .atMost(ViscousStudy.bars[k]))
      }
  }

  private static func part(_ count: Int, _ of: Int) -> Double { 100 * Double(count) / Double(of) }
}
