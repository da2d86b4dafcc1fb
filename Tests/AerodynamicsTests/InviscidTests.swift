import Aerodynamics
import DifferentiableCore
import Foundation
import Testing

@Suite("Flow without viscosity")
struct InviscidTests {
  @Test("lift, moment and pressure are those of XFOIL on the same nodes")
  func againstXFOIL() throws {
    let reference = try #require(XFOILReference.naca)
    var compared = 0
    for (name, foil) in reference.foils.sorted(by: { $0.key < $1.key }) {
      let surface = DenseVector(foil.nodes)
      var workspace = AirfoilFlow(nodeCount: 160, condition: FlowCondition(.angle(0))).makeWorkspace()
      for row in foil.inviscid {
        let flow = AirfoilFlow(nodeCount: 160, condition: FlowCondition(.angle(row[0] * .pi / 180)))
        let solution = try flow.solve(surface: surface, in: &workspace)
        #expect(abs(solution.lift - row[1]) < max(0.0005, 0.002 * abs(row[1])), "\(name) at \(row[0])")
        #expect(abs(solution.moment - row[2]) < 0.0005, "\(name) at \(row[0])")
        for expected in foil.pressure where expected.alpha == row[0] {
          let squares = zip(solution.pressure, expected.pressure).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
          #expect((squares / 160).squareRoot() < 0.005, "\(name) at \(row[0])")
          compared += 1
        }
      }
    }
    #expect(compared == 12)
  }
}
