/// Search directions for systems on scattered points: the residual over the diagonal, to which a small network adds a mixture
/// of the same, of its means over neighbours, once and twice, and of the residual's over ever wider neighbourhoods
/// (`NestedHats`).
///
/// A direction is made conjugate to those before and its length is exact, as in `ConjugateDirections`, so the answer is
/// that of the system. One that is not finite, or takes less from the energy than a step of relaxed Jacobi iterations surely
/// would, is replaced by the residual over the diagonal.
public struct MixtureDirections<Operator: LinearOperator>: Sendable {
  /// A matrix with what its directions are mixed from.
  public struct Prepared: Sendable {
    let matrix: Operator
    let inverseDiagonal: DenseVector
    /// d over its largest entry: small at a free surface.
    let fullness: DenseVector
    let hats: NestedHats
    let means: NeighbourMeans
    /// About the largest eigenvalue of D⁻¹ A, from below.
    let largest: Double

    /// - Parameters:
    ///   - matrix: Symmetric positive definite, one unknown a point.
    ///   - points: `[matrix.dimension, dimension]`.
    ///   - dimension: 1 to 3.
    ///   - spacing: Of the points, about; in their unit.
    ///   - levels: Of neighbourhoods, the first two spacings wide.
    ///   - radius: Of the neighbours that means are taken over.
    /// - Throws: Where an entry of the diagonal is not above zero.
    public init(
      _ matrix: Operator, points: some RandomAccessCollection<Double>, dimension: Int, spacing: Double, levels: Int,
      radius: Double
    ) throws(SolveFailure) {
      let diagonal = matrix.diagonal()
      guard points.count == matrix.dimension * dimension else {
        throw SolveFailure(
          .unsupported,
          "\(points.count) coordinates for \(matrix.dimension) unknowns in \(dimension)D: directions are mixed for one unknown a point"
        )
      }
      for i in 0..<diagonal.count where !(diagonal[i] > 0 && diagonal[i].isFinite) {
        throw SolveFailure(.singular, "the diagonal entry of unknown \(i) is \(diagonal[i]), not a positive number")
      }
      self.matrix = matrix
      inverseDiagonal = DenseVector(diagonal.elements.map { 1 / $0 })
      let fullest = diagonal.largestMagnitude
      fullness = DenseVector(diagonal.elements.map { $0 / fullest - 0.5 })
      means = NeighbourMeans(points, dimension: dimension, radius: radius)
      var x = DenseVector((0..<diagonal.count).map { Double(($0 &* 7919) % 13) - 6 })
      var value = 0.0
      for _ in 0..<8 {
        let size = x.norm
        x = matrix.apply(x.scaled(by: 1 / max(size, .leastNormalMagnitude))).multipliedEntrywise(by: inverseDiagonal)
        value = max(value, x.norm)
      }
      largest = value
      hats = NestedHats(points, dimension: dimension, spacing: spacing, levels: levels, diagonal: diagonal)
    }

    func scaled(_ r: DenseVector) -> DenseVector { DenseVector((0..<r.count).map { inverseDiagonal[$0] * r[$0] }) }

    func entries(_ r: DenseVector) -> MixtureEntries {
      let scaled = scaled(r), near = means.apply(scaled)
      let vectors = [scaled, near, means.apply(near)] + hats.parts(r)
      return MixtureEntries(numbers: [fullness] + vectors.map(softSigns), vectors: vectors)
    }
  }

  public let parameters: Tensor<Float>
  public let network: MixtureNetwork
  public let options: IterationOptions
  /// Directions before that each is made conjugate to.
  public var memory = 2

  /// The network of directions with so many levels.
  ///
  /// - Parameters:
  ///   - levels: Of neighbourhoods.
  ///   - hidden: Widths of the hidden layers.
  public static func network(levels: Int, hidden: [Int]) -> MixtureNetwork {
    MixtureNetwork(inputs: levels + 4, candidates: levels + 3, hidden: hidden)
  }

  /// - Parameters:
  ///   - parameters: `[network.layout.count]`
  ///   - network: As `network(levels:hidden:)` makes it, with the levels of what is prepared.
  ///   - options: When to end.
  public init(_ parameters: Tensor<Float>, _ network: MixtureNetwork, options: IterationOptions = IterationOptions()) {
    precondition(parameters.count == network.layout.count, "\(parameters.count) parameters of learned directions")
    self.parameters = parameters
    self.network = network
    self.options = options
  }

  /// Multiply-adds of one direction, beside the product with the matrix.
  ///
  /// - Parameter prepared: What it is for.
  public func directionWork(_ prepared: Prepared) -> Double {
    network.multiplyAddsPerEntry * Double(prepared.matrix.dimension) + prepared.hats.multiplyAdds
      + 2 * prepared.means.multiplyAdds
  }

