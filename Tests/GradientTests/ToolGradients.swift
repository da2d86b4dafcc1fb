import Backsolve
import Foundation
import TestSupport
import Testing

extension GradientTable {
  static let tools: [GradientCase] = {
    var generator = SeededGenerator(seed: 11)
    func point(_ shape: any ToolShape, _ reach: Double) -> DenseVector {
      generator.vector(count: shape.variables.count, in: -reach...reach)
    }
    let chain = JointChain(root: [0.2, 0.4], direction: 0.3, length: 0.6, joints: 5, spacing: 0.04, layers: 3)
    let spline = SplineTool(
      controlPoints: [[0, 0], [0.2, 0.1], [0.4, 0.1], [0.5, 0.3], [0.7, 0.2]], spacing: 0.05, layers: 2)
    let upright = SplineTool(
      controlPoints: [[0, 0], [0.2, 0.1], [0.4, 0.1], [0.5, 0.3]], freeAxes: [1], spacing: 0.05, layers: 3)
    let polygon = PolygonTool(
      corners: [[0, 0], [1, 0], [1, 0.5], [0.4, 0.4], [0, 1]], filledWith: [0.2, 0.2, 0.5, 0.1, 0.1, 0.7, 0.9, 0.3])
    let course = HeightField(
      from: [0, 0.1], to: [0.5, 0.4], nodes: [4, 3], base: 0.5, amplitude: 0.15, spacing: 0.05, layers: 2)
    let bed = HeightField(from: [0], to: [1], nodes: [6], base: 0.1, amplitude: 0.1, spacing: 0.05, layers: 3)
    let capsule = LayeredTool(
      BodyFittedLayers(.capsule(from: [0, 0.1], to: [0.8, 0.3], radius: 0.3), spacing: 0.1, layers: 2), free: [1, 2, 4])
    let slope = LayeredTool(
      BodyFittedLayers(
        .halfSpace(point: [0.1, 0.2], normal: [0.6, 0.8]), spacing: 0.1, layers: 2,
        within: ([-0.5, -0.5], [0.5, 0.5])), free: [2, 3])
    let travel = TankTravel(.distance, axis: 1, count: 7, axes: 2, duration: 0.4)
    return [
      GradientCase("tool: joint chain", chain, at: point(chain, 0.6)),
      GradientCase("tool: spline", spline, at: point(spline, 0.05)),
      GradientCase("tool: spline, upright", upright, at: point(upright, 0.05)),
      // Linear: with a curved function behind it.
      GradientCase("tool: polygon", TransformChain([polygon, Squares()]), at: point(polygon, 0.1)),
      GradientCase("tool: height field in space", course, at: point(course, 1)),
      GradientCase("tool: height field in the plane", bed, at: point(bed, 1)),
      GradientCase("tool: solid, some of its numbers", capsule, at: point(capsule, 0.05)),
      GradientCase("tool: solid that turns", slope, at: point(slope, 0.1)),
      GradientCase(
        "body of fluid, in the plane", BodyShape(positions: generator.vector(count: 20).elements, dimension: 2),
        at: [0.1, -0.2, 0.3, 0.5]),
      GradientCase(
        "body of fluid, in space", BodyShape(positions: generator.vector(count: 30).elements, dimension: 3),
        at: [0.1, -0.2, 0.3, 0.5, -0.1]),
      GradientCase("length of a tool", ToolLength(of: spline), at: point(spline, 0.05)),
      GradientCase("area of a polygon", ToolArea(of: polygon), at: point(polygon, 0.1)),
      GradientCase("area under a height field", ToolArea(of: bed), at: point(bed, 1)),
      // Linear: with a curved function behind it.
      GradientCase(
        "travel of a tank", at: generator.vector(count: 14),
        value: { x in pow(travel.value(x), 2) },
        gradient: { x in travel.gradient(x).scaled(by: 2 * travel.value(x)) }),
      GradientCase("roughness", Roughness(shape: [3, 4], components: 2), at: generator.vector(count: 24)),
      GradientCase(
        "actuation energy", ActuationEnergy(count: 7, axes: 2, duration: 0.4), at: generator.vector(count: 14)),
    ]
  }()

  @Test(arguments: tools)
  func tool(_ row: GradientCase) throws { try row.check() }

  private struct Squares: Transform {
    func apply(_ x: DenseVector) -> DenseVector { DenseVector(x.elements.map { $0 * $0 }) }
    func pullback(_ seed: DenseVector, at x: DenseVector) -> DenseVector {
      seed.isEmpty ? seed : DenseVector(zip(seed.elements, x.elements).map { 2 * $0 * $1 })
    }
  }
}
