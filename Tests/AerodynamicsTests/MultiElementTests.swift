import Aerodynamics
import DifferentiableCore
import Foundation
import Testing

@Suite("Several elements without viscosity")
struct MultiElementTests {
  static let foil = ConformalFoil(center: Complex(-0.08, 0.04), edgeAngle: 12 * .pi / 180)

  /// A surface made smaller, turned nose up to nose down by an angle and moved.
  static func placed(_ s: DenseVector, _ dx: Double, _ dy: Double, turn: Double = 0, scale: Double = 1) -> DenseVector {
    let c = scale * cos(turn), k = scale * sin(turn)
    var result: [Double] = []
    for i in 0..<s.count / 2 {
      let x = s[2 * i], y = s[2 * i + 1]
      result.append(dx + c * x + k * y)
      result.append(dy + c * y - k * x)
    }
    return DenseVector(result)
  }

  private func flow(_ surfaces: [DenseVector], _ angle: Double) throws -> MultiElementFlow.Flow {
    let model = MultiElementFlow(nodeCounts: surfaces.map { $0.count / 2 }, condition: FlowCondition(.angle(angle)))
    var workspace = model.makeWorkspace()
    return model.flow(try model.solution(at: model.parameters(surfaces: surfaces), in: &workspace).state)
  }

  @Test("a foil and its flap have no drag together, with order 2, and the lift of their circulations")
  func theorems() throws {
    func both(_ count: Int) throws -> (flow: MultiElementFlow.Flow, circulation: Double) {
      let main = Self.foil.surface(count: count)
      let surfaces = [main, Self.placed(main, 0.98, -0.05, turn: 25 * .pi / 180, scale: 0.35)]
      let found = try flow(surfaces, 0.05)
      var circulation = 0.0
      for (surface, pressure) in zip(surfaces, found.pressure) {
        var speed = pressure.map { (1 - $0).squareRoot() }
        let stagnation = try #require((count / 4..<3 * count / 4).min { speed[$0] < speed[$1] })
        for i in stagnation + 1..<count { speed[i] = -speed[i] }
        for i in 0..<count - 1 {
          let length = hypot(surface[2 * i + 2] - surface[2 * i], surface[2 * i + 3] - surface[2 * i + 1])
          circulation += 0.5 * (speed[i] + speed[i + 1]) * length
        }
      }
      return (found, circulation)
    }
    let coarse = try both(81), fine = try both(161)
    #expect(abs(fine.flow.elements[0].drag) > 0.1, "each by itself is pulled or pushed")
    #expect(abs(fine.flow.drag) < 1e-3)
    #expect(log2(abs(coarse.flow.drag / fine.flow.drag)) > 1.9)
    #expect(abs(fine.flow.lift - 2 * fine.circulation) < 1e-3)
    #expect(abs(fine.flow.lift - fine.flow.elements.reduce(0) { $0 + $1.lift }) < 1e-12)
  }

  @Test("far from each other they have the lift that each has alone, changed by the other's vortex")
  func farApart() throws {
    let surface = Self.foil.surface(count: 81), angle = 0.05
    let alone = try flow([surface], angle).lift
    let slope = (try flow([surface], angle + 1e-4).lift - alone) / 1e-4
    let distance = 200.0
    let pair = try flow([surface, Self.placed(surface, distance, 0)], angle)
    // A vortex of strength lift / 2 moves the fluid by lift / (4π distance), up ahead of it and down behind.
    let change = slope * alone / (4 * .pi * distance)
    #expect(abs(pair.elements[0].lift - alone - change) < 0.02 * change)
    #expect(abs(pair.elements[1].lift - alone + change) < 0.02 * change)
  }

  @Test("a foil and its mirror image are a foil above the ground")
  func ground() throws {
    let surface = Self.placed(Self.foil.surface(count: 81), 0, 0, turn: 0.05)
    func pair(_ height: Double) throws -> MultiElementFlow.Flow {
      let above = Self.placed(surface, 0, height)
      // The image runs the other way round.
      var below: [Double] = []
      for i in (0..<81).reversed() { below += [above[2 * i], -above[2 * i + 1]] }
      return try flow([above, DenseVector(below)], 0)
    }
    let alone = try flow([surface], 0).lift
    let near = try pair(0.3), far = try pair(50)
    #expect(abs(near.elements[0].lift + near.elements[1].lift) < 1e-9)
    #expect(near.elements[0].lift > 1.05 * alone, "close to the ground a foil lifts more")
    #expect(abs(far.elements[0].lift / alone - 1) < 0.005)
  }
}
