import Aerodynamics
import InverseDesign

/// Operating points whose angles are variables of a design and whose lifts are equality constraints.
///
/// A flow has a solution at almost every angle, at a lift only below stall: so a design may pass through foils that do
/// not carry their lifts, and the linearized constraints show the way out.
struct HeldLifts: Sendable {
  /// Which of the scene's operating points, and those points.
  let indices: [Int]
  let conditions: [FlowCondition]
  let panels: Int

  /// Of the angles, in radians.
  static let range = -0.15...0.35
  /// The largest angle at the start, in radians: about as much as foils of moderate thickness stand without stall.
  static let mostAtStart = 0.17

  /// - Returns: nil where no operating point has a lift.
  init?(_ conditions: [FlowCondition], panels: Int) {
    indices = conditions.indices.filter { if case .lift = conditions[$0].loading { true } else { false } }
    self.conditions = indices.map { conditions[$0] }
    self.panels = panels
    if indices.isEmpty { return nil }
  }

  var block: Block { Block("angles", shape: [indices.count], unit: "rad") }

  func extended(_ bounds: Bounds) -> Bounds {
    func repeated(_ value: Double) -> [Double] { Array(repeating: value, count: indices.count) }
    return Bounds(
      lower: DenseVector(bounds.lower.elements + repeated(Self.range.lowerBound)),
      upper: DenseVector(bounds.upper.elements + repeated(Self.range.upperBound)))
  }

  /// The variables with the angles at which the foil has its lifts without viscosity, or the largest to begin with.
  func extended(_ variables: DenseVector, of shape: any Transform) throws(SolveFailure) -> DenseVector {
    let nodes = Repanelling(nodeCount: panels).apply(try shape.apply(variables))
    var workspace: AirfoilFlow.Workspace?
    var angles: [Double] = []
    for condition in conditions {
      let flow = AirfoilFlow(nodeCount: panels, condition: FlowCondition(condition.loading, mach: condition.mach))
      var current = workspace ?? flow.makeWorkspace()
      let angle = try flow.solve(surface: nodes, in: &current).angle
      angles.append(min(max(angle, -Self.mostAtStart), Self.mostAtStart))
      workspace = current
    }
    return DenseVector(variables.elements + angles)
  }
}
