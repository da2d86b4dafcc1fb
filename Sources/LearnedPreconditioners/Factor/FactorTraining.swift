/// A matrix with its incomplete factor and vectors to train on, scaled to a unit diagonal.
public struct FactorSystem {
  let scaled: SymmetricSparseMatrix
  let factor: IncompleteCholeskyFactor
  let graph: FactorGraph
  let dimension: Int
  /// Smooth errors, A⁻¹ of noise.
  let smooth: [DenseVector]

  /// - Parameters:
  ///   - matrix: Symmetric positive definite, of one unknown a node.
  ///   - dimension: Of the space.
  ///   - seed: Of the errors.
  public init(_ matrix: SymmetricSparseMatrix, dimension: Int, seed: UInt64) throws(SolveFailure) {
    factor = try LearnedFactor.base(matrix)
    graph = FactorGraph(matrix, factor)
    self.dimension = dimension
    var values = matrix.values
    let pattern = matrix.pattern
    for j in 0..<pattern.dimension {
      for k in Int(pattern.columnStarts[j])..<Int(pattern.columnStarts[j + 1]) {
        values[k] *= factor.scaling[j] * factor.scaling[Int(pattern.rows[k])]
      }
    }
    let scaled = SymmetricSparseMatrix(pattern: pattern, values: values)
    self.scaled = scaled
    let solver = CholeskySolver<SymmetricSparseMatrix>()
    let prepared = try solver.prepare(scaled, reusing: nil)
    var generator = SeededGenerator(seed: seed)
    let noise = (0..<Self.smoothCount).map { _ in
      DenseVector((0..<pattern.dimension).map { _ in generator.normal() })
    }
    smooth = try solver.solve(prepared, columns: noise, from: nil).solutions
  }

  /// One of the planes to train on: half of a thousand unknowns held around, half on one side alone, with windows of the field
  /// as small as in larger meshes, so that what is learned serves there.
  ///
  /// - Parameters:
  ///   - side: Interior nodes along an axis.
  ///   - index: Which of the planes.
  ///   - seed: Of all planes.
  public static func random(side: Int, _ index: Int, seed: UInt64) throws -> FactorSystem {
    // Far from the seeds of planes to test on.
    let plane = try LogNormalPlane(
      side: side, seed: 1_000_003 &* (seed &+ 1) &+ 10 &* UInt64(index), window: [1, 0.5, 0.3, 0.16][index % 4],
      isHeldAround: index / 4 % 2 == 0)
    return try FactorSystem(plane.matrix(), dimension: 2, seed: seed &+ UInt64(index))
  }

  private static let smoothCount = 6

  /// An error to begin with: smooth or rough, at random.
  func error(using generator: inout SeededGenerator) -> DenseVector {
    let draw = generator.uniform()
    if draw < 0.5 { return smooth[min(Int(2 * draw * Double(smooth.count)), smooth.count - 1)] }
    return DenseVector((0..<scaled.dimension).map { _ in generator.normal() })
  }

  /// The mean logarithm of the factor by which an iteration reduces the energy norm of an error, and its gradient.
  func loss(
    entries: [Double], pivots: [Double], error: DenseVector, iterations: Int
  ) -> (value: Double, entries: [Double], pivots: [Double]) {
    let correction = FactorCorrection(factor, graph, dimension: dimension, entries: entries, pivots: pivots)
    let triangle = PlainTriangle(pattern: factor.pattern, lower: correction.lower)
    let residual = scaled.apply(error)
    let energy = error.dot(residual)
    let unrolled = UnrolledConjugateGradient(scaled, residual: residual, iterations: iterations) { triangle.solve($0) }
    let rest = max(energy - unrolled.gain, 1e-12 * energy)
    let value = 0.5 * logarithm(rest / energy) / Double(iterations)
    var ofLower = [Double](repeating: 0, count: factor.pattern.entryCount)
    _ = unrolled.pullback(-0.5 / (rest * Double(iterations))) { z, y in triangle.add(z, y, to: &ofLower) }
    let gradient = correction.pullback(ofLower, entries: entries, pivots: pivots)
    return (value, gradient.entries, gradient.pivots)
  }
}

