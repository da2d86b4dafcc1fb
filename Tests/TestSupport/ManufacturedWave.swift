import FiniteElements

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The manufactured solution u(x) = d sin(a·x + φ) of diffusion (one component) and of elasticity, with its source.
public struct ManufacturedWave: Sendable {
  public let amplitude: [Double]
  public let wave: [Double]
  public let phase = 0.4

  /// - Parameter components: 1, or the dimension.
  public init(components: Int, dimension: Int) {
    amplitude = Array([1, -0.6, 0.8][..<components])
    wave = Array([1.7, 1.1, -1.4][..<dimension])
  }

  private func argument(_ x: [Double]) -> Double { zip(wave, x).reduce(phase) { $0 + $1.0 * $1.1 } }

  public func value(_ x: [Double]) -> [Double] { amplitude.map { $0 * sin(argument(x)) } }

  /// ∂u_i/∂x_j, `[component, axis]`.
  public func gradient(_ x: [Double]) -> [[Double]] {
    amplitude.map { d in wave.map { d * $0 * cos(argument(x)) } }
  }

  /// -Δu at unit conductivity.
  public func diffusionSource(_ x: [Double]) -> [Double] {
    let square = wave.reduce(0) { $0 + $1 * $1 }
    return value(x).map { square * $0 }
  }

  /// -div σ(u) at unit Young's modulus: ((λ + μ)(a·d) a + μ |a|² d) sin.
  public func elasticitySource(_ x: [Double], poissonRatio nu: Double, planeStress: Bool) -> [Double] {
    let mu = 1 / (2 * (1 + nu))
    let lambda = planeStress ? nu / (1 - nu * nu) : nu / ((1 + nu) * (1 - 2 * nu))
    let square = wave.reduce(0) { $0 + $1 * $1 }
    let along = zip(wave, amplitude).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(wave, amplitude).map { a, d in
      ((lambda + mu) * along * a + mu * square * d) * sin(argument(x))
    }
  }
}

/// Integrals over a mesh by its elements' own quadrature, written plainly and apart from the library's loops.
public struct PlainQuadrature {
  /// A point in a cell: where it is, the weight with the Jacobian, shape functions and their physical gradients.
  public struct Point {
    public let cell: Int
    public let nodes: [Int]
    public let at: [Double]
    public let weight: Double
    public let values: [Double]
    public let gradients: [[Double]]
  }

  public static func points(of mesh: UnstructuredMesh) -> [Point] {
    var points: [Point] = []
    for (index, block) in mesh.blocks.enumerated() {
      let element = ElementTable.element(on: block.shape)
      let tabulated = element.quadrature.map { ($0, element.values($0.at), element.gradients($0.at)) }
      for cell in mesh.cells(ofBlock: index) {
        let nodes = mesh.nodes(ofCell: cell)
        let x = nodes.map { mesh.point(ofNode: $0) }
        for (point, values, reference) in tabulated {
          let (determinant, gradients) = mapped(reference, x)
          let at = (0..<mesh.dimension).map { axis in zip(values, x).reduce(0) { $0 + $1.0 * $1.1[axis] } }
          points.append(
            Point(
              cell: cell, nodes: nodes, at: at, weight: point.weight * determinant, values: values,
              gradients: gradients))
        }
      }
    }
    return points
  }

  /// Determinant of the Jacobian and the physical gradients, by Cramer's rule.
  private static func mapped(_ reference: [[Double]], _ x: [[Double]]) -> (Double, [[Double]]) {
    let d = x[0].count
    // j[axis][direction]
    let j = (0..<d).map { axis in
      (0..<d).map { direction in zip(reference, x).reduce(0.0) { $0 + $1.0[direction] * $1.1[axis] } }
    }
    func determinant(_ m: [[Double]]) -> Double {
      if m.count == 2 { return m[0][0] * m[1][1] - m[0][1] * m[1][0] }
      let a = m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
      let b = m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
      let c = m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
      return a - b + c
    }
    let whole = determinant(j)
    // Jᵀ g = reference gradient, solved by replacing columns of Jᵀ, that is rows of J.
    let gradients = reference.map { r in
      (0..<d).map { axis in
        var replaced = j
        replaced[axis] = r
        return determinant(replaced) / whole
      }
    }
    return (whole, gradients)
  }
}