  /// Solves A x = b.
  ///
  /// - Parameters:
  ///   - prepared: A.
  ///   - load: b.
  ///   - start: x; empty for zero.
  /// - Throws: `SolveFailure` where the tolerance is not reached.
  public func solve(_ prepared: Prepared, _ load: DenseVector, from start: DenseVector = .zero) throws(SolveFailure)
    -> (solution: DenseVector, report: SolveReport)
  {
    let a = prepared.matrix
    var report = SolveReport(solver: "mixed-directions")
    guard load.isFinite else { throw SolveFailure(.nonFinite, "the right-hand side is not finite") }
    let size = load.norm
    var x = start.isEmpty ? DenseVector(zeros: load.count) : start
    if size == 0 { return (DenseVector(zeros: load.count), report) }
    let pool = TensorPool()
    var stall = StallDetector(window: options.stallWindow)
    var search = ConjugateSearch()
    search.memory = memory
    var refused = 0
    // The recurrence may drift from the true residual.
    for _ in 0..<3 {
      var r = load - a.apply(x)
      search.forget()
      while r.norm > options.relativeTolerance * size {
        try CancellationFlag.check()
        guard report.iterations < options.maxIterations, !stall.hasStalled(at: r.norm) else {
          throw SolveFailure(
            .stalled, "mixed directions did not reach a relative residual of \(options.relativeTolerance)",
            attempts: ["relative residual \(r.norm / size) after \(report.iterations) iterations"])
        }
        let scaled = prepared.scaled(r)
        let candidate = scaled + network.mixture(prepared.entries(r), parameters, pool)
        var step = candidate.isFinite ? search.step(along: candidate, residual: r, a) : nil
        // The step along the scaled residual takes (r·z)²/(z·A z) at least, and z·A z is no more than this times r·z.
        if step.map({ $0.gain < 0.2 * r.dot(scaled) / prepared.largest }) ?? true {
          refused += 1
          step = search.step(along: scaled, residual: r, a)
        }
        guard let step else {
          throw SolveFailure(.stalled, "no direction of descent was found: the matrix is not positive definite")
        }
        x.add(step.direction, scaledBy: step.length)
        r.add(step.image, scaledBy: -step.length)
        search.remember(step)
        report.iterations += 1
        report.multiplyAdds += directionWork(prepared) + a.multiplyAdds + 10 * Double(r.count)
      }
      report.relativeResidual = (load - a.apply(x)).norm / size
      if report.relativeResidual <= options.relativeTolerance { break }
    }
    if refused > 0 { report.notes.append("\(refused) of \(report.iterations) directions were refused") }
    guard report.relativeResidual <= options.relativeTolerance else {
      throw SolveFailure(.stalled, "mixed directions end at a relative residual of \(report.relativeResidual)")
    }
    return (x, report)
  }
}

/// Each entry over its magnitude plus the root mean square of all: within -1 and 1, whatever the unit.
public func softSigns(_ x: DenseVector) -> DenseVector {
  let size = (x.dot(x) / Double(max(1, x.count))).squareRoot()
  guard size > 0 else { return x }
  return DenseVector(x.elements.map { $0 / (abs($0) + size) })
}

/// Trains `MixtureDirections` on systems whose solutions are known: the loss of a direction is the logarithm of what a step
/// along it, made conjugate to the two before, leaves of the error's energy norm.
///
/// The residuals are those that the method itself meets, as in `DirectionTraining`.
public final class MixtureDirectionTraining<Operator: LinearOperator> {
  public typealias System = (prepared: MixtureDirections<Operator>.Prepared, load: DenseVector, solution: DenseVector)

  private let systems: [System]
  private var states: [State?]
  public let network: MixtureNetwork
  /// Steps after which a system begins again.
  public var horizon = 24
  /// Systems a step.
  public var batch = 4

  private struct State {
    var residual: DenseVector
    var energy: Double
    var search = ConjugateSearch()
    var steps = 0
  }

  /// - Parameters:
  ///   - systems: To learn from.
  ///   - network: As `MixtureDirections.network` makes it.
  public init(_ systems: [System], _ network: MixtureNetwork) {
    precondition(!systems.isEmpty, "nothing to learn from")
    self.systems = systems
    self.network = network
    states = systems.map { _ in nil }
  }

  /// The loss of a step for `Trainer`.
  public func loss(_ p: BoundParameters<Float>, _ part: inout Trainer.Part) -> Variable<Float> {
    var total = p.tape.constant(Tensor([0], shape: [1]))
    for _ in 0..<batch {
      let index = min(Int(part.generator.uniform() * Double(systems.count)), systems.count - 1)
      let (prepared, load, solution) = systems[index]
      var state = states[index] ?? State(residual: load, energy: load.dot(solution))
      states[index] = nil
      let entries = prepared.entries(state.residual)
      let answer = network(p.tape.constant(entries.numbers), p.tape.constant(entries.vectors), p)
      let direction = prepared.scaled(state.residual) + answer.value.vector.scaled(by: entries.scale)
      guard
        let (step, value, gradient) = Self.loss(
          direction, residual: state.residual, energy: state.energy, state.search, prepared.matrix)
      else { continue }
      let slopes = Tensor(gradient.elements.map { Float($0 * entries.scale) }, shape: answer.shape)
      total = total + ((answer - answer.detached()) * p.tape.constant(slopes)).sum().shifted(by: Float(value))
      state.residual.add(step.image, scaledBy: -step.length)
      state.energy -= step.gain
      state.search.remember(step)
      state.steps += 1
      if state.steps < horizon, state.residual.isFinite, state.energy > 1e-12 * load.dot(solution) {
        states[index] = state
      }
    }
    return total.scaled(by: 1 / Float(batch))
  }

  /// The loss of a direction and its gradient, with the step; nil where nothing is left of the direction.
  static func loss(
    _ direction: DenseVector, residual r: DenseVector, energy: Double, _ search: ConjugateSearch, _ matrix: Operator
  ) -> (step: ConjugateSearch.Step, value: Double, gradient: DenseVector)? {
    guard let step = search.step(along: direction, residual: r, matrix), energy > 0 else { return nil }
    let share = min(step.gain / energy, 1 - 1e-9)
    // Earlier directions are conjugate and r is orthogonal to them: d share = 2 r·δ length/E - 2 share A d·δ / (d·A d).
    var gradient = r.scaled(by: 2 * step.length / energy)
    gradient.add(step.image, scaledBy: -2 * share / step.curvature)
    return (step, 0.5 * logarithm(1 - share), gradient.scaled(by: -0.5 / (1 - share)))
  }
}
