/// The order of the designs of one population: those that satisfy the constraints by objective, then the others by their
/// largest violation (Deb, Comput. Methods Appl. Mech. Eng. 186 (2000) 311). Designs that could not be evaluated are last.
struct RankedPopulation {
  /// How good a design is: less is better.
  struct Merit: Sendable, Equatable, Comparable {
    /// Zero where the constraints are satisfied.
    var violation: Double
    var objective: Double
    static let worst = Merit(violation: .infinity, objective: .infinity)
    static func < (a: Merit, b: Merit) -> Bool { (a.violation, a.objective) < (b.violation, b.objective) }
  }

  /// The members that could be evaluated, best first.
  let order: [Int]
  let best: Merit

  /// - Throws: a failure that ends the run: the work was stopped, or no member could be evaluated.
  init(
    _ evaluations: [Result<Evaluation, SolveFailure>], population: Int, feasibility: Double, method: String
  ) throws(SolveFailure) {
    guard evaluations.count == population, population > 0 else {
      throw SolveFailure(
        .unsupported, "\(method) asked for \(population) evaluations and was given \(evaluations.count)")
    }
    var merits: [(member: Int, merit: Merit)] = []
    var failure = SolveFailure(.nonFinite, "no design of a population of \(population) has a finite objective")
    for (member, result) in evaluations.enumerated() {
      switch result {
      case .success(let evaluation):
        let violation = evaluation.constraints.max() ?? 0
        guard evaluation.objective.isFinite, evaluation.constraints.allSatisfy(\.isFinite) else { continue }
        let merit = Merit(violation: violation > feasibility ? violation : 0, objective: evaluation.objective)
        merits.append((member, merit))
      case .failure(let found):
        if found.kind == .cancelled || found.kind == .unsupported { throw found }
        failure = found
      }
    }
    guard !merits.isEmpty else { throw failure }
    // Ties in the order of the members.
    merits.sort { ($0.merit, $0.member) < ($1.merit, $1.member) }
    order = merits.map(\.member)
    best = merits[0].merit
  }
}
