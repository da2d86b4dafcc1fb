import Aerodynamics
import DifferentiableCore
import Foundation
import Testing

@Suite("Panels beside exact solutions")
struct ExactSolutionTests {
  /// With nodes at equal turns of the circle, which crowd at both edges, errors of lift and of the pressure ahead of the
  /// last twentieth fall with the square of the number of panels. Within a few panels of the edge the pressure converges
  /// more slowly, of a cusp most.
  @Test(
    "lift and pressure converge with order 2",
    arguments: [
      (ConformalFoil(center: Complex(-0.08, 0.06), edgeAngle: 10 * .pi / 180), "Kármán-Trefftz, cambered"),
      (ConformalFoil(center: Complex(-0.1, 0), edgeAngle: 20 * .pi / 180), "Kármán-Trefftz, symmetric"),
      (ConformalFoil(center: Complex(-0.1, 0.05), edgeAngle: 0), "Joukowski, cusped"),
    ])
  func order(_ foil: ConformalFoil, _ name: String) throws {
    let angle = 0.08
    func errors(_ count: Int) throws -> (lift: Double, pressure: Double) {
      let surface = foil.surface(count: count)
      let flow = AirfoilFlow(nodeCount: count, condition: FlowCondition(.angle(angle)))
      var workspace = flow.makeWorkspace()
      let solution = try flow.solve(surface: surface, in: &workspace)
      let ahead = (1..<count - 1).filter { surface[2 * $0] < 0.95 }
      let squares = ahead.map { pow(solution.pressure[$0] - foil.pressure(node: $0, count: count, angle: angle), 2) }
      return (
        abs(solution.lift / foil.lift(at: angle) - 1),
        (squares.reduce(0, +) / Double(ahead.count)).squareRoot()
      )
    }
    let coarse = try errors(81), fine = try errors(161)
    #expect(fine.lift < 2.5e-4 && fine.pressure < 5e-3, "\(name): \(fine)")
    #expect(log2(coarse.lift / fine.lift) > 1.95, "\(name)")
    #expect(log2(coarse.pressure / fine.pressure) > 1.95, "\(name)")
  }
}
