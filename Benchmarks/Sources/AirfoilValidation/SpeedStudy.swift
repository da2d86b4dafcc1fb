import Backsolve
import Foundation

/// Processor time of an analysis with the gradient of drag at 160 panels, and of a polar of 40 points.
enum SpeedStudy {
  static func checks() throws -> [Check] {
    var cold: [Double] = [], byAngle: [Double] = [], byShape: [Double] = [], pullback: [Double] = []
    for point in try ViscousStudy.points() where point.isAttached {
      let flow = point.flow
      var condition = point.condition
      condition.loading = .angle(condition.loading.value + 0.25 * .pi / 180)
      let turned = AirfoilFlow(nodeCount: flow.nodeCount, condition: condition)
      var workspace = flow.makeWorkspace()
      func analysed(_ flow: AirfoilFlow, _ surface: DenseVector, in workspace: inout AirfoilFlow.Workspace) throws
        -> (whole: Double, pullback: Double)
      {
        var pullback = 0.0
        let whole = try Seconds.measure {
          let found = try flow.linearize(surface: surface, in: &workspace)
          pullback = try Seconds.measure { _ = try found.gradient(of: .drag) }.processor
        }
        return (whole.processor, pullback)
      }
      let first = try analysed(flow, point.surface, in: &workspace)
      cold.append(first.whole)
      pullback.append(first.pullback)
      var copy = workspace
      byAngle.append(try analysed(turned, point.surface, in: &copy).whole)
      var thicker = point.surface
      for i in 0..<flow.nodeCount { thicker[2 * i + 1] *= 1.005 }
      byShape.append(try analysed(flow, thicker, in: &workspace).whole)
    }
    let ms = { (values: [Double]) in 1e3 * median(values) }
    return [
      Check("cold analysis with gradient, median", ms(cold), .atMost(15), unit: " ms"),
      Check("warm by 0.25 degrees, with gradient, median", ms(byAngle), .atMost(5), unit: " ms"),
      Check("warm by 0.5 % of thickness, with gradient, median", ms(byShape), .atMost(5), unit: " ms"),
      Check("of which gradient, median", ms(pullback), unit: " ms"),
      Check("polar of 40 points, NACA 2412, Re 1e6", try polar(), .atMost(0.2), unit: " s"),
    ]
  }

  private static func polar() throws -> Double {
    guard let nodes = try referencePoints().foils["naca2412"]?.nodes else { return .nan }
    let conditions = (0..<40).map { FlowCondition(.angle((-4 + 0.4 * Double($0)) * .pi / 180), reynolds: 1e6) }
    return median(
      (0..<5).map { _ in
        Seconds.measure { _ = AirfoilPolar(surface: DenseVector(nodes)).rows(conditions) }.processor
      })
  }
}
