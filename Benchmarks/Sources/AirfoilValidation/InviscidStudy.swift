import Backsolve
import Foundation

/// Panels on XFOIL's own nodes beside XFOIL.
enum InviscidStudy {
  static func checks() throws -> [Check] {
    let reference = try referencePoints()
    var lift: [Double] = [], moment: [Double] = [], pressure: [Double] = []
    for (_, foil) in reference.foils.sorted(by: { $0.key < $1.key }) {
      let surface = DenseVector(foil.nodes)
      var workspace = AirfoilFlow(nodeCount: 160, condition: FlowCondition(.angle(0))).makeWorkspace()
      for row in foil.inviscid {
        let flow = AirfoilFlow(nodeCount: 160, condition: FlowCondition(.angle(row[0] * .pi / 180)))
        let solution = try flow.solve(surface: surface, in: &workspace)
        // In parts of what is allowed.
        lift.append(abs(solution.lift - row[1]) / max(0.0005, 0.002 * abs(row[1])))
        moment.append(abs(solution.moment - row[2]))
        for expected in foil.pressure where expected.alpha == row[0] {
          let squares = zip(solution.pressure, expected.pressure).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
          pressure.append((squares / 160).squareRoot())
        }
      }
    }
    let worst = { (values: [Double]) in values.max() ?? .nan }
    return [
      Check("lift without viscosity, in parts of 0.2 % or 0.0005, worst of \(lift.count)", worst(lift), .atMost(1)),
      Check("moment without viscosity, worst of \(moment.count)", worst(moment), .atMost(0.0005)),
      Check("pressure without viscosity, rms, worst of \(pressure.count)", worst(pressure), .atMost(0.005)),
    ]
  }
}

func referencePoints() throws -> XFOILReference {
  guard let reference = XFOILReference.naca else {
    throw StudyFailure(description: "Tests/AerodynamicsTests/Data/xfoil-naca.json cannot be read")
  }
  return reference
}
