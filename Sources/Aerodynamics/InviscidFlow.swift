import DifferentiableCore
import Foundation

/// The flow without viscosity about one foil, at a given angle or lift.
struct InviscidFlow {
  let system: PanelSystem
  let condition: FlowCondition
  let angle: Double
  let circulation: [Double]
  let forces: SurfaceForces

  init(_ system: PanelSystem, _ condition: FlowCondition) throws(SolveFailure) {
    self.system = system
    self.condition = condition
    angle = try Self.angle(system, condition)
    circulation = system.circulation(at: angle)
    forces = SurfaceForces(system.surface, velocity: circulation, angle: angle, mach: condition.mach)
  }

  /// The angle of attack at which the foil has its lift, by Newton's method.
  static func angle(_ system: PanelSystem, _ condition: FlowCondition) throws(SolveFailure) -> Double {
    guard case .lift(let lift) = condition.loading else { return condition.loading.value }
    var angle = 0.0, miss = Double.infinity
    for _ in 0..<30 {
      let circulation = system.circulation(at: angle)
      let forces = SurfaceForces(system.surface, velocity: circulation, angle: angle, mach: condition.mach)
      miss = forces.lift - lift
      if abs(miss) < 1e-13 { return angle }
      let step = miss / slope(system, forces, angle, circulation)
      angle -= min(max(step, -0.2), 0.2)
      if abs(step) < 1e-15 { return angle }
    }
    if abs(miss) < 1e-10 { return angle }
    throw SolveFailure(.stalled, "no angle of attack has a lift of \(lift); the last one missed by \(miss)")
  }

  /// The derivative of lift by angle.
  private static func slope(
    _ system: PanelSystem, _ forces: SurfaceForces, _ angle: Double, _ circulation: [Double]
  ) -> Double {
    let gradient = forces.pullback(SurfaceForces.Seed(lift: 1), system.surface, velocity: circulation)
    return gradient.angle + zip(gradient.velocity, system.circulationSlope(at: angle)).reduce(0) { $0 + $1.0 * $1.1 }
  }

  var solution: AirfoilSolution {
    let layout = AirfoilStateLayout(nodeCount: system.nodeCount, viscous: false)
    var state = [Double](repeating: 0, count: AirfoilCoefficient.allCases.count)
    state[AirfoilCoefficient.lift.rawValue] = forces.lift
    state[AirfoilCoefficient.drag.rawValue] = forces.drag
    state[AirfoilCoefficient.pressureDrag.rawValue] = forces.drag
    state[AirfoilCoefficient.moment.rawValue] = forces.moment
    state[AirfoilCoefficient.upperTransition.rawValue] = 1
    state[AirfoilCoefficient.lowerTransition.rawValue] = 1
    state[AirfoilCoefficient.angle.rawValue] = angle
    let stagnation = (0..<system.nodeCount - 1).first { circulation[$0] > 0 && circulation[$0 + 1] <= 0 } ?? 0
    return AirfoilSolution(
      layout: layout, state: DenseVector(state + forces.pressure), report: SolveReport(solver: "panels"),
      wake: .zero, skinFriction: [], shapeFactor: [], stationDistance: [], stagnationNode: stagnation)
  }

  /// A seed on the state to the gradient.
  func pullback(_ seed: DenseVector) -> AirfoilGradient {
    let n = system.nodeCount
    if seed.isEmpty { return AirfoilGradient(surface: DenseVector(zeros: 2 * n)) }
    let first = AirfoilCoefficient.allCases.count
    return pullback(
      SurfaceForces.Seed(
        lift: seed[AirfoilCoefficient.lift.rawValue],
        drag: seed[AirfoilCoefficient.drag.rawValue] + seed[AirfoilCoefficient.pressureDrag.rawValue],
        moment: seed[AirfoilCoefficient.moment.rawValue], pressure: Array(seed.elements[first..<first + n])),
      angle: seed[AirfoilCoefficient.angle.rawValue])
  }

  /// Seeds on the forces and on the angle to the gradient.
  func pullback(_ seed: SurfaceForces.Seed, angle onAngle: Double) -> AirfoilGradient {
    var gradient = atFreeAngle(seed)
    gradient.angle += onAngle
    var result = AirfoilGradient(
      surface: DenseVector(gradient.nodes.interleaved), loading: gradient.angle, mach: gradient.mach)
    if case .lift = condition.loading {
      // The angle follows from lift(angle, p) = target.
      let lift = atFreeAngle(SurfaceForces.Seed(lift: 1))
      let factor = gradient.angle / lift.angle
      result.surface.add(DenseVector(lift.nodes.interleaved), scaledBy: -factor)
      result.mach -= factor * lift.mach
      result.loading = factor
    }
    return result
  }

  /// The derivatives at a free angle.
  private func atFreeAngle(_ seed: SurfaceForces.Seed) -> (nodes: PointDerivatives, angle: Double, mach: Double) {
    let direct = forces.pullback(seed, system.surface, velocity: circulation)
    var onUnknowns = direct.velocity
    onUnknowns += [Double](repeating: 0, count: system.unknownCount - system.nodeCount)
    let lambda = system.factorization.solution(onUnknowns, transposed: true)
    let implicit = system.pullback(
      PanelSystem.Multipliers(lambda: lambda, circulation: circulation), angle: angle)
    var nodes = direct.nodes
    nodes.add(implicit.nodes, scaledBy: -1)
    return (nodes, direct.angle - implicit.angle, direct.mach)
  }
}
