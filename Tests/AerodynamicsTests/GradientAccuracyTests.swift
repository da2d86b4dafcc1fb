import Aerodynamics
import DifferentiableCore
import Foundation
import Testing

@Suite("Gradients of coefficients beside differences")
struct GradientAccuracyTests {
  /// Central differences extrapolated over two steps, which leaves an error of the fourth order. Of several steps the
  /// closest counts: larger ones show the curvature of the function, smaller ones its last digits.
  private func disagreement(
    _ flow: AirfoilFlow, _ surface: DenseVector, _ coefficient: AirfoilCoefficient, steps: [Double]
  ) throws -> Double {
    let direction = DenseVector((0..<surface.count).map { 2e-4 * sin(1.7 * Double($0) + 0.3) })
    var workspace = flow.makeWorkspace()
    let exact = try flow.linearize(surface: surface, in: &workspace).gradient(of: coefficient).surface.dot(direction)
    func difference(_ h: Double) throws -> Double {
      func value(_ h: Double) throws -> Double {
        var moved = surface, workspace = flow.makeWorkspace()
        moved.add(direction, scaledBy: h)
        return try flow.solve(surface: moved, in: &workspace)[coefficient]
      }
      return (try value(h) - value(-h)) / (2 * h)
    }
    return try steps.map { h in abs((4 * (try difference(h)) - (try difference(2 * h))) / 3 / exact - 1) }.min()
      ?? .infinity
  }

  private var surface: DenseVector {
    DenseVector(
      (0..<80).flatMap { i -> [Double] in
        let x = 0.5 * (1 + cos(2 * .pi * (Double(i) / 79))), sign = i < 40 ? 1.0 : -1.0
        let shape = 0.2969 * x.squareRoot() - 0.126 * x - 0.3516 * x * x + 0.2843 * x * x * x - 0.1036 * x * x * x * x
        return [x, sign * (0.6 * shape + 0.0015 * x) + 0.08 * x * (1 - x)]
      })
  }

  @Test("without viscosity to 1e-9", arguments: [AirfoilCoefficient.lift, .moment])
  func inviscid(_ coefficient: AirfoilCoefficient) throws {
    let flow = AirfoilFlow(nodeCount: 80, condition: FlowCondition(.angle(0.05), mach: 0.2))
    #expect(try disagreement(flow, surface, coefficient, steps: [0.03, 0.01]) < 1e-9)
  }

  #if !DEBUG
    @Test("with viscosity to 1e-6", arguments: [AirfoilCoefficient.lift, .drag, .moment, .upperTransition])
    func viscous(_ coefficient: AirfoilCoefficient) throws {
      let flow = AirfoilFlow(nodeCount: 80, condition: FlowCondition(.angle(0.04), reynolds: 8e5, mach: 0.2))
      #expect(try disagreement(flow, surface, coefficient, steps: [1e-3, 3e-4]) < 1e-6)
    }
  #endif
}
