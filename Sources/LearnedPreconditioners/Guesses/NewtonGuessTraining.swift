/// Nonlinear equations of a family, with their solution.
public struct NewtonSystem: Sendable {
  public let equations: UnrolledNewton.Equations
  /// Numbers near one that tell them from the others.
  public let description: [Double]
  public let solution: DenseVector

  /// - Parameters:
  ///   - equations: F(x) = 0.
  ///   - description: Numbers near one that tell them from the others.
  ///   - solution: Of the equations.
  public init(_ equations: UnrolledNewton.Equations, description: [Double], solution: DenseVector) {
    self.equations = equations
    self.description = description
    self.solution = solution
  }

  /// The logarithm of |x - x*|² / |x*|² after some steps of Newton's method, with its gradient; nil where the steps end in no
  /// number or before they were taken.
  ///
  /// - Parameters:
  ///   - x: The start.
  ///   - steps: How many.
  ///   - halvings: Of a step, at most, until it lessens the residual.
  public func loss(_ x: DenseVector, after steps: Int, halvings: Int = 0) -> (value: Double, gradient: DenseVector)? {
    let path = UnrolledNewton(equations, from: x, steps: steps, halvings: halvings)
    guard path.count == steps, path.end.isFinite else { return nil }
    let error = path.end - solution
    let size = solution.dot(solution)
    // What rounding leaves has no slope.
    let square = error.dot(error) + 1e-16 * size
    guard let gradient = path.pullback(error.scaled(by: 2 / square)), gradient.isFinite else { return nil }
    return (logarithm(square / size), gradient)
  }
}

/// Trains a `LearnedGuess` as the start of Newton's method, for the error after some of its steps; after none that is the
/// naive objective. Arisaka & Li (arXiv:2206.08594).
public struct NewtonGuessTraining: Sendable {
  public let systems: [NewtonSystem]
  public let network: LearnedGuess.Network
  /// Of Newton's method, taken before the error is looked at.
  public let steps: Int
  /// Of a step, at most, until it lessens the residual.
  public var halvings = 0
  public let scale: Double
  /// Systems a step.
  public var batch = 8

  /// - Parameters:
  ///   - systems: With as many unknowns each.
  ///   - hidden: Widths of the hidden layers.
  ///   - steps: Of Newton's method, taken before the error is looked at.
  public init(_ systems: [NewtonSystem], hidden: [Int], steps: Int) {
    precondition(!systems.isEmpty, "nothing to learn from")
    self.systems = systems
    self.steps = steps
    network = LearnedGuess.Network(
      inputs: systems[0].description.count, hidden: hidden, unknowns: systems[0].solution.count)
    let squares = systems.reduce(0) { $0 + $1.solution.dot($1.solution) }
    scale = (squares / Double(systems.count * systems[0].solution.count)).squareRoot()
  }

  /// The loss of a step for `Trainer`. Each system's gradient is shortened to ten at most, and one whose steps end in no number
  /// is left out: far from the solution the steps of Newton's method are wild functions of the start.
  public func loss(_ p: BoundParameters<Float>, _ part: inout Trainer.Part) -> Variable<Float> {
    let chosen = (0..<batch).map { _ in
      systems[min(Int(part.generator.uniform() * Double(systems.count)), systems.count - 1)]
    }
    return network.meanLoss(chosen.map(\.description), scale: scale, p) { row, start in
      guard let (value, gradient) = chosen[row].loss(start, after: steps, halvings: halvings) else { return nil }
      return (value, gradient.scaled(by: min(1, 10 / max(gradient.norm * scale, 1e-30))))
    }
  }
}
