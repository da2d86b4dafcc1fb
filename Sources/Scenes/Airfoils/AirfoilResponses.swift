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
  /// The conditions whose angle is a variable, after those of the shape and in this order.
  var freeAngles: [Int] = []

  var names: [String] { rows.map(\.name) }

  /// The flow's own blocks, of several operating points with the point's name before each.
  var stateBlocks: [Block] {
    zip(flows, conditionNames).flatMap { flow, name in
      flow.stateBlocks.map { block in
        var block = block
        if conditions.count > 1 { block.name = "\(name).\(block.name)" }
        return block
      }
    }
  }

  var flows: [AirfoilFlow] {
    conditions.map { AirfoilFlow(nodeCount: repanelling.nodeCount, condition: $0) }
  }

  /// The variables of the shape, and the flows with the angles that are variables.
  func split(_ design: DenseVector) -> (shape: DenseVector, flows: [AirfoilFlow]) {
    guard !freeAngles.isEmpty else { return (design, flows) }
    let count = design.count - freeAngles.count
    var conditions = conditions
    for (place, index) in freeAngles.enumerated() { conditions[index].loading = .angle(design[count + place]) }
    return (
      DenseVector(design.elements[..<count]),
      conditions.map { AirfoilFlow(nodeCount: repanelling.nodeCount, condition: $0) }
    )
  }

  func makeSession() -> any ResponseSession { AirfoilSession(self) }
}

/// Evaluates an airfoil with one workspace for each operating point.
///
/// Every flow starts from that about the design accepted last, and cold before the first: so a value depends on the
/// accepted designs alone, and a trial whose flow separated spoils nothing after it.
final class AirfoilSession: ResponseSession {
  private let responses: AirfoilResponses
  private let flows: [AirfoilFlow]
  /// Of the design accepted last, and of the one evaluated last.
  private var accepted: [AirfoilFlow.Workspace]
  private var latest: [AirfoilFlow.Workspace]

  init(_ responses: AirfoilResponses) {
    self.responses = responses
    flows = responses.flows
    accepted = flows.map { $0.makeWorkspace() }
    latest = accepted
  }

  func accept() { accepted = latest }

  var memory: NamedArrays {
    var arrays = NamedArrays()
    for (index, flow) in flows.enumerated() {
      arrays.merge(flow.memory(of: accepted[index]), prefix: "\(index)/")
    }
    return arrays
  }

  func restore(_ memory: NamedArrays) {
    for (index, flow) in flows.enumerated() {
      flow.restore(memory.withPrefix("\(index)/"), to: &accepted[index])
    }
    latest = accepted
  }

  func evaluate(_ design: DenseVector, gradientsOf wanted: Set<Int>) throws(SolveFailure) -> ResponseValues {
    let linearization = try linearize(design, rows: wanted)
    var result = linearization.result
    for row in wanted {
      var weights = [Double](repeating: 0, count: responses.rows.count)
      weights[row] = 1
      result.gradients[row] = try linearization.pullback(ResponseSeed(rows: weights))
    }
    return result
  }

  func linearize(_ design: DenseVector, rows: Set<Int>) throws(SolveFailure) -> ResponseLinearization {
    let (variables, models) = responses.split(design)
    let map = try responses.shape.linearize(at: variables)
    let panels = responses.repanelling.linearize(at: map.image)
    let flows = try solve(models, panels.image)
    var result = ResponseValues(values: [], field: panels.image)
    result.state = DenseVector(flows.flatMap(\.solution.state.elements))
    for flow in flows { result.report.merge(flow.solution.report) }
    for row in responses.rows {
      var value = 0.0
      for term in row.terms {
        switch term.source {
        case .coefficient(let condition, let coefficient):
          value += term.weight * flows[condition].solution[coefficient]
        case .glideRatio(let condition):
          value += term.weight * flows[condition].solution.lift / flows[condition].solution.drag
        case .pressure(let condition, let target):
          value += term.weight * target.value(panels.image, flows[condition].solution.pressure)
        case .shape(let functional):
          value += term.weight * (try functional.evaluate(map.image, wantsGradient: false)).value
        }
      }
      result.values.append(value)
    }
    let responses = responses
    return ResponseLinearization(result) { seed throws(SolveFailure) in
      // By the nodes of the panels, through the flow and beside it; and by those of the surface.
      var byNodes = seed.field
      var byAngles = DenseVector(zeros: flows.count)
      for (index, part) in try Self.atEveryPoint(
        flows.count, responses,
        { index throws(SolveFailure) in
          try Self.gradient(of: seed, at: index, flows, responses, panels.image)
        }
      ).enumerated() {
        byNodes += part.nodes
        byAngles[index] = part.loading
      }
      var bySurface = byNodes.isEmpty ? byNodes : try panels.pullback(byNodes)
      for (row, weight) in seed.rows.enumerated() where weight != 0 {
        for term in responses.rows[row].terms {
          guard case .shape(let functional) = term.source else { continue }
          bySurface.add(
            try functional.evaluate(map.image, wantsGradient: true).gradient, scaledBy: weight * term.weight)
        }
      }
      let byShape = bySurface.isEmpty ? DenseVector(zeros: variables.count) : try map.pullback(bySurface)
      return DenseVector(byShape.elements + responses.freeAngles.map { byAngles[$0] })
    }
  }

