import DifferentiableCore
import Foundation

/// The flow about one foil: vortex panels alone, or coupled with an integral boundary layer.
///
/// Parameters are one vector, `[surface | loading | Reynolds number | Mach number | critical amplification]`: the surface
/// `[nodeCount, 2]` row-major (x, y) in chords, from the upper trailing edge over the leading edge to the lower trailing
/// edge, the edge open or closed; the loading is the angle in radians or the lift coefficient, as the condition says.
/// The state is described by ``AirfoilStateLayout``. References: Drela & Giles, AIAA J. 25 (1987); Drela, XFOIL: an
/// analysis and design system for low Reynolds number airfoils (1989); Fidkowski, AIAA J. 60 (2022).
public struct AirfoilFlow: ForwardModel {
  public let identity = ModelIdentity()
  /// What is not among the parameters is taken from here: which loading is given, viscosity, trips.
  public let condition: FlowCondition
  public let layout: AirfoilStateLayout

  public var nodeCount: Int { layout.nodeCount }

  public init(nodeCount: Int, condition: FlowCondition) {
    self.condition = condition
    layout = AirfoilStateLayout(nodeCount: nodeCount, viscous: condition.reynolds != nil)
  }

  /// The last geometry with its factored panels, and the last flow, from which the next solve starts.
  public struct Workspace: Sendable {
    var panels: (surface: DenseVector, system: PanelSystem)?
    var start = ViscousFlow.Start()

    /// The panels of a surface, factored once for as long as the surface is the same.
    mutating func system(of surface: DenseVector, viscous: Bool) throws(SolveFailure) -> PanelSystem {
      if let panels, panels.surface == surface { return panels.system }
      let system = try PanelSystem(PanelSurface([surface]), withSources: viscous)
      panels = (surface, system)
      start.response = nil
      return system
    }
  }

  public func makeWorkspace() -> Workspace { Workspace() }

  /// Factors the panels of a surface ahead of the solves, so that copies of the workspace share them.
  public func prepare(surface: DenseVector, in workspace: inout Workspace) throws(SolveFailure) {
    let system = try workspace.system(of: surface, viscous: condition.reynolds != nil)
    if condition.reynolds != nil && workspace.start.response == nil {
      workspace.start.response = SourceInfluence.surfaceResponse(system)
    }
  }

  public var stateBlocks: [Block] { layout.blocks }

  /// The vector of parameters for a surface, the rest as the condition says.
  public func parameters(surface: DenseVector) -> DenseVector {
    DenseVector(
      surface.elements + [
        condition.loading.value, condition.reynolds ?? 0, condition.mach, condition.criticalAmplification,
      ])
  }

  /// The condition with the numbers of a vector of parameters.
  func condition(at parameters: DenseVector) throws(SolveFailure) -> (surface: DenseVector, condition: FlowCondition) {
    let n = 2 * nodeCount
    guard parameters.count == n + 4 else {
      throw SolveFailure(
        .unsupported, "\(parameters.count) parameters for a foil of \(nodeCount) nodes, which has \(n + 4)")
    }
    var condition = condition
    switch condition.loading {
    case .angle: condition.loading = .angle(parameters[n])
    case .lift: condition.loading = .lift(parameters[n])
    }
    if condition.reynolds != nil { condition.reynolds = parameters[n + 1] }
    condition.mach = parameters[n + 2]
    condition.criticalAmplification = parameters[n + 3]
    return (DenseVector(parameters.elements[..<n]), condition)
  }

  /// The flow about a surface at the model's condition.
  /// - Throws: A failure with the residual and the last station where the equations could not be solved.
  public func solve(surface: DenseVector, in workspace: inout Workspace) throws(SolveFailure) -> AirfoilSolution {
    try solution(surface, condition, in: &workspace)
  }

  /// The flow about a surface with its derivative.
  /// - Throws: A failure with the residual and the last station where the equations could not be solved.
  public func linearize(surface: DenseVector, in workspace: inout Workspace) throws(SolveFailure)
    -> AirfoilLinearization
  {
    try linearization(surface, condition, in: &workspace)
  }

  public func solution(at parameters: DenseVector, in workspace: inout Workspace) throws(SolveFailure)
    -> Solution<DenseVector>
  {
    let (surface, condition) = try condition(at: parameters)
    let solution = try solution(surface, condition, in: &workspace)
    return Solution(state: solution.state, report: solution.report)
  }

  public func linearize(at parameters: DenseVector, in workspace: inout Workspace) throws(SolveFailure)
    -> Linearization<DenseVector, DenseVector>
  {
    let (surface, condition) = try condition(at: parameters)
    let linearization = try linearization(surface, condition, in: &workspace)
    return Linearization(state: linearization.solution.state, report: linearization.solution.report) {
      seed throws(SolveFailure) in
      let gradient = try linearization.pullback(seed)
      return DenseVector(
        gradient.surface.elements + [
          gradient.loading, gradient.reynolds, gradient.mach, gradient.criticalAmplification,
        ])
    }
  }

  private func solution(_ surface: DenseVector, _ condition: FlowCondition, in workspace: inout Workspace)
    throws(SolveFailure) -> AirfoilSolution
  {
    try Self.check(condition)
    let system = try workspace.system(of: surface, viscous: condition.reynolds != nil)
    if condition.reynolds == nil { return try InviscidFlow(system, condition).solution }
    return try ViscousFlow(system, condition, layout, from: &workspace.start).solution
  }

  private func linearization(_ surface: DenseVector, _ condition: FlowCondition, in workspace: inout Workspace)
    throws(SolveFailure) -> AirfoilLinearization
  {
    try Self.check(condition)
    let system = try workspace.system(of: surface, viscous: condition.reynolds != nil)
    if condition.reynolds != nil {
      let flow = try ViscousFlow(system, condition, layout, from: &workspace.start)
      return AirfoilLinearization(solution: flow.solution) { seed throws(SolveFailure) in flow.pullback(seed) }
    }
    let flow = try InviscidFlow(system, condition)
    return AirfoilLinearization(solution: flow.solution) { seed throws(SolveFailure) in flow.pullback(seed) }
  }

  static func check(_ condition: FlowCondition) throws(SolveFailure) {
    guard condition.loading.value.isFinite else {
      throw SolveFailure(.nonFinite, "the angle or lift \(condition.loading.value) is not finite")
    }
    guard condition.mach >= 0 && condition.mach < 1 else {
      throw SolveFailure(.unsupported, "a Mach number of \(condition.mach): from 0 to below 1")
    }
    if let reynolds = condition.reynolds, !(reynolds >= 1000 && reynolds.isFinite) {
      throw SolveFailure(.unsupported, "a Reynolds number of \(reynolds): from 1000")
    }
    guard condition.criticalAmplification > 0 && condition.criticalAmplification < 30 else {
      throw SolveFailure(
        .unsupported, "a critical amplification of \(condition.criticalAmplification): between 0 and 30")
    }
  }
}
