import Backsolve
import Foundation

/// Some entries of a vector.
struct Part: Transform {
  let range: Range<Int>

  func apply(_ z: DenseVector) -> DenseVector { DenseVector(z.elements[range]) }

  func pullback(_ seed: DenseVector, at z: DenseVector) -> DenseVector {
    var whole = DenseVector(zeros: z.count)
    for (k, value) in zip(range, seed.elements) { whole[k] = value }
    return whole
  }
}

/// A product with a symmetric matrix.
struct SymmetricMap: Transform {
  let product: @Sendable (DenseVector) -> DenseVector

  func apply(_ x: DenseVector) -> DenseVector { product(x) }
  func pullback(_ seed: DenseVector, at x: DenseVector) -> DenseVector { seed.isEmpty ? seed : product(seed) }

  /// Entry by entry.
  static func diagonal(_ weights: [Double]) -> SymmetricMap {
    SymmetricMap { x in DenseVector(zip(x.elements, weights).map { $0 * $1 }) }
  }

  /// The Laplacian over the cells of a grid, with no flux at its ends.
  static func laplacian(cells: [Int]) -> SymmetricMap {
    // Its nodes are the cells.
    let grid = StructuredGrid(size: cells.map { Double($0 - 1) }, cells: cells.map { $0 - 1 })
    let stiffness = GridStiffness.diffusion(grid), ones = DenseVector(repeating: 1, count: grid.cellCount)
    return SymmetricMap { x in stiffness.apply(coefficients: ones, to: x) }
  }
}

struct Exponential: PointwiseTransform {
  func value(at x: Double) -> Double { exp(x) }
  func slope(at x: Double) -> Double { exp(x) }
}

/// [x | log r | p | …] to [ρ̃ | p]: densities 1 / (1 + e^-x), filtered by (1 + r² L)⁻¹ with the Laplacian L of the cells.
struct FilteredDensity: Transform {
  let count: Int
  let laplacian: SymmetricMap

  private func solve(_ right: DenseVector, _ z: DenseVector) throws(SolveFailure) -> DenseVector {
    let square = exp(2 * z[count])
    return try ImplicitSolve.conjugateGradient(relativeTolerance: 1e-14, maxIterations: 500).solve(right) {
      v throws(SolveFailure) in v + laplacian.apply(v).scaled(by: square)
    }.solution
  }

  private func density(_ z: DenseVector) -> DenseVector {
    DenseVector(z.elements.prefix(count).map { 1 / (1 + exp(-$0)) })
  }

  func apply(_ z: DenseVector) throws(SolveFailure) -> DenseVector {
    joined(try solve(density(z), z), [z[count + 1]])
  }

  func pullback(_ seed: DenseVector, at z: DenseVector) throws(SolveFailure) -> DenseVector {
    var gradient = DenseVector(zeros: z.count)
    if seed.isEmpty { return gradient }
    let rho = density(z)
    let lambda = try solve(DenseVector(seed.elements.prefix(count)), z)
    for cell in 0..<count { gradient[cell] = lambda[cell] * rho[cell] * (1 - rho[cell]) }
    gradient[count] = -2 * exp(2 * z[count]) * lambda.dot(laplacian.apply(try solve(rho, z)))
    gradient[count + 1] = seed[count]
    return gradient
  }
}

/// [ρ̃ | p] to the moduli 0.001 + 0.999 ρ̃^p.
struct PenalizedModulus: Transform {
  func apply(_ y: DenseVector) -> DenseVector {
    let p = y[y.count - 1]
    return DenseVector(y.elements.dropLast().map { 1e-3 + 0.999 * pow($0, p) })
  }

  func pullback(_ seed: DenseVector, at y: DenseVector) -> DenseVector {
    var gradient = DenseVector(zeros: y.count)
    let last = y.count - 1, p = y[y.count - 1]
    for (k, s) in seed.elements.enumerated() {
      gradient[k] = s * 0.999 * p * pow(y[k], p - 1)
      gradient[last] += s * 0.999 * pow(y[k], p) * log(y[k])
    }
    return gradient
  }
}
