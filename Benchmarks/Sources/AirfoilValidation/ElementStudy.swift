import Backsolve
import Foundation

/// A foil and its flap without viscosity: no drag together, and the lift of their circulations.
enum ElementStudy {
  static func checks() throws -> [Check] {
    let foil = ConformalFoil(center: Complex(-0.08, 0.04), edgeAngle: 12 * .pi / 180)
    func flow(_ count: Int) throws -> MultiElementFlow.Flow {
      let main = foil.surface(count: count)
      let turn = 25 * Double.pi / 180, c = 0.35 * cos(turn), s = 0.35 * sin(turn)
      let flap = DenseVector(
        (0..<count).flatMap { i -> [Double] in
          let x = main[2 * i], y = main[2 * i + 1]
          return [0.98 + c * x + s * y, -0.05 + c * y - s * x]
        })
      let model = MultiElementFlow(nodeCounts: [count, count], condition: FlowCondition(.angle(0.05)))
      var workspace = model.makeWorkspace()
      return model.flow(try model.solution(at: model.parameters(surfaces: [main, flap]), in: &workspace).state)
    }
    let coarse = try flow(161), fine = try flow(321)
    return [
      Check("main and flap together: drag without viscosity, 160 panels each", abs(coarse.drag), .atMost(1e-3)),
      Check("main and flap: order of that drag", log2(abs(coarse.drag / fine.drag)), .atLeast(1.95)),
    ]
  }
}
