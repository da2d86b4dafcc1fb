import InverseDesign

extension AirfoilScene {
  /// Heights of the camber line that are tried, in chords.
  private static let cambers = [0.02, 0.04, 0.06, 0.08]

  /// The scene with a start that can be evaluated. A foil that does not carry the lifts asked for, as a symmetric one may
  /// not, gets a parabolic camber line, the lowest of a few that does; without one the scene stays as it is.
  func withReachableStart() -> AirfoilScene {
    guard let design, let cambered = design.shape.cambered else { return self }
    let session = design.problem.responses.makeSession()
    func isReachable(_ start: DenseVector) -> Bool {
      do throws(SolveFailure) {
        return try session.evaluate(start, gradientsOf: []).values.allSatisfy(\.isFinite)
      } catch {
        return false
      }
    }
    if isReachable(design.shape.start) { return self }
    for camber in Self.cambers {
      guard let start = try? design.problem.bounds.project(cambered(camber)), isReachable(start) else { continue }
      var result = self
      result.design?.shape.start = start
      result.design?.problem = DesignProblem(
        responses: design.problem.responses, layout: design.problem.parameterLayout, bounds: design.problem.bounds,
        start: start, objective: design.problem.objective, constraints: design.problem.constraints)
      let percent = NumberFormat.significant(100 * camber, digits: 2)
      result.notes.append("the foil does not carry its lifts; the start has \(percent) % of camber more")
      return result
    }
    return self
  }
}

extension DenseVector {
  /// The surface `[nodeCount, 2]` with a parabolic camber line added, its highest point in chords.
  func cambered(by height: Double) -> DenseVector {
    var result = self
    for node in 0..<count / 2 {
      let x = Swift.min(Swift.max(self[2 * node], 0), 1)
      result[2 * node + 1] += 4 * height * x * (1 - x)
    }
    return result
  }
}
