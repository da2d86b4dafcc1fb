import FiniteElements

/// The slow and plain way: cell matrices by quadrature of the strain energy, dense assembly, elimination.
struct GridReference {
  let grid: StructuredGrid
  let components: Int
  /// Constitutive matrix on the rows that `gradients` gives.
  let material: [[Double]]
  let thickness: Double

  static func elasticity(_ grid: StructuredGrid, nu: Double, planeStrain: Bool = false, thickness: Double = 1) -> Self {
    let mu = 1 / (2 * (1 + nu))
    let d = grid.dimension
    let lambda = d == 2 && !planeStrain ? nu / (1 - nu * nu) : nu / ((1 + nu) * (1 - 2 * nu))
    let size = d == 2 ? 3 : 6
    var c = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    for i in 0..<d {
      for j in 0..<d { c[i][j] = lambda + (i == j ? 2 * mu : 0) }
    }
    for i in d..<size { c[i][i] = mu }
    return GridReference(grid: grid, components: d, material: c, thickness: thickness)
  }

  static func diffusion(_ grid: StructuredGrid, thickness: Double = 1) -> Self {
    let d = grid.dimension
    let c = (0..<d).map { i in (0..<d).map { $0 == i ? 1.0 : 0 } }
    return GridReference(grid: grid, components: 1, material: c, thickness: thickness)
  }

  var cellMatrix: [[Double]] {
    let d = grid.dimension
    let size = (1 << d) * components
    var k = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    let point = 1 / 3.0.squareRoot()
    let weight = grid.cellVolume * thickness / Double(1 << d)
    for q in 0..<1 << d {
      let b = gradients((0..<d).map { q >> $0 & 1 == 0 ? -point : point })
      for r in 0..<b.count {
        for s in 0..<b.count where material[r][s] != 0 {
          for i in 0..<size {
            for j in 0..<size { k[i][j] += weight * b[r][i] * material[r][s] * b[s][j] }
          }
        }
      }
    }
    return k
  }

  /// Rows of strains (or of the gradient) at a point of the reference cell.
  private func gradients(_ xi: [Double]) -> [[Double]] {
    let d = grid.dimension
    let h = grid.spacing
    func slope(_ corner: Int, _ axis: Int) -> Double {
      var value = 2 / h[axis]
      for other in 0..<d {
        let sign = corner >> other & 1 == 0 ? -1.0 : 1.0
        value *= other == axis ? sign / 2 : (1 + sign * xi[other]) / 2
      }
      return value
    }
    let size = (1 << d) * components
    var rows: [[Double]] = []
    func row(_ entries: (Int) -> [(component: Int, value: Double)]) {
      var values = [Double](repeating: 0, count: size)
      for corner in 0..<1 << d {
        for entry in entries(corner) { values[corner * components + entry.component] += entry.value }
      }
      rows.append(values)
    }
    if components == 1 {
      for axis in 0..<d { row { [(0, slope($0, axis))] } }
      return rows
    }
    for axis in 0..<d { row { [(axis, slope($0, axis))] } }
    let shears = d == 2 ? [(0, 1)] : [(1, 2), (0, 2), (0, 1)]
    for (a, b) in shears { row { [(a, slope($0, b)), (b, slope($0, a))] } }
    return rows
  }

  /// The dense stiffness, constrained rows and columns replaced by the identity.
  func dense(_ coefficients: DenseVector, fixed: [Int] = []) -> [[Double]] {
    let n = grid.nodeCount * components
    let cell = cellMatrix
    var k = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for e in 0..<grid.cellCount {
      let unknowns = grid.nodes(ofCell: e).flatMap { node in (0..<components).map { node * components + $0 } }
      for (i, row) in unknowns.enumerated() {
        for (j, column) in unknowns.enumerated() { k[row][column] += coefficients[e] * cell[i][j] }
      }
    }
    for index in fixed {
      for j in 0..<n {
        k[index][j] = 0
        k[j][index] = 0
      }
      k[index][index] = 1
    }
    return k
  }

  static func multiply(_ k: [[Double]], _ x: DenseVector) -> DenseVector {
    DenseVector(k.map { row in zip(row, x.elements).reduce(0) { $0 + $1.0 * $1.1 } })
  }

  /// Gaussian elimination of a symmetric positive definite system.
  static func solve(_ matrix: [[Double]], _ right: DenseVector) -> DenseVector {
    let n = right.count
    var k = matrix.flatMap { $0 }
    var b = right.elements
    k.withUnsafeMutableBufferPointer { k in
      for p in 0..<n {
        for i in p + 1..<max(n, p + 1) where k[i * n + p] != 0 {
          let factor = k[i * n + p] / k[p * n + p]
          for j in p..<n { k[i * n + j] -= factor * k[p * n + j] }
          b[i] -= factor * b[p]
        }
      }
      for p in stride(from: n - 1, through: 0, by: -1) {
        for j in p + 1..<max(n, p + 1) { b[p] -= k[p * n + j] * b[j] }
        b[p] /= k[p * n + p]
      }
    }
    return DenseVector(b)
  }
}

/// The physics and grids that every grid test runs over.
struct GridCase: Sendable, CustomStringConvertible {
  let description: String
  let stiffness: GridStiffness
  let reference: GridReference

  static let all: [GridCase] = {
    let flat = StructuredGrid(size: [1.3, 0.7], cells: [5, 4])
    let wide = StructuredGrid(size: [5, 1.1], cells: [19, 3])
    let solid = StructuredGrid(size: [1.3, 0.7, 0.9], cells: [4, 3, 2])
    let long = StructuredGrid(size: [2, 1, 1], cells: [17, 2, 1])
    return [
      GridCase(
        description: "plane stress", stiffness: .elasticity(flat, poissonRatio: 0.3, thickness: 0.2),
        reference: .elasticity(flat, nu: 0.3, thickness: 0.2)),
      GridCase(
        description: "plane strain",
        stiffness: .elasticity(wide, poissonRatio: 0.4, assumption: .planeStrain),
        reference: .elasticity(wide, nu: 0.4, planeStrain: true)),
      GridCase(
        description: "solid", stiffness: .elasticity(solid, poissonRatio: 0.3), reference: .elasticity(solid, nu: 0.3)),
      GridCase(
        description: "one cell thick", stiffness: .elasticity(long, poissonRatio: 0.2),
        reference: .elasticity(long, nu: 0.2)),
      GridCase(
        description: "flat diffusion", stiffness: .diffusion(flat, thickness: 0.3),
        reference: .diffusion(flat, thickness: 0.3)),
      GridCase(description: "solid diffusion", stiffness: .diffusion(solid), reference: .diffusion(solid)),
      GridCase(description: "long diffusion", stiffness: .diffusion(long), reference: .diffusion(long)),
    ]
  }()
}

func isClose(_ a: DenseVector, _ b: DenseVector, _ tolerance: Double) -> Bool {
  (a - b).norm <= tolerance * max(a.norm, b.norm)
}
