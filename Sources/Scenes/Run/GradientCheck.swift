import Foundation
import InverseDesign

/// The Taylor test of every row that a scene optimizes or bounds.
public struct GradientCheck {
  /// The test of one row.
  public struct Row: Codable, Sendable {
    public var name: String
    public var value: Double
    public var directionalDerivative: Double
    public var centralDifference: Double
    /// The smallest observed rate; nil where all remainders are round-off.
    public var rate: Double?
    public var passes: Bool
  }

  private let problem: DesignProblem
  private let steadied: (@Sendable (DenseVector) throws(SolveFailure) -> DesignProblem)?
  private let seed: UInt64
  private let reach: Double?

  /// The largest step of the test, relative to the width of the bounds.
  public var firstStep = 5e-3

  public init(problem: DesignProblem, seed: UInt64) {
    self.problem = problem
    steadied = nil
    reach = nil
    self.seed = seed
  }

  public init(_ scene: OptimizableScene, seed: UInt64) {
    problem = scene.problem
    steadied = scene.steadied
    reach = scene.checkedReach
    self.seed = seed
  }

  public func run() throws -> [Row] {
    var generator = SeededGenerator(seed: seed)
    let n = problem.start.count
    // Inside the bounds and away from them, where no clamp acts.
    let bounds = problem.bounds
    let share = generator.vector(count: n, in: 0.3...0.7)
    let direction = generator.vector(count: n)
    let width = DenseVector((0..<n).map { bounds.upper[$0] - bounds.lower[$0] })
    let point = point(share, width)
    let scaled = direction.multipliedEntrywise(by: width).scaled(by: reach ?? 1)
    let rows = problem.rowsToDifferentiate.sorted()
    let problem = try steadied?(point) ?? problem
    let session = problem.responses.makeSession()
    let base = try session.evaluate(point, gradientsOf: Set(rows))
    return try rows.map { row in
      guard let gradient = base.gradients[row] else { throw SolveFailure(.nonFinite, "a gradient is missing") }
      let test = try TaylorTest(at: point, along: scaled, gradient: gradient, firstStep: firstStep) {
        x throws(SolveFailure) in
        try session.evaluate(x, gradientsOf: []).values[row]
      }
      let rate = test.rate.isFinite ? test.rate : nil
      return Row(
        name: problem.responses.names[row], value: base.values[row], directionalDerivative: test.directionalDerivative,
        centralDifference: test.centralDifference, rate: rate, passes: test.passes())
    }
  }

  /// Where the gradients are checked.
  private func point(_ share: DenseVector, _ width: DenseVector) -> DenseVector {
    let n = share.count
    guard let reach else { return DenseVector((0..<n).map { problem.bounds.lower[$0] + width[$0] * share[$0] }) }
    let near = (0..<n).map { problem.start[$0] + reach * width[$0] * (share[$0] - 0.5) }
    return problem.bounds.project(DenseVector(near))
  }

  public static func table(_ rows: [Row]) -> String {
    let header = ["row", "value", "f'(x) d", "central difference", "rate", "verdict"]
    let body = rows.map { row in
      [
        row.name, NumberFormat.significant(row.value, digits: 8),
        NumberFormat.significant(row.directionalDerivative, digits: 8),
        NumberFormat.significant(row.centralDifference, digits: 8),
        row.rate.map { NumberFormat.significant($0, digits: 4) } ?? "round-off", row.passes ? "passes" : "FAILS",
      ]
    }
    return TextTable.aligned([header] + body)
  }

  public static func json(_ rows: [Row]) throws -> String {
    let encoder = JSONEncoder.forResults
    return String(decoding: try encoder.encode(rows), as: UTF8.self)
  }
}
