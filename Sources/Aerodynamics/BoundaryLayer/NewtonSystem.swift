import DifferentiableCore

/// The linearized equations of a coupled flow, factored: Newton's step, and the adjoint by the same factors transposed.
struct NewtonSystem {
  let layer: LinearizedLayer
  /// Of this state, or of one close by: a step then shrinks the residual by a factor, and refinement makes the adjoint
  /// exact.
  let condensed: CondensedSystem
  /// D in marching order, transposed.
  private let coupling: DenseMatrix

  /// - Parameter condensed: Factors of a state close by, with the same stagnation point and transitions.
  init(_ layer: LinearizedLayer, coupling: DenseMatrix, condensed: CondensedSystem? = nil) throws(SolveFailure) {
    self.layer = layer
    self.coupling = coupling
    if let condensed {
      self.condensed = condensed
    } else {
      self.condensed = try CondensedSystem(layer, coupling: coupling)
    }
  }

  /// Newton's step: changes of shear, θ, m and u of each place.
  func step() -> [SIMD4<Double>] {
    let count = layer.count
    // What the equations leave with no change of m.
    let fixed = condensed.layer.marched(
      mass: [Double](repeating: 0, count: count), velocity: layer.velocityResidual.map { -$0 },
      residuals: layer.residuals)
    var mass = fixed.shape.map { -$0 }
    condensed.solve(&mass)
    var velocity = coupling.times(mass, transposed: true)
    for p in 0..<count { velocity[p] -= layer.velocityResidual[p] }
    let solved = condensed.layer.marched(mass: mass, velocity: velocity, residuals: layer.residuals)
    return (0..<count).map { SIMD4(solved.y[$0].x, solved.y[$0].y, mass[$0], velocity[$0]) }
  }

  /// The multipliers of all equations for seeds on (shear, θ, m, u) of each place: of lag, momentum and shape, and of
  /// the velocities by the panels. A functional changes by minus Σ λ (change of the equations).
  func adjoint(_ seed: [SIMD4<Double>]) -> (layer: [SIMD4<Double>], velocity: [Double]) {
    var (multipliers, velocity) = adjointOnce(seed)
    // Elimination without exchanges loses digits where the layer separates, and the factors may be of a state close by;
    // refinement gets the digits back.
    var last = Double.infinity
    for _ in 0..<6 {
      let left = transposedResidual(seed, multipliers, velocity)
      let correction = adjointOnce(left)
      var change = 0.0, size = 0.0
      for p in 0..<layer.count {
        change = max(change, abs(correction.velocity[p]))
        size = max(size, abs(velocity[p]))
      }
      if !(change < last) { break }
      for p in 0..<layer.count {
        multipliers[p] += correction.layer[p]
        velocity[p] += correction.velocity[p]
      }
      if change <= 1e-14 * size { break }
      last = change
    }
    return (multipliers, velocity)
  }

  private func adjointOnce(_ seed: [SIMD4<Double>]) -> (layer: [SIMD4<Double>], velocity: [Double]) {
    // Without the shape equations first; what they leave on m and u; then with them.
    let first = condensed.layer.transposedMarch(seed, shape: [Double](repeating: 0, count: layer.count))
    var shape = first.mass
    let back = coupling.times(first.velocity)
    for p in 0..<layer.count { shape[p] += back[p] }
    condensed.solveTransposed(&shape)
    let full = condensed.layer.transposedMarch(seed, shape: shape)
    return (full.lambda, full.velocity)
  }

  /// What the multipliers leave of the seeds.
  private func transposedResidual(_ seed: [SIMD4<Double>], _ multipliers: [SIMD4<Double>], _ velocity: [Double])
    -> [SIMD4<Double>]
  {
    var left = layer.transposedResidual(seed, multipliers)
    let back = coupling.times(velocity)
    for p in 0..<layer.count {
      left[p][3] -= velocity[p]
      left[p][2] += back[p]
    }
    return left
  }
}
