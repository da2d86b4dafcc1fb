/// The direct solve on the coarsest grid.
final class CoarsestSolver {
  private let layout: GridLayout
  private let matrix: [Double]
  /// Unknown of the band matrix by unknown of the grid (node * components + component).
  private let order: [Int]
  /// Where an unknown of the band matrix lies in a field.
  private let offsets: [Int]
  private let factor: BandedCholesky
  private let work: AlignedBuffer<Double>

  /// Nodes are numbered with the longest axis slowest, which makes the band narrowest.
  private static func numbering(_ layout: GridLayout) -> (rank: [Int], bandwidth: Int) {
    let nodes = [layout.cells.x + 1, layout.rows, layout.planes]
    let axes = [0, 1, 2].sorted { (nodes[$0], $0) < (nodes[$1], $1) }
    var steps = [0, 0, 0]
    steps[axes[0]] = 1
    steps[axes[1]] = nodes[axes[0]]
    steps[axes[2]] = nodes[axes[0]] * nodes[axes[1]]
    let rank = (0..<nodes[0] * nodes[1] * nodes[2]).map { node in
      node % nodes[0] * steps[0] + node / nodes[0] % nodes[1] * steps[1] + node / (nodes[0] * nodes[1]) * steps[2]
    }
    let reach = (0..<3).reduce(0) { $0 + (nodes[$1] > 1 ? steps[$1] : 0) }
    return (rank, (reach + 1) * layout.components - 1)
  }

  /// Floating-point operations of the factorization.
  static func cost(_ layout: GridLayout) -> Double {
    let nodes = [layout.cells.x + 1, layout.rows, layout.planes].sorted()
    let band = Double((nodes[0] * nodes[1] + nodes[0] + 2) * layout.components)
    return Double(layout.unknownCount) * band * band
  }

  /// Of a solve with both triangles of the band.
  var solveMultiplyAdds: Double { 2 * Double(factor.count) * Double(factor.bandwidth + 1) }

  init(_ level: GridLevel) {
    layout = level.layout
    matrix = level.form.matrix.map { $0 * level.scale }
    let (rank, bandwidth) = Self.numbering(layout)
    let components = layout.components
    var order = [Int](repeating: 0, count: layout.unknownCount)
    var offsets = order
    for index in order.indices {
      order[index] = rank[index / components] * components + index % components
      offsets[order[index]] = layout.offset(ofUnknown: index)
    }
    self.order = order
    self.offsets = offsets
    factor = BandedCholesky(count: layout.unknownCount, bandwidth: bandwidth)
    work = AlignedBuffer(count: layout.unknownCount)
  }

  /// Assembles and factors for the coefficients of `level`. Unknowns without stiffness, and constrained ones, stay zero.
  func update(_ level: GridLevel) {
    let components = layout.components
    let corners = layout.isFlat ? 4 : 8
    let nx = layout.cells.x + 1
    let active = level.inverseDiagonal.pointer
    factor.clear()
    for z in 0..<layout.cells.z {
      for y in 0..<layout.cells.y {
        for x in 0..<layout.cells.x {
          let coefficient = Double(level.coefficients.pointer[z * layout.layerSize + y * layout.stride + x])
          if coefficient == 0 { continue }
          let unknowns = (0..<corners * components).map { entry in
            let corner = entry / components
            let node = x + corner & 1 + nx * (y + corner >> 1 & 1 + layout.rows * (z + corner >> 2))
            return order[node * components + entry % components]
          }
          for (i, row) in unknowns.enumerated() where active[offsets[row]] != 0 {
            for (j, column) in unknowns.enumerated() where column <= row && active[offsets[column]] != 0 {
              factor.add(coefficient * matrix[i * unknowns.count + j], row: row, column: column)
            }
          }
        }
      }
    }
    factor.factor()
  }

  /// The solution for the right side of `level` becomes its iterate.
  func solve(_ level: GridLevel) {
    let x = work.pointer, right = level.right.pointer, iterate = level.iterate.pointer
    for i in offsets.indices { x[i] = Double(right[offsets[i]]) }
    factor.solve(x)
    for i in offsets.indices { iterate[offsets[i]] = Float(x[i]) }
  }
}
