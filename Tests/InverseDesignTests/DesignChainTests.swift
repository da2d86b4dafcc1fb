import Synchronization
import Testing

@testable import InverseDesign

struct DesignChainTests {
  /// Squares, and how often they were asked for in which way.
  private struct Squares: ForwardModel {
    final class Counts: Sendable {
      let linearizations = Atomic(0), solutions = Atomic(0)
      var all: [Int] { [linearizations.load(ordering: .relaxed), solutions.load(ordering: .relaxed)] }
    }
    let counts = Counts()
    let identity = ModelIdentity()
    let stateBlocks = [Block("squares", shape: [3])]
    func makeWorkspace() {}

    private func squares(_ x: DenseVector) -> DenseVector { DenseVector(x.elements.map { $0 * $0 }) }

    func solution(at x: DenseVector, in workspace: inout Void) -> Solution<DenseVector> {
      counts.solutions.add(1, ordering: .relaxed)
      return Solution(state: squares(x), report: SolveReport(solver: "squares", iterations: 3))
    }

    func linearize(at x: DenseVector, in workspace: inout Void) -> Linearization<DenseVector, DenseVector> {
      counts.linearizations.add(1, ordering: .relaxed)
      return Linearization(
        state: squares(x), report: SolveReport(solver: "squares", iterations: 3),
        pullback: { seed in DenseVector(x.indices.map { 2 * x[$0] * seed[$0] }) })
    }
  }

  private struct PassedOn: ParameterMap {
    func parameters(of field: DenseVector) -> DenseVector { field }
    func pullback(_ seed: DenseVector, at field: DenseVector) -> DenseVector { seed }
  }

  private struct Sum: StateFunctional {
    func value(_ parameters: DenseVector, _ state: DenseVector) -> Double { state.sum }
    func partials(_ parameters: DenseVector, _ state: DenseVector) -> (state: DenseVector, parameters: DenseVector) {
      (DenseVector(repeating: 1, count: state.count), .zero)
    }
  }

  private func chain(_ model: Squares) -> DesignChain<Squares> {
    DesignChain(
      field: TransformChain([]), parameters: PassedOn(), model: model,
      rows: [
        .state(name: "squares", Sum()), .field(name: "first", LinearFieldFunctional(weights: [1, 0, 0])),
      ])
  }

  @Test func aLinearizationIsMadeOnlyForTheGradientOfTheState() throws {
    let model = Squares()
    let session = chain(model).makeSession()
    let wanted: [(rows: Set<Int>, counts: [Int])] = [([], [0, 1]), ([1], [0, 2]), ([0], [1, 2]), ([0, 1], [2, 2])]
    for (rows, counts) in wanted {
      let result = try session.evaluate([1, 2, 3], gradientsOf: rows)
      #expect(model.counts.all == counts, "rows \(rows)")
      #expect(result.values == [14, 1] && result.state == [1, 4, 9])
      #expect(result.report.solver == "squares" && result.report.iterations == 3)
      #expect(result.gradients[0] == (rows.contains(0) ? [2, 4, 6] : nil))
      #expect(result.gradients[1] == (rows.contains(1) ? [1, 0, 0] : nil))
    }
  }

  @Test func methodsWithoutGradientsMakeNoLinearization() throws {
    let model = Squares()
    let problem = DesignProblem(
      responses: chain(model), layout: [Block("x", shape: [3])], bounds: Bounds(0.1...1, count: 3),
      start: [0.5, 0.5, 0.5], objective: .row(0, .minimize))
    var options = CrossEntropyMethod.Options()
    options.population = 10
    let loop = DesignLoop(
      problem: problem, optimizer: CrossEntropyMethod(options), stopping: StoppingCriteria(iterations: 4))
    _ = try loop.run()
    #expect(model.counts.all == [0, 40])
  }
}
