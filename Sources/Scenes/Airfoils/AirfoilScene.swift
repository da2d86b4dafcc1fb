import Aerodynamics
import InverseDesign

/// A scene of an airfoil made ready to run.
public struct AirfoilScene: Sendable {
  public var title: String
  /// The surface of the foil asked for, `[any, 2]`, in chords.
  public var foil: DenseVector
  public var foilName: String
  public var panels: Int
  var conditions: [(name: String, flow: FlowCondition)]
  public var output: Scene.Output
  /// What was mended in the foil's file.
  public var notes: [String]
  /// Nil where the scene is only simulated.
  var design: AirfoilDesign?

  var flowConditions: [FlowCondition] { conditions.map(\.flow) }
}

/// A design of an airfoil and how it is found.
struct AirfoilDesign: Sendable {
  var shape: AirfoilShape
  var problem: DesignProblem
  /// Where the angles of operating points are variables too.
  var held: HeldLifts?
  var method: (optimizer: any Optimizer, stopping: StoppingCriteria, scaling: DesignLoop.ObjectiveScaling)
}

extension AirfoilDesign {
  /// The surface of a vector of variables, which may have angles at its end.
  func surface(_ variables: DenseVector) throws(SolveFailure) -> DenseVector {
    try shape.map.apply(DenseVector(variables.elements.prefix(shape.start.count)))
  }
}

extension AirfoilScene {
  /// Nil where the scene is only simulated.
  public var optimizable: OptimizableScene? {
    guard let design else { return nil }
    let isViscous = conditions.contains { $0.flow.reynolds != nil }
    let choice = SolverChoice(
      name: isViscous ? "panels with a boundary layer" : "panels",
      reason: "\(conditions.count) operating point\(conditions.count == 1 ? "" : "s")",
      unknowns: design.problem.start.count)
    return OptimizableScene(
      title: title, problem: design.problem, optimizer: design.method.optimizer, stopping: design.method.stopping,
      scaling: design.method.scaling, solver: choice,
      fieldBlock: Block("panel-nodes", shape: [panels, 2]), steadied: nil,
      // Anything between the bounds need not be a foil that a flow can follow.
      checkedReach: 0.02,
      makeFiles: { file, folder in AirfoilDesignFiles(file: file, scene: self, design: design, folder: folder) })
  }
}
