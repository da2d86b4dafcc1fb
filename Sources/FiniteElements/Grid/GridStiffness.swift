/// Linear elasticity or steady diffusion on a structured grid, one coefficient per cell, matrix-free.
///
/// Cells are equal boxes, so one cell matrix serves all. Elasticity: small strains, isotropic, Young's modulus (Pa) per
/// cell, one Poisson's ratio, unknowns in m. Diffusion: conductivity (W/(m K)) per cell, unknowns in K.
public struct GridStiffness: CellwiseStiffness, Hashable {
  public typealias Operator = GridOperator

  /// How a body deforms out of its plane; `solid` for three dimensions.
  public enum Assumption: String, Sendable, Hashable, CaseIterable {
    case planeStress = "plane-stress"
    case planeStrain = "plane-strain"
    case solid
  }

  public let grid: StructuredGrid
  let form: CellForm
  let layout: GridLayout
  /// Shared by all operators of this stiffness, so that their matrices share one pattern.
  let assembly = GridAssembly()

  private init(grid: StructuredGrid, form: CellForm) {
    self.grid = grid
    self.form = form
    layout = GridLayout(cells: grid.cells, components: form.components)
  }

  /// Linear elasticity.
  /// - Parameters:
  ///   - grid: in two or three dimensions.
  ///   - nu: Poisson's ratio, between -1 and 1/2, both excluded.
  ///   - assumption: `solid` in three dimensions (the default there), plane stress (default) or plane strain in two.
  ///   - thickness: out of the plane (m), two dimensions only.
  public static func elasticity(
    _ grid: StructuredGrid, poissonRatio nu: Double, assumption: Assumption? = nil, thickness: Double = 1
  ) -> GridStiffness {
    precondition(nu > -1 && nu < 0.5, "Poisson's ratio \(nu) is not between -1 and 1/2")
    precondition(thickness > 0, "a thickness of \(thickness) m is not positive")
    let assumption = assumption ?? (grid.dimension == 3 ? .solid : .planeStress)
    precondition((assumption == .solid) == (grid.dimension == 3), "\(assumption) does not fit \(grid.dimension) axes")
    let mu = 1 / (2 * (1 + nu))
    let lambda = assumption == .planeStress ? nu / (1 - nu * nu) : nu / ((1 + nu) * (1 - 2 * nu))
    let form = CellForm(
      physics: .elasticity, spacing: grid.spacing, thickness: grid.dimension == 2 ? thickness : 1, lambda: lambda,
      mu: mu)
    return GridStiffness(grid: grid, form: form)
  }

  /// Steady diffusion: heat, Darcy flow, Poisson's equation. The thickness is out of the plane (m), for two dimensions
  /// only.
  public static func diffusion(_ grid: StructuredGrid, thickness: Double = 1) -> GridStiffness {
    precondition(thickness > 0, "a thickness of \(thickness) m is not positive")
    let form = CellForm(
      physics: .diffusion, spacing: grid.spacing, thickness: grid.dimension == 2 ? thickness : 1, lambda: 1, mu: 0)
    return GridStiffness(grid: grid, form: form)
  }

  public var domain: any Domain { grid }
  public var componentsPerNode: Int { form.components }

  /// The matrix of one cell at unit coefficient, row-major; corners in lexicographic order, components fastest.
  public var cellMatrix: [Double] { form.matrix }

  /// An upper bound of the eigenvalues of D⁻¹ K for any coefficients, D the diagonal of K.
  public var largestScaledEigenvalue: Double { form.largestScaledEigenvalue }

  public func makeOperator(coefficients: DenseVector, constrained: ConstrainedUnknowns) throws(SolveFailure)
    -> GridOperator
  {
    precondition(coefficients.count == grid.cellCount, "\(coefficients.count) coefficients for \(grid.cellCount) cells")
    precondition(constrained.mask.count == unknownCount, "constraints of another set of unknowns")
    guard coefficients.elements.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw SolveFailure(.nonFinite, "a stiffness coefficient is negative or not finite")
    }
    return GridOperator(stiffness: self, coefficients: coefficients, constrained: constrained)
  }

  public func apply(coefficients: DenseVector, to u: DenseVector) -> DenseVector {
    precondition(coefficients.count == grid.cellCount, "\(coefficients.count) coefficients for \(grid.cellCount) cells")
    precondition(u.count == unknownCount, "\(u.count) values for \(unknownCount) unknowns")
    let sweep = NodalSweep(kernel: GridKernel(form, layout: layout, coefficients: padded(coefficients)), mask: nil)
    return DenseVector(count: u.count) { y in
      u.withUnsafeBufferPointer { sweep.apply($0.baseAddress!, into: y.baseAddress!) }
    }
  }

  /// Coefficients in padded cell rows.
  func padded(_ coefficients: DenseVector) -> AlignedBuffer<Double> {
    let buffer = AlignedBuffer<Double>(count: layout.cellSize)
    coefficients.withUnsafeBufferPointer { c in
      let n = layout.cells.x
      for row in 0..<layout.cells.y * layout.cells.z {
        (buffer.pointer + row * layout.stride).update(from: c.baseAddress! + row * n, count: n)
      }
    }
    return buffer
  }
}
