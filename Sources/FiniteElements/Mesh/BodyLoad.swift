/// A load per volume proportional to each cell's source coefficient, spread to its nodes: self-weight, heat in material.
///
/// f = Σ_e b_e g ∫_e N, with g the load per volume at unit coefficient: N/m³ per axis, or W/m³.
public struct BodyLoad: SourceLoad {
  private let spread: CellSpread
  /// g, times the thickness in 2D. `[components]`
  private let perUnit: [Double]

  /// The load `perVolume` at unit coefficient (N/m³ per axis, or W/m³); the thickness is out of the plane (m), for two
  /// dimensions only.
  public init(_ mesh: UnstructuredMesh, perVolume: [Double], thickness: Double = 1) {
    spread = CellSpread(mesh)
    perUnit = mesh.dimension == 2 ? perVolume.map { $0 * thickness } : perVolume
  }

  public init(_ grid: StructuredGrid, perVolume: [Double], thickness: Double = 1) {
    spread = CellSpread(grid)
    perUnit = grid.dimension == 2 ? perVolume.map { $0 * thickness } : perVolume
  }

  public func load(of source: DenseVector) -> DenseVector {
    let nodal = spread.toNodes(source)
    let d = perUnit.count
    return DenseVector(count: nodal.count * d) { load in
      for node in 0..<nodal.count { for r in 0..<d { load[node * d + r] = nodal[node] * perUnit[r] } }
    }
  }

  public func pullback(_ lambda: DenseVector) -> DenseVector {
    let d = perUnit.count
    if lambda.isEmpty { return DenseVector(zeros: spread.cellCount) }
    precondition(lambda.count == spread.nodeCount * d, "a seed of \(lambda.count) entries")
    return spread.toCells(
      DenseVector(count: spread.nodeCount) { work in
        for node in 0..<work.count {
          var sum = 0.0
          for r in 0..<d { sum += lambda[node * d + r] * perUnit[r] }
          work[node] = sum
        }
      })
  }
}
