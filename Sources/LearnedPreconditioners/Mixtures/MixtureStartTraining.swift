/// What the start of a relaxation is trained for: how much is left after some iterations more, as a logarithm.
///
/// With no iterations these are the naive objectives; Arisaka & Li (arXiv:2206.08594) look ahead.
public enum RelaxationObjective: Sendable, Hashable {
  /// |x - x*|² / |x*|².
  case errorAfter(iterations: Int)
  /// |r|² / |b|², without the entries that a bound holds.
  case residualAfter(iterations: Int)

  var iterations: Int {
    switch self {
    case .errorAfter(let iterations), .residualAfter(let iterations): iterations
    }
  }
}

/// One system with what a start for it is mixed from.
public struct MixtureSystem<Operator: LinearOperator> {
  public let matrix: Operator
  public let load: DenseVector
  public let diagonal: DenseVector
  /// Whether solutions are at least zero.
  public let isBounded: Bool
  let solution: DenseVector
  /// What the mixture is added to.
  public let base: DenseVector
  public let entries: MixtureEntries

  /// - Parameters:
  ///   - matrix: A.
  ///   - load: b.
  ///   - diagonal: Of A, above zero.
  ///   - isBounded: Whether solutions are at least zero.
  ///   - solution: Of the system.
  ///   - base: What the mixture is added to.
  ///   - entries: What is mixed.
  public init(
    _ matrix: Operator, load: DenseVector, diagonal: DenseVector, isBounded: Bool, solution: DenseVector,
    base: DenseVector, entries: MixtureEntries
  ) {
    self.matrix = matrix
    self.load = load
    self.diagonal = diagonal
    self.isBounded = isBounded
    self.solution = solution
    self.base = base
    self.entries = entries
  }

  /// An objective at a start, with its gradient.
  ///
  /// - Parameters:
  ///   - x: The start.
  ///   - objective: What is made small.
  ///   - weight: Of the relaxation's corrections.
  public func loss(_ x: DenseVector, _ objective: RelaxationObjective, weight: Double) -> (
    value: Double, gradient: DenseVector
  ) {
    let path = UnrolledRelaxation(
      matrix, load: load, from: x, iterations: objective.iterations, weight: weight, diagonal: diagonal,
      isBounded: isBounded)
    switch objective {
    case .errorAfter:
      let error = path.end - solution
      let size = max(solution.dot(solution), .leastNormalMagnitude)
      let square = max(error.dot(error), 1e-24 * size)
      return (logarithm(square / size), path.pullback(error.scaled(by: 2 / square)))
    case .residualAfter:
      var r = path.residual
      if isBounded { for i in 0..<r.count where path.end[i] <= 0 && r[i] < 0 { r[i] = 0 } }
      let size = max(load.dot(load), .leastNormalMagnitude)
      let square = max(r.dot(r), 1e-24 * size)
      return (logarithm(square / size), path.pullback(matrix.apply(r).scaled(by: -2 / square)))
    }
  }
}

/// Trains a `MixtureNetwork` to correct the start of relaxed Jacobi iterations.
public struct MixtureStartTraining<Operator: LinearOperator> {
  public let systems: [MixtureSystem<Operator>]
  public let network: MixtureNetwork
  public let objective: RelaxationObjective
  /// Of the relaxation's corrections.
  public let weight: Double
  /// Systems a step.
  public var batch = 4

  /// - Parameters:
  ///   - systems: To learn from, of any sizes.
  ///   - network: With as many inputs and candidates as their entries have.
  ///   - objective: What is made small.
  ///   - weight: Of the relaxation's corrections.
  public init(
    _ systems: [MixtureSystem<Operator>], _ network: MixtureNetwork, objective: RelaxationObjective, weight: Double
  ) {
    precondition(!systems.isEmpty, "nothing to learn from")
    self.systems = systems
    self.network = network
    self.objective = objective
    self.weight = weight
  }

  /// The loss of a step for `Trainer`.
  public func loss(_ p: BoundParameters<Float>, _ part: inout Trainer.Part) -> Variable<Float> {
    var total = p.tape.constant(Tensor([0], shape: [1]))
    for _ in 0..<batch {
      let system = systems[min(Int(part.generator.uniform() * Double(systems.count)), systems.count - 1)]
      let entries = system.entries
      let answer = network(p.tape.constant(entries.numbers), p.tape.constant(entries.vectors), p)
      var x = answer.value.vector.scaled(by: entries.scale)
      x.add(system.base, scaledBy: 1)
      let (value, gradient) = system.loss(x, objective, weight: weight)
      let slopes = Tensor(gradient.elements.map { Float($0 * entries.scale) }, shape: answer.shape)
      total = total + ((answer - answer.detached()) * p.tape.constant(slopes)).sum().shifted(by: Float(value))
    }
    return total.scaled(by: 1 / Float(batch))
  }
}
