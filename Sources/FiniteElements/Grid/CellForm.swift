#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The stiffness of a box cell in the basis of Walsh-Hadamard modes.
///
/// A trilinear field on a box is a sum of products of 1 and ξ per axis. Its coefficient in mode m is 1/2^d times the sum
/// of the corner values, each with the product of the signs of the axes that are in m. In this basis the 24x24 matrix
/// of a hexahedron has 45 non-zeros, because reflections of the box map a mode to plus or minus itself. Products of
/// derivatives are integrated exactly with ∫ξ² = 1/3 of the volume; so does 2-point Gauss quadrature.
///
/// Modes are bit sets: bit 0 for x, 1 for y, 2 for z.
struct CellForm: Sendable, Hashable {
  enum Physics: Sendable, Hashable { case elasticity, diffusion }

  let physics: Physics
  let dimension: Int
  /// Weight of (∂_a u_a)², by axis: λ + 2μ, or the conductivity; geometry and the scale of modes are in it.
  let normal: [Double]
  /// Weight of ∂_a u_a ∂_b u_b (λ), symmetric, by `a * dimension + b`.
  let coupling: [Double]
  /// Weight of (∂_a u_b)² (μ), by axis a of the derivative.
  let shear: [Double]
  /// Weight of ∂_a u_b ∂_b u_a (μ), by `a * dimension + b`.
  let shearCoupling: [Double]

  /// - Parameters:
  ///   - spacing: edge lengths of the cell (m).
  ///   - thickness: out of plane, 2D only (m).
  ///   - lambda, mu: Lamé parameters at unit modulus; for diffusion `mu` is unused and lambda + 2 mu is one.
  init(physics: Physics, spacing: [Double], thickness: Double, lambda: Double, mu: Double) {
    self.physics = physics
    let d = spacing.count
    dimension = d
    let modes = Double(1 << d)
    let scale = spacing.reduce(thickness, *) / (modes * modes)
    let slope = spacing.map { 2 / $0 }
    normal = slope.map { (lambda + 2 * mu) * $0 * $0 * scale }
    shear = slope.map { mu * $0 * $0 * scale }
    coupling = (0..<d * d).map { lambda * slope[$0 / d] * slope[$0 % d] * scale }
    shearCoupling = (0..<d * d).map { mu * slope[$0 / d] * slope[$0 % d] * scale }
  }

  private init(_ form: CellForm, normal: [Double], coupling: [Double], shear: [Double], shearCoupling: [Double]) {
    physics = form.physics
    dimension = form.dimension
    self.normal = normal
    self.coupling = coupling
    self.shear = shear
    self.shearCoupling = shearCoupling
  }

  /// The form of a cell of another size.
  func resized(from old: [Double], to new: [Double]) -> CellForm {
    let growth = zip(old, new).map { $1 / $0 }
    let volume = growth.reduce(1, *)
    let d = dimension
    func product(_ weights: [Double]) -> [Double] {
      weights.enumerated().map { $1 * volume / (growth[$0 / d] * growth[$0 % d]) }
    }
    func square(_ weights: [Double]) -> [Double] {
      weights.enumerated().map { $1 * volume / (growth[$0] * growth[$0]) }
    }
    return CellForm(
      self, normal: square(normal), coupling: product(coupling), shear: square(shear),
      shearCoupling: product(shearCoupling))
  }

  var components: Int { physics == .elasticity ? dimension : 1 }

  /// The entry that couples mode `m` of component `a` with mode `n` of component `b`.
  func entry(_ m: Int, _ a: Int, _ n: Int, _ b: Int) -> Double {
    func weight(_ bits: Int) -> Double {
      (0..<bits.nonzeroBitCount).reduce(1) { weight, _ in weight / 3 }
    }
    // ∂_axis of a mode is the mode without that axis, where it is in the mode.
    func derivative(_ mode: Int, _ axis: Int) -> Int? { mode >> axis & 1 == 1 ? mode & ~(1 << axis) : nil }
    var sum = 0.0
    if physics == .diffusion {
      guard m == n else { return 0 }
      for axis in 0..<dimension {
        if let rest = derivative(m, axis) { sum += normal[axis] * weight(rest) }
      }
      return sum
    }
    if let p = derivative(m, a), let q = derivative(n, b), p == q {
      sum += (a == b ? normal[a] : coupling[a * dimension + b]) * weight(p)
    }
    for axis in 0..<dimension {
      if a == b, axis != a, let p = derivative(m, axis), m == n { sum += shear[axis] * weight(p) }
    }
    if a != b, let p = derivative(m, b), let q = derivative(n, a), p == q {
      sum += shearCoupling[a * dimension + b] * weight(p)
    }
    return sum
  }

  /// The diagonal entry of the cell matrix by component; it is the same at every corner.
  var diagonal: [Double] {
    (0..<components).map { component in
      (0..<1 << dimension).reduce(0) { $0 + entry($1, component, $1, component) }
    }
  }

  /// The cell matrix at unit coefficient, row-major, corners in lexicographic order, components fastest.
  var matrix: [Double] {
    let corners = 1 << dimension
    let size = corners * components
    func sign(_ corner: Int, _ mode: Int) -> Double { (~corner & mode).nonzeroBitCount % 2 == 0 ? 1 : -1 }
    var result = [Double](repeating: 0, count: size * size)
    for a in 0..<components {
      for b in 0..<components {
        for m in 0..<corners {
          for n in 0..<corners {
            let value = entry(m, a, n, b)
            if value == 0 { continue }
            for p in 0..<corners {
              for q in 0..<corners {
                result[(p * components + a) * size + q * components + b] += sign(p, m) * value * sign(q, n)
              }
            }
          }
        }
      }
    }
    return result
  }

  /// An upper bound of the largest eigenvalue of D⁻¹ K_e, D the diagonal of K_e. It also bounds D⁻¹ K of every grid of such cells,
  /// whatever the coefficients: K and D are sums over cells of K_e and D_e.
  ///
  /// The Frobenius norm of a high power of a symmetric matrix bounds the power of its spectral radius from above.
  var largestScaledEigenvalue: Double {
    let k = matrix
    let n = (1 << dimension) * components
    let diagonal = (0..<n).map { k[$0 * n + $0].squareRoot() }
    var power = (0..<n * n).map { k[$0] / (diagonal[$0 / n] * diagonal[$0 % n]) }
    var logarithm = 0.0
    var exponent = 1.0
    for _ in 0..<10 {
      let norm = power.reduce(0) { $0 + $1 * $1 }.squareRoot()
      logarithm += log(norm) / exponent
      for i in power.indices { power[i] /= norm }
      var square = [Double](repeating: 0, count: n * n)
      for i in 0..<n {
        for l in 0..<n {
          let value = power[i * n + l]
          if value == 0 { continue }
          for j in 0..<n { square[i * n + j] += value * power[l * n + j] }
        }
      }
      power = square
      exponent *= 2
    }
    let norm = power.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return exp(logarithm + log(norm) / exponent)
  }
}