/// Trains a `LearnedFactor`: the loss is the logarithm of the true reduction of the error's energy norm by some iterations of
/// conjugate gradients, per iteration, on smooth and rough errors alike; its derivative passes through the iterations, the two
/// triangular solves and the diagonal that keeps row sums.
public struct FactorTraining {
  public var systems: [FactorSystem]
  /// Iterations that the loss looks at.
  public var iterations = 20
  /// Systems a step.
  public var batch = 4
  let network = FactorNetwork()
  public var layout: ParameterLayout { network.layout }

  public init(_ systems: [FactorSystem]) { self.systems = systems }

  /// The loss of a step for `Trainer`.
  public func loss(_ p: BoundParameters<Float>, _ part: inout Trainer.Part) throws -> Variable<Float> {
    var total: Variable<Float>?
    for _ in 0..<batch {
      let system = systems[min(Int(part.generator.uniform() * Double(systems.count)), systems.count - 1)]
      let graph = system.graph
      let answer = network(
        nodes: p.tape.constant(graph.nodeTensor()),
        edges: p.tape.constant(graph.edgeTensor()),
        columns: graph.columns, rows: graph.targets, p)
      let (entries, pivots) = (answer.entries.value.vector.elements, answer.pivots.value.vector.elements)
      let error = system.error(using: &part.generator)
      let found = system.loss(entries: entries, pivots: pivots, error: error, iterations: iterations)
      // A number with the value and the slopes of the loss.
      let here =
        linear(answer.entries, found.entries) + linear(answer.pivots, found.pivots).shifted(by: Float(found.value))
      total = total.map { $0 + here } ?? here
    }
    guard let total else { return p.tape.constant(Tensor([0], shape: [1])) }
    return total.scaled(by: 1 / Float(batch))
  }

  private func linear(_ x: Variable<Float>, _ slopes: [Double]) -> Variable<Float> {
    ((x - x.detached()) * x.tape.constant(Tensor(slopes.map { Float($0) }, shape: x.shape))).sum()
  }
}

/// A lower triangle in double precision with its solves, for training.
struct PlainTriangle {
  let pattern: SparsePattern
  /// Columns, the diagonal first. `[pattern.entryCount]`
  let lower: [Double]

  /// (L Lᵀ)⁻¹ r.
  func solve(_ r: DenseVector) -> DenseVector {
    let n = pattern.dimension
    var z = r
    z.withUnsafeMutableBufferPointer { z in
      pattern.columnStarts.withUnsafeBufferPointer { starts in
        pattern.rows.withUnsafeBufferPointer { rows in
          lower.withUnsafeBufferPointer { l in
            for j in 0..<n {
              let first = Int(starts[j]), end = Int(starts[j + 1])
              let y = z[j] / l[first]
              z[j] = y
              var k = first &+ 1
              while k < end {
                z[Int(rows[k])] -= l[k] * y
                k &+= 1
              }
            }
            for j in (0..<n).reversed() {
              let first = Int(starts[j]), end = Int(starts[j + 1])
              var sum = z[j]
              var k = first &+ 1
              while k < end {
                sum -= l[k] * z[Int(rows[k])]
                k &+= 1
              }
              z[j] = sum / l[first]
            }
          }
        }
      }
    }
    return z
  }

  /// Adds the gradient with respect to L of <-y zᵀ, L Lᵀ>.
  func add(_ z: DenseVector, _ y: DenseVector, to gradient: inout [Double]) {
    let (u, v) = (transposed(z), transposed(y))
    for j in 0..<pattern.dimension {
      for k in Int(pattern.columnStarts[j])..<Int(pattern.columnStarts[j + 1]) {
        let i = Int(pattern.rows[k])
        gradient[k] -= y[i] * u[j] + z[i] * v[j]
      }
    }
  }

  /// Lᵀ x.
  private func transposed(_ x: DenseVector) -> [Double] {
    (0..<pattern.dimension).map { j in
      var sum = 0.0
      for k in Int(pattern.columnStarts[j])..<Int(pattern.columnStarts[j + 1]) {
        sum += lower[k] * x[Int(pattern.rows[k])]
      }
      return sum
    }
  }
}
