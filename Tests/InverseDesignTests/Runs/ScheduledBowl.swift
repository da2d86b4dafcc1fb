import InverseDesign
import TestSupport

/// Rows whose field depends on the iteration, and that fail where they are told to: f = Σ (s x_i - t_i)², mean of x.
final class ScheduledBowl: Responses, ResponseSession, @unchecked Sendable {
  let names = ["bowl", "mean"]
  let target: DenseVector
  /// Evaluations, counted from 1, that fail.
  let failing: Set<Int>
  private var iteration = 0
  private var evaluations = 0

  init(failing: Set<Int> = []) {
    var generator = SeededGenerator(seed: 51)
    target = generator.vector(count: 6, in: 0.2...0.9)
    self.failing = failing
  }

  func makeSession() -> any ResponseSession { ScheduledBowl(failing: failing) }
  func begin(iteration: Int) { self.iteration = iteration }

  /// Grows for six iterations, as a continuation does.
  private var scale: Double { 1 + 0.05 * Double(min(iteration, 6)) }

  func evaluate(_ design: DenseVector, gradientsOf rows: Set<Int>) throws(SolveFailure) -> ResponseValues {
    evaluations += 1
    if failing.contains(evaluations) { throw SolveFailure(.stalled, "told to fail") }
    let field = design.scaled(by: scale)
    let difference = field - target
    let n = Double(design.count)
    var result = ResponseValues(values: [difference.dot(difference), design.sum / n], field: field)
    if rows.contains(0) { result.gradients[0] = difference.scaled(by: 2 * scale) }
    if rows.contains(1) { result.gradients[1] = DenseVector(repeating: 1 / n, count: design.count) }
    return result
  }

  static func problem(_ responses: ScheduledBowl = ScheduledBowl(), bound: Double = 0.4) -> DesignProblem {
    DesignProblem(
      responses: responses, layout: [Block("x", shape: [6])], bounds: Bounds(0...1, count: 6),
      start: DenseVector(repeating: 0.3, count: 6), objective: .row(0, .minimize),
      constraints: [.init(row: 1, .atMost(bound))])
  }
}
