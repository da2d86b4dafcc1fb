/// Boxes of fluid with obstacles at random: a Poisson equation on equal cells, zero around.
public enum ObstacleGrids {
  /// - Parameters:
  ///   - cells: Along every axis.
  ///   - seed: Of the obstacles: balls and blocks, a tenth to a quarter of the domain in all.
  public static func random(_ cells: [Int], seed: UInt64) throws(SolveFailure) -> GridOperator {
    let grid = StructuredGrid(size: cells.map { Double($0) / Double(cells[0]) }, cells: cells)
    var generator = SeededGenerator(seed: seed)
    var coefficients = DenseVector(repeating: 1, count: grid.cellCount)
    for obstacle in 0..<6 {
      let center = cells.indices.map { grid.size[$0] * (0.15 + 0.7 * generator.uniform()) }
      let radii = cells.map { _ in 0.05 + 0.12 * generator.uniform() }
      for cell in 0..<grid.cellCount {
        let point = grid.centroid(ofCell: cell)
        let parts = point.indices.map { abs(point[$0] - center[$0]) / radii[$0] }
        let isInside =
          obstacle % 2 == 0 ? parts.reduce(0) { $0 + $1 * $1 } < 1 : parts.allSatisfy { $0 < 1 }
        if isInside { coefficients[cell] = Self.solid }
      }
    }
    let stiffness = GridStiffness.diffusion(grid)
    let boundary = grid.nodes { position in position.indices.contains { position[$0] == 0 || position[$0] == cells[$0] }
    }
    return try stiffness.makeOperator(
      coefficients: coefficients, constrained: ConstrainedUnknowns(of: stiffness, holding: [(boundary, [0])]))
  }

  /// The conductivity of an obstacle: nothing passes, and the matrix stays definite.
  public static let solid = 1e-6

  /// Noise of the open nodes, smooth over a random number of cells; zero elsewhere.
  public static func load(_ matrix: GridOperator, seed: UInt64) throws(SolveFailure) -> DenseVector {
    var generator = SeededGenerator(seed: seed)
    return try load(matrix, field: DirectionField(matrix), using: &generator)
  }

  static func load(_ matrix: GridOperator, field: DirectionField, using generator: inout SeededGenerator)
    -> DenseVector
  {
    let coarse = min(field.levels, Int(generator.uniform() * Double(field.levels + 1)))
    let counts = field.counts.map { $0 >> coarse }
    let noise = (0..<counts.reduce(1, *)).map { _ in generator.normal() }
    var load = DenseVector(zeros: matrix.dimension)
    for place in field.unknowns.indices where field.mask[place] > 0 {
      var (rest, index, stride) = (place, 0, 1)
      for axis in field.counts.indices {
        index += (rest % field.counts[axis] >> coarse) * stride
        stride *= counts[axis]
        rest /= field.counts[axis]
      }
      load[Int(field.unknowns[place])] = noise[index]
    }
    return load
  }
}

/// Trains `LearnedDirections` without solutions: a candidate d is good when r - α A d is small for the best α, so the loss is
/// log(1 - (r·A d)² / (|r|² |A d|²)) / 2, the logarithm of the reduction of the residual.
///
/// The residuals are those that the method itself meets: each system is solved along by the network as it is, its candidate both
/// learned from and taken as a step, and begun again after some steps.
public final class DirectionTraining {
  private let systems: [GridOperator]
  private let fields: [DirectionField]
  private var states: [State?]
  let network: DirectionNetwork
  public var layout: ParameterLayout { network.layout }
  /// Steps after which a system begins again.
  public var horizon = 16
  /// Systems a step.
  public var batch = 2

  private struct State {
    var residual: DenseVector
    var search = ConjugateSearch()
    var steps = 0
  }

  /// - Throws: where a grid does not suit the network.
  public init(_ systems: [GridOperator], dimension: Int) throws(SolveFailure) {
    self.systems = systems
    var fields: [DirectionField] = []
    for system in systems { fields.append(try DirectionField(system)) }
    self.fields = fields
    states = systems.map { _ in nil }
    network = DirectionNetwork(axes: dimension)
  }

  /// The loss of a step for `Trainer`.
  public func loss(_ p: BoundParameters<Float>, _ part: inout Trainer.Part) -> Variable<Float> {
    var total = p.tape.constant(Tensor([0], shape: [1]))
    for _ in 0..<batch {
      let index = min(Int(part.generator.uniform() * Double(systems.count)), systems.count - 1)
      let (matrix, field) = (systems[index], fields[index])
      var state =
        states[index] ?? State(residual: ObstacleGrids.load(matrix, field: field, using: &part.generator))
      states[index] = nil
      guard let input = field.tensor(state.residual) else { continue }
      let answer = network(
        p.tape.constant(input.tensor), mask: p.tape.constant(field.mask), levels: field.levels, p)
      let direction = field.vector(answer.value, count: matrix.dimension)
      guard let found = Self.loss(direction, residual: state.residual, matrix) else { continue }
      let slopes = Tensor(field.unknowns.map { Float(found.gradient[Int($0)]) }, shape: answer.shape)
      let here = ((answer - answer.detached()) * p.tape.constant(slopes)).sum().shifted(by: Float(found.value))
      total = total + here
      guard let step = state.search.step(along: direction, residual: state.residual, matrix) else { continue }
      state.residual.add(step.image, scaledBy: -step.length)
      state.search.remember(step)
      state.steps += 1
      if state.steps < horizon, state.residual.isFinite { states[index] = state }
    }
    return total.scaled(by: 1 / Float(batch))
  }

  /// The loss of a direction and its gradient; nil where A d is zero.
  static func loss(_ direction: DenseVector, residual r: DenseVector, _ matrix: GridOperator) -> (
    value: Double, gradient: DenseVector
  )? {
    let q = matrix.apply(direction)
    let (rq, rr, qq) = (r.dot(q), r.dot(r), q.dot(q))
    guard qq > 0, rr > 0, qq.isFinite else { return nil }
    let share = min(rq * rq / (rr * qq), 1 - 1e-9)
    // d share / dq = 2 rq / (rr qq) r - 2 share / qq q, and d log(1 - s) / 2 = -ds / (2 (1 - s)).
    var ofImage = r.scaled(by: 2 * rq / (rr * qq))
    ofImage.add(q, scaledBy: -2 * share / qq)
    return (0.5 * logarithm(1 - share), matrix.apply(ofImage.scaled(by: -0.5 / (1 - share))))
  }
}
