/// One system of a family, with its solution.
public struct GuessSystem<Operator: LinearOperator> {
  public let matrix: Operator
  public let load: DenseVector
  /// Numbers near one that tell it from the others.
  public let description: [Double]
  let solution: DenseVector
  /// fᵀ A⁻¹ f
  let energy: Double
  /// z = M⁻¹ r of the solver that goes on from the start.
  let preconditioner: (DenseVector) -> DenseVector

  public init(
    _ matrix: Operator, load: DenseVector, description: [Double], solution: DenseVector,
    preconditioner: @escaping (DenseVector) -> DenseVector
  ) {
    self.matrix = matrix
    self.load = load
    self.description = description
    self.solution = solution
    energy = load.dot(solution)
    self.preconditioner = preconditioner
  }
}

/// What a start is trained for.
///
/// Arisaka & Li, "Principled acceleration of iterative numerical methods using machine learning" (arXiv:2206.08594), show that a start
/// near the solution need not be one from which the solver gets there soon: what counts is the error after the steps to come.
public enum GuessObjective: Sendable, Hashable {
  /// |x - x*|² / |x*|²: the naive one.
  case error
  /// |b - A x|² / |b|²: naive as well, and needs no solution.
  case residual
  /// The energy of the error after some iterations of preconditioned conjugate gradients, over that of zero, as a logarithm.
  case errorAfter(iterations: Int)
}

/// Trains a `LearnedGuess` on systems of a family.
public struct GuessTraining<Operator: LinearOperator> {
  public let systems: [GuessSystem<Operator>]
  public let network: LearnedGuess.Network
  public let objective: GuessObjective
  public let scale: Double
  /// Systems a step.
  public var batch = 8

  /// - Parameters:
  ///   - systems: With as many unknowns each.
  ///   - hidden: Widths of the hidden layers.
  ///   - objective: What is made small.
  public init(_ systems: [GuessSystem<Operator>], hidden: [Int], objective: GuessObjective) {
    precondition(!systems.isEmpty, "nothing to learn from")
    self.systems = systems
    self.objective = objective
    network = LearnedGuess.Network(
      inputs: systems[0].description.count, hidden: hidden, unknowns: systems[0].load.count)
    let squares = systems.reduce(0) { $0 + $1.solution.dot($1.solution) }
    scale = (squares / Double(systems.count * systems[0].load.count)).squareRoot()
  }

  /// The loss of a step for `Trainer`.
  public func loss(_ p: BoundParameters<Float>, _ part: inout Trainer.Part) -> Variable<Float> {
    let chosen = (0..<batch).map { _ in
      systems[min(Int(part.generator.uniform() * Double(systems.count)), systems.count - 1)]
    }
    return network.meanLoss(chosen.map(\.description), scale: scale, p) { row, start in
      Self.loss(start, chosen[row], objective)
    }
  }

  /// The objective at a start, with its gradient.
  public static func loss(_ x: DenseVector, _ system: GuessSystem<Operator>, _ objective: GuessObjective) -> (
    value: Double, gradient: DenseVector
  ) {
    let error = x - system.solution
    switch objective {
    case .error:
      let size = system.solution.dot(system.solution)
      return (error.dot(error) / size, error.scaled(by: 2 / size))
    case .residual:
      let residual = system.load - system.matrix.apply(x)
      let size = system.load.dot(system.load)
      return (residual.dot(residual) / size, system.matrix.apply(residual).scaled(by: -2 / size))
    case .errorAfter(let iterations):
      let image = system.matrix.apply(error)
      let solver = UnrolledConjugateGradient(
        system.matrix, residual: image.scaled(by: -1), iterations: iterations, preconditioner: system.preconditioner)
      let rest = max(error.dot(image) - solver.gain, 1e-20 * system.energy)
      // d(eᵀ A e - gain) = 2 A e - (-A) dgain/dr, r = -A e.
      var gradient = image.scaled(by: 2)
      let ofResidual = solver.pullback(1)
      if !ofResidual.isEmpty { gradient.add(system.matrix.apply(ofResidual), scaledBy: 1) }
      return (logarithm(rest / system.energy), gradient.scaled(by: 1 / rest))
    }
  }
}
