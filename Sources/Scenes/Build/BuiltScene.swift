import InverseDesign

/// A scene made ready to run: the models, the problem, and what pictures and reports need to know.
public struct BuiltScene: Sendable {
  public var title: String
  public var domain: SceneDomain
  /// The responses that the scene's objective and constraints are rows of.
  public var problem: DesignProblem
  public var optimizer: any Optimizer
  public var stopping: StoppingCriteria
  public var scaling: DesignLoop.ObjectiveScaling
  public var solver: SolverChoice
  /// Reads fields for pictures and files off the state.
  public var presenter: any StatePresenter
  /// Cells that the scene holds void; drawn as nothing.
  public var voidCells: [Bool]
  /// Solves at a physical field given, for `simulate` and `verify`.
  public var analysis: any FieldAnalysis
  /// The physical field of the start.
  var startField: @Sendable () throws(SolveFailure) -> DenseVector
  /// The physical field of a design, as in the first iteration.
  var physicalField: @Sendable (DenseVector) throws(SolveFailure) -> DenseVector
  public var output: Scene.Output
}

/// Which linear solver runs, and why.
public struct SolverChoice: Sendable, Equatable {
  /// As a scene names it.
  public var name: String
  public var reason: String
  /// Unknowns of one load case.
  public var unknowns: Int
}

/// A field on the cells or nodes, for files and pictures.
public struct NamedField: Sendable {
  public enum Place: Sendable { case nodes, cells }
  public var name: String
  /// The SI unit.
  public var unit: String
  public var place: Place
  /// Entries a node or cell: 1 for a number, 2 or 3 for a vector.
  public var components: Int
  public var values: DenseVector

  public init(_ name: String, unit: String, place: Place, components: Int = 1, values: DenseVector) {
    self.name = name
    self.unit = unit
    self.place = place
    self.components = components
    self.values = values
  }
}

/// Reads what people look at off a physics' state.
public protocol StatePresenter: Sendable {
  /// Fields in the order of interest; the physical field is that of the state.
  func fields(field: DenseVector, state: DenseVector) -> [NamedField]
  /// The name of the nodal vector field that deforms the body, if the physics has one.
  var deformation: String? { get }
  /// The name of the field that colours the body.
  var colour: String { get }
  /// Whether a node has one unknown.
  var isScalar: Bool { get }
}

/// A physics solved at a physical field, outside any design problem.
public protocol FieldAnalysis: Sendable {
  /// The state, and the compliance (mechanical or thermal) of every load case.
  func analyse(_ field: DenseVector) throws -> FieldResult
  /// The field thresholded to the same volume, its void removed.
  func analyseThresholded(_ field: DenseVector) throws -> ThresholdedResult
  /// The solvers that `compare` knows, by the names that scenes give them.
  var solverNames: [String] { get }
  /// Solves the linear systems of the field by each of some solvers in turn.
  func compare(solvers names: [String], at field: DenseVector, _ eachDone: (SolverComparison.Trial) -> Void) throws
}

public struct FieldResult: Sendable {
  public var state: DenseVector
  public var compliances: [Double]
  public var report: SolveReport
}

public struct ThresholdedResult: Sendable {
  public var threshold: Double
  /// True for solid cells that carry load.
  public var solid: [Bool]
  /// Solid cells dropped because they hang on nothing.
  public var floatingCells: Int
  public var volumeFraction: Double
  public var compliances: [Double]
  public var state: DenseVector
  public var report: SolveReport
  /// The share of the loads that acts on removed material and is therefore not carried.
  public var lostLoad: Double
}
