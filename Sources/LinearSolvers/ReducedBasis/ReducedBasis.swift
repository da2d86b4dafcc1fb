/// Solutions of A(θ) u = b for many θ, from a basis of a few solutions made once.
///
/// The answer for new weights is the Galerkin projection onto the span of solutions at chosen weights, at the cost of a small
/// dense factorization. The energy norm of its error is bounded by the residual in the dual norm of a reference matrix over
/// the root of min_q θ_q / θref_q, a bound without an unknown constant because the terms are positive semidefinite; the basis
/// grows where that bound is largest. Source: Rozza, Huynh & Patera, Reduced basis approximation and a posteriori error
/// estimation for affinely parametrized elliptic coercive PDEs, Arch. Comput. Methods Eng. 15 (2008), sections 4.2 and 7.
/// The residual is a difference of squares of numbers near one: bounds below 1e-7 of the solution's norm are round-off.
public struct ReducedBasis: Sendable {
  /// An answer in the coordinates of the basis.
  public struct Answer: Sendable {
    public let coordinates: [Double]
    /// At least |u - V y| in the energy norm of A(θ).
    public let errorBound: Double
    /// |V y| in that norm.
    public let energyNorm: Double
  }

  public let family: AffineFamily
  public let reference: [Double]
  /// Orthonormal in the energy of the reference. `[count, dimension]`
  public private(set) var basis: [DenseVector] = []
  /// The largest bound relative to the energy norm over the training weights, after each vector.
  public private(set) var history: [Double] = []
  private let load: DenseVector
  /// Vᵀ A_q V, and Vᵀ b.
  private var projected: [[Double]]
  private var projectedLoad: [Double] = []
  /// b, and A_q v for every vector v and term q, with the solutions of the reference for each: what the residual is made of.
  private var parts: [DenseVector]
  private var representers: [DenseVector]
  /// Inner products of the parts in the dual norm. `[parts, parts]` by rows of growing length.
  private var gram: [[Double]]

  /// Makes a basis for some weights.
  /// - Parameters:
  ///   - family: the matrices, affine in their weights.
  ///   - load: the right-hand side, the same for all of them.
  ///   - training: weights among which it must serve; all positive.
  ///   - relativeTolerance: it ends when the bound is this part of the energy norm at all of them.
  ///   - largestCount: or when it has this many vectors.
  /// - Throws: where a matrix is singular.
  public init(
    _ family: AffineFamily, load: DenseVector, training: [[Double]], relativeTolerance: Double = 1e-4,
    largestCount: Int = 40
  ) throws(SolveFailure) {
    precondition(
      !training.isEmpty && training.allSatisfy { $0.count == family.termCount && $0.allSatisfy { $0 > 0 } },
      "training weights are positive, one a term")
    self.family = family
    self.load = load
    reference = (0..<family.termCount).map { q in training.reduce(0) { $0 + $1[q] } / Double(training.count) }
    projected = Array(repeating: [], count: family.termCount)
    let solver = CholeskySolver<SymmetricSparseMatrix>()
    let referenceFactor = try solver.prepare(family.matrix(reference), reusing: nil)
    parts = [load]
    representers = try solver.solve(referenceFactor, columns: [load], from: nil).solutions
    gram = [[load.dot(representers[0])]]
    var next = reference
    var snapshots: CholeskySolver<SymmetricSparseMatrix>.Prepared?
    while basis.count < largestCount {
      try CancellationFlag.check()
      let prepared = try solver.prepare(family.matrix(next), reusing: snapshots)
      let snapshot = try solver.solve(prepared, columns: [load], from: nil).solutions[0]
      snapshots = prepared
      guard let vector = orthonormalized(snapshot) else { break }
      let images = family.terms.map { $0.apply(vector) }
      append(vector, images, try solver.solve(referenceFactor, columns: images, from: nil).solutions)
      var largest = 0.0
      for weights in training {
        let answer = solve(weights)
        let bound = answer.errorBound / max(answer.energyNorm, .leastNormalMagnitude)
        if bound > largest { (largest, next) = (bound, weights) }
      }
      history.append(largest)
      if largest <= relativeTolerance { break }
    }
  }

  /// What of a snapshot the basis does not hold; nil where that is round-off.
  private func orthonormalized(_ snapshot: DenseVector) -> DenseVector? {
    let matrix = family.matrix(reference)
    var v = snapshot
    let before = v.dot(matrix.apply(v))
    for _ in 0..<2 {
      let image = matrix.apply(v)
      for w in basis { v.add(w, scaledBy: -w.dot(image)) }
    }
    let square = v.dot(matrix.apply(v))
    guard square > 1e-20 * before, square > 0 else { return nil }
    return v.scaled(by: 1 / square.squareRoot())
  }

  private mutating func append(_ vector: DenseVector, _ images: [DenseVector], _ solutions: [DenseVector]) {
    let old = basis.count
    basis.append(vector)
    projectedLoad.append(vector.dot(load))
    for q in projected.indices {
      var matrix = [Double](repeating: 0, count: basis.count * basis.count)
      for i in 0..<old { for j in 0..<old { matrix[i * basis.count + j] = projected[q][i * old + j] } }
      for i in basis.indices {
        let entry = basis[i].dot(images[q])
        matrix[i * basis.count + old] = entry
        matrix[old * basis.count + i] = entry
      }
      projected[q] = matrix
    }
    for (image, solution) in zip(images, solutions) {
      parts.append(image)
      representers.append(solution)
      gram.append(parts.map { $0.dot(solution) })
    }
  }

  /// The projected answer with its bound; no work of the size of the matrix.
  public func solve(_ weights: [Double]) -> Answer {
    precondition(weights.count == family.termCount && weights.allSatisfy { $0 > 0 }, "weights are positive")
    let n = basis.count
    var matrix = [Double](repeating: 0, count: n * n)
    for (weight, part) in zip(weights, projected) { for k in matrix.indices { matrix[k] += weight * part[k] } }
    var y = projectedLoad
    var factor = DenseCholesky(capacity: n)
    _ = matrix.withUnsafeBufferPointer { factor.factor($0.baseAddress!, count: n) }
    y.withUnsafeMutableBufferPointer { factor.solve($0.baseAddress!) }
    // r = b - Σ_j Σ_q y_j θ_q A_q v_j.
    let coefficients = [1.0] + y.flatMap { value in weights.map { -value * $0 } }
    var square = 0.0, magnitude = 0.0
    for i in coefficients.indices {
      for j in 0...i {
        let term = (j < i ? 2 : 1) * coefficients[i] * coefficients[j] * gram[i][j]
        square += term
        magnitude += abs(term)
      }
    }
    // What cancels leaves round-off, which may be negative: it counts as residual.
    square = max(square, 0) + 8 * Double.ulpOfOne * magnitude
    let coercivity = zip(weights, reference).map { $0 / $1 }.min() ?? 1
    let energy = zip(y, projectedLoad).reduce(0) { $0 + $1.0 * $1.1 }
    return Answer(
      coordinates: y, errorBound: (square / coercivity).squareRoot(), energyNorm: max(energy, 0).squareRoot())
  }

  /// V y.
  public func state(_ answer: Answer) -> DenseVector {
    var u = DenseVector(zeros: family.dimension)
    for (v, y) in zip(basis, answer.coordinates) { u.add(v, scaledBy: y) }
    return u
  }
}
