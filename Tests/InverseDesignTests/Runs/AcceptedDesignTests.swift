import InverseDesign
import TestSupport
import Testing

/// A session is told of the designs that a method accepts, and of no other: it may start later solves from them.
struct AcceptedDesignTests {
  @Test func sessionsHearOfAcceptedDesignsAlone() throws {
    let responses = RecordingBowl()
    let bowl = ScheduledBowl.problem()
    let problem = DesignProblem(
      responses: responses, layout: bowl.parameterLayout, bounds: bowl.bounds, start: bowl.start,
      objective: bowl.objective, constraints: bowl.constraints)
    let outcome = try DesignLoop(
      problem: problem, optimizer: SequentialQuadraticProgramming(), stopping: StoppingCriteria(iterations: 12)
    ).run()
    #expect(responses.accepted.count == outcome.history.rows.count { $0.accepted })
    #expect(responses.evaluated == outcome.history.rows.count && responses.accepted.count > 2)
    #expect(responses.accepted.last == outcome.design)
  }
}

/// The bowl, with a record of what it was asked and told.
private final class RecordingBowl: Responses, ResponseSession, @unchecked Sendable {
  let bowl = ScheduledBowl()
  private(set) var accepted: [DenseVector] = []
  private(set) var evaluated = 0
  private var last = DenseVector.zero

  var names: [String] { bowl.names }
  func makeSession() -> any ResponseSession { self }
  func begin(iteration: Int) { bowl.begin(iteration: iteration) }
  func accept() { accepted.append(last) }

  func evaluate(_ design: DenseVector, gradientsOf rows: Set<Int>) throws(SolveFailure) -> ResponseValues {
    evaluated += 1
    last = design
    return try bowl.evaluate(design, gradientsOf: rows)
  }
}
