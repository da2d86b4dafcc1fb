/// Stresses of linear elasticity at the centres of cells.
public struct StressRecovery: Sendable {
  private let domain: any Domain
  private let poissonRatio: Double
  private let assumption: GridStiffness.Assumption

  public init(_ domain: any Domain, poissonRatio: Double, assumption: GridStiffness.Assumption) {
    self.domain = domain
    self.poissonRatio = poissonRatio
    self.assumption = assumption
  }

  /// The equivalent stress of von Mises in Pa, by cell.
  /// - Parameters:
  ///   - displacement: of one load case, in m. `[nodeCount * dimension]`
  ///   - modulus: Young's modulus that the stress is taken with, in Pa. `[cellCount]`
  public func vonMises(displacement: DenseVector, modulus: DenseVector) -> DenseVector {
    var result = DenseVector(zeros: domain.cellCount)
    let d = domain.dimension
    CellGradients(domain).forEachCell { cell, nodes, gradients in
      var rows = [SIMD3<Double>](repeating: .zero, count: 3)
      for (node, g) in zip(nodes, gradients) {
        for axis in 0..<d { rows[axis] += displacement[node * d + axis] * g }
      }
      let xx = rows[0].x, yy = rows[1].y, zz = rows[2].z
      result[cell] =
        modulus[cell]
        * unitVonMises(xx, yy, zz, xy: rows[0].y + rows[1].x, yz: rows[1].z + rows[2].y, zx: rows[2].x + rows[0].z)
    }
    return result
  }

  /// Von Mises' stress for strains (engineering shears) at unit modulus.
  private func unitVonMises(_ xx: Double, _ yy: Double, _ zz: Double, xy: Double, yz: Double, zx: Double) -> Double {
    let nu = poissonRatio
    // Plane stress has the thickness strain that makes the stress across the plane vanish.
    let across = assumption == .planeStress ? -nu / (1 - nu) * (xx + yy) : zz
    let mu = 1 / (2 * (1 + nu))
    let lambda = nu / ((1 + nu) * (1 - 2 * nu))
    let trace = lambda * (xx + yy + across)
    let sx = trace + 2 * mu * xx, sy = trace + 2 * mu * yy
    let sz = assumption == .planeStress ? 0 : trace + 2 * mu * across
    let (txy, tyz, tzx) = (mu * xy, mu * yz, mu * zx)
    let normal = (sx - sy) * (sx - sy) + (sy - sz) * (sy - sz) + (sz - sx) * (sz - sx)
    return (0.5 * normal + 3 * (txy * txy + tyz * tyz + tzx * tzx)).squareRoot()
  }
}

/// Fluxes of diffusion at the centres of cells.
public struct FluxRecovery: Sendable {
  private let domain: any Domain
  public init(_ domain: any Domain) { self.domain = domain }

  /// -k ∇T in W/m², by cell. `[cellCount, dimension]`
  public func flux(temperature: DenseVector, conductivity: DenseVector) -> DenseVector {
    let d = domain.dimension
    var result = DenseVector(zeros: domain.cellCount * d)
    CellGradients(domain).forEachCell { cell, nodes, gradients in
      var slope = SIMD3<Double>.zero
      for (node, g) in zip(nodes, gradients) { slope += temperature[node] * g }
      for axis in 0..<d { result[cell * d + axis] = -conductivity[cell] * slope[axis] }
    }
    return result
  }
}
