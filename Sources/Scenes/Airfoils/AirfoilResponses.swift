import Aerodynamics
import InverseDesign

/// The numbers of an airfoil that a design has: from its variables over the surface and its panels to the flow at every
/// operating point, and back.
struct AirfoilResponses: Responses {
  /// A number read off the chain: a weighted sum of what the flow and the shape have.
  struct Row: Sendable {
    enum Source: Sendable {
      case coefficient(condition: Int, AirfoilCoefficient)
      case glideRatio(condition: Int)
      case pressure(condition: Int, PressureTarget)
      case shape(any SurfaceFunctional)
    }

    var name: String
    var terms: [(weight: Double, source: Source)]
  }

  /// Variables to surface.
  let shape: any Transform
  let repanelling: Repanelling
  let conditions: [FlowCondition]
  /// For messages.
  let conditionNames: [String]
  let rows: [Row]

  var names: [String] { rows.map(\.name) }
  func makeSession() -> any ResponseSession { AirfoilSession(self) }
}

/// Evaluates an airfoil with one workspace for each operating point.
final class AirfoilSession: ResponseSession {
  private let responses: AirfoilResponses
  private let flows: [AirfoilFlow]
  private var workspaces: [AirfoilFlow.Workspace]

  init(_ responses: AirfoilResponses) {
    self.responses = responses
    flows = responses.conditions.map { AirfoilFlow(nodeCount: responses.repanelling.nodeCount, condition: $0) }
    workspaces = flows.map { $0.makeWorkspace() }
  }

  var memory: NamedArrays {
    var arrays = NamedArrays()
    for (index, flow) in flows.enumerated() {
      arrays.merge(flow.memory(of: workspaces[index]), prefix: "\(index)/")
    }
    return arrays
  }

  func restore(_ memory: NamedArrays) {
    for (index, flow) in flows.enumerated() {
      flow.restore(memory.withPrefix("\(index)/"), to: &workspaces[index])
    }
  }

  /// What one operating point contributes.
  private struct Point {
    var solution: AirfoilSolution
    /// Of each wanted row, by the nodes; empty where the row has nothing of this point.
    var gradients: [DenseVector]
  }

  func evaluate(_ design: DenseVector, gradientsOf wanted: Set<Int>) throws(SolveFailure) -> ResponseValues {
    let wanted = wanted.sorted()
    let map = try responses.shape.linearize(at: design)
    let panels = responses.repanelling.linearize(at: map.image)
    let points = try solve(panels.image, wanted)
    var result = ResponseValues(values: [], field: panels.image)
    result.state = DenseVector(points.flatMap(\.solution.state.elements))
    for point in points { result.report.merge(point.solution.report) }
    var shapeGradients = [DenseVector](repeating: .zero, count: responses.rows.count)
    for (index, row) in responses.rows.enumerated() {
      var value = 0.0
      for term in row.terms {
        switch term.source {
        case .coefficient(let condition, let coefficient):
          value += term.weight * points[condition].solution[coefficient]
        case .glideRatio(let condition):
          value += term.weight * points[condition].solution.lift / points[condition].solution.drag
        case .pressure(let condition, let target):
          value += term.weight * target.value(panels.image, points[condition].solution.pressure)
        case .shape(let functional):
          let found = try functional.evaluate(map.image, wantsGradient: wanted.contains(index))
          value += term.weight * found.value
          shapeGradients[index].add(found.gradient, scaledBy: term.weight)
        }
      }
      result.values.append(value)
    }
    for (place, index) in wanted.enumerated() {
      var byNodes = DenseVector.zero
      for point in points { byNodes += point.gradients[place] }
      var bySurface = byNodes.isEmpty ? byNodes : try panels.pullback(byNodes)
      bySurface += shapeGradients[index]
      result.gradients[index] =
        bySurface.isEmpty ? DenseVector(zeros: design.count) : try map.pullback(bySurface)
    }
    return result
  }

  /// All operating points, at the same time.
  private func solve(_ nodes: DenseVector, _ wanted: [Int]) throws(SolveFailure) -> [Point] {
    var results = [Result<Point, SolveFailure>?](repeating: nil, count: flows.count)
    let (flows, responses) = (flows, responses)
    results.withUnsafeMutableBufferPointer { results in
      workspaces.withUnsafeMutableBufferPointer { workspaces in
        let shared = UncheckedShared((results: results, workspaces: workspaces))
        concurrentlyForEach(piece: flows.count) { index in
          shared.value.results[index] = Result { () throws(SolveFailure) in
            try Self.point(
              index, flows[index], responses, nodes, wanted, &shared.value.workspaces.baseAddress![index])
          }
        }
      }
    }
    var points: [Point] = []
    for (index, result) in results.enumerated() {
      do throws(SolveFailure) {
        guard let result else { throw SolveFailure(.stalled, "the flow was not solved") }
        points.append(try result.get())
      } catch {
        var failure = error
        failure.message = "at \(responses.conditionNames[index]): " + error.message
        throw failure
      }
    }
    return points
  }

  private static func point(
    _ index: Int, _ flow: AirfoilFlow, _ responses: AirfoilResponses, _ nodes: DenseVector, _ wanted: [Int],
    _ workspace: inout AirfoilFlow.Workspace
  ) throws(SolveFailure) -> Point {
    let seeds = wanted.map { responses.rows[$0].terms.filter { $0.source.condition == index } }
    guard seeds.contains(where: { !$0.isEmpty }) else {
      return Point(
        solution: try flow.solve(surface: nodes, in: &workspace),
        gradients: [DenseVector](repeating: .zero, count: wanted.count))
    }
    let linearization = try flow.linearize(surface: nodes, in: &workspace)
    let solution = linearization.solution
    var gradients: [DenseVector] = []
    for terms in seeds {
      guard !terms.isEmpty else {
        gradients.append(.zero)
        continue
      }
      var seed = DenseVector(zeros: solution.state.count)
      var direct = DenseVector.zero
      for term in terms {
        switch term.source {
        case .coefficient(_, let coefficient): seed[coefficient.rawValue] += term.weight
        case .glideRatio:
          let drag = solution.drag
          seed[AirfoilCoefficient.lift.rawValue] += term.weight / drag
          seed[AirfoilCoefficient.drag.rawValue] -= term.weight * solution.lift / (drag * drag)
        case .pressure(_, let target):
          let first = solution.layout.pressure.lowerBound
          let (byPressure, byNodes) = target.gradient(nodes, solution.pressure)
          for (node, slope) in byPressure.enumerated() { seed[first + node] += term.weight * slope }
          direct.add(byNodes, scaledBy: term.weight)
        case .shape: break
        }
      }
      gradients.append(try linearization.pullback(seed).surface + direct)
    }
    return Point(solution: solution, gradients: gradients)
  }
}

extension AirfoilResponses.Row.Source {
  /// The operating point that it is read off; nil for the shape.
  var condition: Int? {
    switch self {
    case .coefficient(let condition, _), .glideRatio(let condition), .pressure(let condition, _): condition
    case .shape: nil
    }
  }
}
