import Backsolve
import Foundation

/// Every viscous point of the reference from a cold start, beside XFOIL.
enum ViscousStudy {
  struct Point {
    let surface: DenseVector, condition: FlowCondition
    /// Angle in degrees, lift, drag, moment, upper and lower transition.
    let row: [Double]
    var isAttached: Bool { (-2...8).contains(row[0]) }
    var flow: AirfoilFlow { AirfoilFlow(nodeCount: surface.count / 2, condition: condition) }

    /// Of lift (in parts of what is allowed), drag (relative), moment and transition.
    func errors(of found: AirfoilSolution) -> [Double] {
      [
        abs(found.lift - row[1]) / max(0.005, 0.01 * abs(row[1])), abs(found.drag / row[2] - 1),
        abs(found.moment - row[3]), max(abs(found.upperTransition - row[4]), abs(found.lowerTransition - row[5])),
      ]
    }
  }

  static let names = ["lift, in parts of 1 % or 0.005", "drag, relative", "moment", "transition, chords"]
  static let bars = [1, 0.03, 0.002, 0.02]

  static func points() throws -> [Point] {
    let reference = try referencePoints()
    var points: [Point] = []
    func add(_ foil: String, _ reynolds: Double, _ trip: Double?, _ rows: [[Double]]) {
      guard let nodes = reference.foils[foil]?.nodes else { return }
      points += rows.map {
        Point(
          surface: DenseVector(nodes),
          condition: FlowCondition(.angle($0[0] * .pi / 180), reynolds: reynolds, upperTrip: trip, lowerTrip: trip),
          row: $0)
      }
    }
    for (name, foil) in reference.foils.sorted(by: { $0.key < $1.key }) {
      for polar in foil.viscous { add(name, polar.reynolds, nil, polar.polar) }
    }
    for polar in reference.tripped { add(polar.foil, polar.reynolds, polar.trip, polar.polar) }
    return points
  }

  static func checks() throws -> [Check] {
    let points = try points()
    var attached: [[Double]] = [[], [], [], []], all: [[Double]] = [[], [], [], []]
    var held = 0, residual = 0.0
    for point in points {
      var workspace = point.flow.makeWorkspace()
      guard let found = try? point.flow.solve(surface: point.surface, in: &workspace) else { continue }
      let errors = point.errors(of: found)
      let ownResidual = found.report.relativeResidual
      residual = max(residual, ownResidual)
      if ownResidual < 1e-8 && zip(errors, bars).allSatisfy({ $0 <= $1 }) { held += 1 }
      for k in 0..<4 {
        all[k].append(errors[k])
        if point.isAttached { attached[k].append(errors[k]) }
      }
    }
    var checks: [Check] = []
    for k in 0..<4 {
      let count = attached[k].count
      checks.append(
        Check("\(names[k]), attached, worst of \(count)", attached[k].max() ?? .nan, .atMost(bars[k])))
      checks.append(Check("\(names[k]), attached, median", median(attached[k]), .atMost(bars[k] / 3)))
      checks.append(Check("\(names[k]), all angles, worst of \(all[k].count)", all[k].max() ?? .nan))
    }
    checks.append(
      Check(
        "points of XFOIL's that converge from cold to all four bars, of \(points.count)",
        100 * Double(held) / Double(points.count), .atLeast(98), unit: " %"))
    checks.append(Check("residual, largest", residual, .atMost(1e-8)))
    return checks
  }
}
