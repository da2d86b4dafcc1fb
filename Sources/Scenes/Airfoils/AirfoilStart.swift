import InverseDesign

extension AirfoilScene {
  /// Heights of the camber line that are tried, in chords: upward for lifts out of reach, both ways for the best.
  private static let cambers = [0.02, 0.04, 0.06, 0.08]
  private static let searchedCambers = [-0.04, -0.02, 0.02, 0.04, 0.06, 0.08]

  /// The scene with a start that can be evaluated. A foil that does not carry the lifts asked for, as a symmetric one may
  /// not, gets a parabolic camber line, the lowest of a few that does; where the design asks for it, the best of all of
  /// them and of the foil itself is taken. Without one that can be evaluated the scene stays as it is.
  func withReachableStart() -> AirfoilScene {
    guard let design, let cambered = design.shape.cambered else { return self }
    let session = design.problem.responses.makeSession()
    func values(at start: DenseVector) -> [Double]? {
      guard let values = try? session.evaluate(start, gradientsOf: []).values, values.allSatisfy(\.isFinite)
      else { return nil }
      return values
    }
    func start(_ camber: Double) -> DenseVector? {
      guard let shape = try? design.shape.bounds.project(cambered(camber)) else { return nil }
      guard let held = design.held else { return shape }
      return try? held.extended(shape, of: design.shape.map)
    }
    let own = values(at: design.problem.start)
    if !design.shape.searchesCamber {
      if own != nil { return self }
      for camber in Self.cambers {
        guard let start = start(camber), values(at: start) != nil else { continue }
        return starting(at: start, note: "the foil does not carry its lifts; the start has \(Self.more(camber))")
      }
      return self
    }
    var best: (merit: Double, camber: Double, start: DenseVector)?
    var unit = own.map { abs(design.problem.objectiveValue($0)) }
    for camber in [0] + Self.searchedCambers {
      guard let start = camber == 0 ? design.problem.start : start(camber),
        let values = camber == 0 ? own : values(at: start)
      else { continue }
      let loss = design.problem.loss(values)
      if unit == nil { unit = abs(loss) }
      let merit = loss / max(unit ?? 1, 1e-300) + max(0, design.problem.worstViolation(values))
      if best.map({ merit < $0.merit }) ?? true { best = (merit, camber, start) }
    }
    guard let best, best.camber != 0 else { return self }
    return starting(at: best.start, note: "the search along the camber starts with \(Self.more(best.camber))")
  }

  private static func more(_ camber: Double) -> String {
    "\(NumberFormat.significant(100 * abs(camber), digits: 2)) % of camber \(camber < 0 ? "less" : "more")"
  }

  private func starting(at start: DenseVector, note: String) -> AirfoilScene {
    var result = self
    result.design?.problem.start = start
    result.notes.append(note)
    return result
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
