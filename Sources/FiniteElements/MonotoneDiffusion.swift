/// Diffusion matrices without positive entries beside the diagonal, so that (r² K + M) with a lumped M has an inverse
/// without negative entries: what it smooths stays within the bounds of what it was given (discrete maximum principle).
enum MonotoneDiffusion {
  /// The cell matrix of a grid at unit conductivity: the integrated one where none of its entries couples two nodes the
  /// wrong way, otherwise the one that quadrature at the nodes gives, which couples nodes along edges alone and is
  /// consistent for any ratio of edges. `[corners, corners]`, row-major.
  static func cellMatrix(_ grid: StructuredGrid) -> [Double] {
    let corners = 1 << grid.dimension
    let integrated = GridStiffness.diffusion(grid).cellMatrix
    let largest = integrated.reduce(0) { max($0, abs($1)) }
    let isMonotone = integrated.indices.allSatisfy {
      $0 / corners == $0 % corners || integrated[$0] <= 1e-12 * largest
    }
    if isMonotone { return integrated }
    var matrix = [Double](repeating: 0, count: corners * corners)
    for axis in 0..<grid.dimension {
      // Every corner has the volume of the cell over their number, and each edge is seen by its two.
      let conductance = 2 * grid.cellVolume / (Double(corners) * grid.spacing[axis] * grid.spacing[axis])
      for a in 0..<corners {
        matrix[a * corners + a] += conductance
        matrix[a * corners + a ^ (1 << axis)] -= conductance
      }
    }
    return matrix
  }

  /// Moves the positive entries beside the diagonal onto the diagonals of their row and column, the least change that
  /// leaves none and keeps symmetry and row sums (Kuzmin & Turek 2002, J. Comput. Phys. 175, 525, "discrete diffusion";
  /// for a symmetric matrix). Obtuse simplices have such entries. What it adds is diffusion between the two nodes.
  static func limit(_ matrix: inout SymmetricSparseMatrix) {
    let pattern = matrix.pattern
    for column in 0..<pattern.dimension {
      let diagonal = Int(pattern.columnStarts[column])
      for k in (diagonal + 1)..<Int(pattern.columnStarts[column + 1]) where matrix.values[k] > 0 {
        matrix.values[diagonal] += matrix.values[k]
        matrix.values[Int(pattern.columnStarts[Int(pattern.rows[k])])] += matrix.values[k]
        matrix.values[k] = 0
      }
    }
  }
}
