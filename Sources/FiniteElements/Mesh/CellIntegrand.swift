/// What a cell matrix integrates at unit coefficient: a bilinear form of the gradients of the shape functions.
///
/// A further physics of this kind conforms here and adds a file.
public protocol CellIntegrand: Sendable {
  /// Unknowns per node in a space of `dimension`.
  func componentsPerNode(dimension: Int) -> Int
  /// Adds `weight` times the form at one quadrature point to a row-major matrix of (nodes * components)².
  func add(
    _ gradients: UnsafePointer<SIMD3<Double>>, nodeCount: Int, dimension: Int, weight: Double,
    to matrix: UnsafeMutablePointer<Double>)
}

/// ∇v·∇u at unit conductivity: heat, Darcy flow, Poisson.
public struct DiffusionIntegrand: CellIntegrand {
  /// Out-of-plane thickness (m), used in 2D.
  public let thickness: Double
  public init(thickness: Double = 1) { self.thickness = thickness }

  public func componentsPerNode(dimension: Int) -> Int { 1 }

  public func add(
    _ gradients: UnsafePointer<SIMD3<Double>>, nodeCount: Int, dimension: Int, weight: Double,
    to matrix: UnsafeMutablePointer<Double>
  ) {
    let weight = dimension == 2 ? weight * thickness : weight
    for a in 0..<nodeCount {
      for b in 0..<nodeCount { matrix[a * nodeCount + b] += weight * (gradients[a] * gradients[b]).sum() }
    }
  }
}

/// ε(v) : C : ε(u) at unit Young's modulus, isotropic, small strains.
public struct ElasticityIntegrand: CellIntegrand {
  /// Lamé's parameters at unit Young's modulus; in plane stress λ is the reduced one.
  let lambda: Double
  let mu: Double
  /// Out-of-plane thickness (m), used in 2D.
  public let thickness: Double

  /// An isotropic material. Plane stress is for two dimensions only; plane strain and solid bodies share one law.
  public init(poissonRatio nu: Double, planeStress: Bool, thickness: Double = 1) {
    mu = 1 / (2 * (1 + nu))
    lambda = planeStress ? nu / (1 - nu * nu) : nu / ((1 + nu) * (1 - 2 * nu))
    self.thickness = thickness
  }

  public func componentsPerNode(dimension: Int) -> Int { dimension }

  public func add(
    _ gradients: UnsafePointer<SIMD3<Double>>, nodeCount: Int, dimension d: Int, weight: Double,
    to matrix: UnsafeMutablePointer<Double>
  ) {
    let weight = d == 2 ? weight * thickness : weight
    let n = nodeCount * d
    let wl = weight * lambda, wm = weight * mu
    for a in 0..<nodeCount {
      let ga = gradients[a]
      for b in 0..<nodeCount {
        let gb = gradients[b]
        let inner = wm * (ga * gb).sum()
        // λ ∂_i N_a ∂_j N_b + μ ∂_j N_a ∂_i N_b + μ δ_ij ∇N_a·∇N_b
        for i in 0..<d {
          let row = matrix + (a * d + i) * n + b * d
          for j in 0..<d { row[j] += wl * ga[i] * gb[j] + wm * ga[j] * gb[i] }
          row[i] += inner
        }
      }
    }
  }
}