  /// All operating points, at the same time.
  private func solve(_ flows: [AirfoilFlow], _ nodes: DenseVector) throws(SolveFailure) -> [AirfoilLinearization] {
    let responses = responses
    latest = accepted
    return try latest.withUnsafeMutableBufferPointer { workspaces throws(SolveFailure) in
      let shared = UncheckedShared(workspaces)
      return try Self.atEveryPoint(flows.count, responses) { index throws(SolveFailure) in
        try flows[index].linearize(surface: nodes, in: &shared.value[index])
      }
    }
  }

  /// What a function is at every operating point, or the first failure, with the point's name.
  private static func atEveryPoint<Value>(
    _ count: Int, _ responses: AirfoilResponses, _ value: @escaping (Int) throws(SolveFailure) -> Value
  ) throws(SolveFailure) -> [Value] {
    var results = [Result<Value, SolveFailure>?](repeating: nil, count: count)
    results.withUnsafeMutableBufferPointer { results in
      let shared = UncheckedShared((results: results, value: value))
      concurrentlyForEach(piece: count) { index in
        shared.value.results[index] = Result { () throws(SolveFailure) in try shared.value.value(index) }
      }
    }
    var values: [Value] = []
    for (index, result) in results.enumerated() {
      do throws(SolveFailure) {
        guard let result else { throw SolveFailure(.stalled, "the flow was not solved") }
        values.append(try result.get())
      } catch {
        var failure = error
        failure.message = "at \(responses.conditionNames[index]): " + error.message
        throw failure
      }
    }
    return values
  }

  /// What a seed gives by the nodes of the panels through the flow at one operating point, empty for nothing, and by its
  /// angle or lift.
  private static func gradient(
    of seed: ResponseSeed, at index: Int, _ flows: [AirfoilLinearization], _ responses: AirfoilResponses,
    _ nodes: DenseVector
  ) throws(SolveFailure) -> (nodes: DenseVector, loading: Double) {
    let solution = flows[index].solution
    let first = flows[..<index].reduce(0) { $0 + $1.solution.state.count }
    var state =
      seed.state.isEmpty
      ? DenseVector(zeros: solution.state.count)
      : DenseVector(seed.state.elements[first..<first + solution.state.count])
    var direct = DenseVector.zero
    for (row, weight) in seed.rows.enumerated() where weight != 0 {
      for term in responses.rows[row].terms where term.source.condition == index {
        let weight = weight * term.weight
        switch term.source {
        case .coefficient(_, let coefficient): state[coefficient.rawValue] += weight
        case .glideRatio:
          state[AirfoilCoefficient.lift.rawValue] += weight / solution.drag
          state[AirfoilCoefficient.drag.rawValue] -= weight * solution.lift / (solution.drag * solution.drag)
        case .pressure(_, let target):
          let (byPressure, byNodes) = target.gradient(nodes, solution.pressure)
          for (node, slope) in byPressure.enumerated() {
            state[solution.layout.pressure.lowerBound + node] += weight * slope
          }
          direct.add(byNodes, scaledBy: weight)
        case .shape: break
        }
      }
    }
    guard state.largestMagnitude > 0 else { return (direct, 0) }
    let gradient = try flows[index].pullback(state)
    return (gradient.surface + direct, gradient.loading)
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
