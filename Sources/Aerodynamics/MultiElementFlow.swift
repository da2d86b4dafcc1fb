import DifferentiableCore

/// The flow without viscosity about several foils that feel each other: a main element and its flap, a biplane, a foil
/// and its mirror image in the ground. Each has its own Kutta condition.
///
/// Parameters are one vector, `[surface of each element | loading | Mach number]`, the surfaces `[nodeCount, 2]` row-major
/// as those of an ``AirfoilFlow``, all in one system of coordinates; coefficients count by a chord of one, about the
/// quarter chord (0.25, 0). The state is `[lift, drag, moment, angle | lift, drag, moment of each element | pressure]`:
/// the angle in radians, the pressure coefficient of every node. The loading is the angle or the lift of all together.
/// Reference: Drela (1989), section 2; Katz & Plotkin, Low-Speed Aerodynamics (2001), section 12.3.
public struct MultiElementFlow: ForwardModel {
  public let identity = ModelIdentity()
  /// The nodes of each element.
  public let nodeCounts: [Int]
  /// The loading and the Mach number; it has no Reynolds number.
  public let condition: FlowCondition

  /// - Precondition: The condition has no Reynolds number: several boundary layers are not coupled.
  public init(nodeCounts: [Int], condition: FlowCondition) {
    precondition(condition.reynolds == nil, "several elements are computed without viscosity")
    self.nodeCounts = nodeCounts
    self.condition = condition
  }

  /// The last surfaces with their factored panels.
  public struct Workspace: Sendable {
    var panels: (surfaces: DenseVector, system: PanelSystem)?
  }

  public func makeWorkspace() -> Workspace { Workspace() }

  public var stateBlocks: [Block] {
    [
      Block("lift-drag-moment-angle", shape: [4]), Block("of-each-element", shape: [nodeCounts.count, 3]),
      Block("pressure", shape: [nodeTotal]),
    ]
  }

  private var nodeTotal: Int { nodeCounts.reduce(0, +) }

  /// The vector of parameters for the surfaces of the elements, the rest as the condition says.
  public func parameters(surfaces: [DenseVector]) -> DenseVector {
    DenseVector(surfaces.flatMap(\.elements) + [condition.loading.value, condition.mach])
  }

  /// The flow about several foils.
  public struct Flow: Sendable {
    public let lift: Double, drag: Double, moment: Double
    /// In radians.
    public let angle: Double
    /// Of each element: lift, drag and moment.
    public let elements: [(lift: Double, drag: Double, moment: Double)]
    /// The pressure coefficients of each element's nodes.
    public let pressure: [[Double]]
  }

  /// What a state holds, by names.
  public func flow(_ state: DenseVector) -> Flow {
    let count = nodeCounts.count
    var first = 4 + 3 * count
    return Flow(
      lift: state[0], drag: state[1], moment: state[2], angle: state[3],
      elements: (0..<count).map { (state[4 + 3 * $0], state[5 + 3 * $0], state[6 + 3 * $0]) },
      pressure: nodeCounts.map { nodes in
        defer { first += nodes }
        return Array(state.elements[first..<first + nodes])
      })
  }

  public func solution(at parameters: DenseVector, in workspace: inout Workspace) throws(SolveFailure)
    -> Solution<DenseVector>
  {
    let flow = try solved(parameters, &workspace)
    return Solution(state: state(flow), report: SolveReport(solver: "panels"))
  }

  public func linearize(at parameters: DenseVector, in workspace: inout Workspace) throws(SolveFailure)
    -> Linearization<DenseVector, DenseVector>
  {
    let flow = try solved(parameters, &workspace)
    let count = nodeCounts.count
    return Linearization(state: state(flow), report: SolveReport(solver: "panels")) { seed in
      if seed.isEmpty { return DenseVector(zeros: parameters.count) }
      let gradient = flow.pullback(
        SurfaceForces.Seed(
          lift: seed[0], drag: seed[1], moment: seed[2], pressure: Array(seed.elements[(4 + 3 * count)...]),
          elements: (0..<count).map { SIMD3(seed[4 + 3 * $0], seed[5 + 3 * $0], seed[6 + 3 * $0]) }),
        angle: seed[3])
      return DenseVector(gradient.surface.elements + [gradient.loading, gradient.mach])
    }
  }

  private func solved(_ parameters: DenseVector, _ workspace: inout Workspace) throws(SolveFailure) -> InviscidFlow {
    let total = 2 * nodeTotal
    guard !nodeCounts.isEmpty, parameters.count == total + 2 else {
      throw SolveFailure(
        .unsupported,
        "\(parameters.count) parameters for elements of \(nodeCounts) nodes, which have \(total + 2)")
    }
    var condition = condition
    switch condition.loading {
    case .angle: condition.loading = .angle(parameters[total])
    case .lift: condition.loading = .lift(parameters[total])
    }
    condition.mach = parameters[total + 1]
    try AirfoilFlow.check(condition)
    let surfaces = DenseVector(parameters.elements[..<total])
    if let panels = workspace.panels, panels.surfaces == surfaces { return try InviscidFlow(panels.system, condition) }
    var start = 0
    let parts = nodeCounts.map { count -> DenseVector in
      defer { start += 2 * count }
      return DenseVector(surfaces.elements[start..<start + 2 * count])
    }
    let system = try PanelSystem(PanelSurface(parts))
    workspace.panels = (surfaces, system)
    return try InviscidFlow(system, condition)
  }

  private func state(_ flow: InviscidFlow) -> DenseVector {
    let forces = flow.forces
    return DenseVector(
      [forces.lift, forces.drag, forces.moment, flow.angle] + forces.elements.flatMap { [$0[0], $0[1], $0[2]] }
        + forces.pressure)
  }
}
