/// A load per volume on every cell, proportional to the cell's source coefficient: self-weight, heat in the material.
///
/// f += Σ_e b_e ∫_e N_a q dV, with b_e the source coefficient and q the load per volume of the solid.
public struct CellSourceLoad: SourceLoad {
  private let unknownCount: Int
  private let components: Int
  /// Load per volume of the solid: N/m³ or W/m³. `[components]`
  private let density: [Double]
  /// Where each cell's nodes begin. `[cellCount + 1]`
  private let starts: [Int32]
  private let nodes: [Int32]
  /// ∫_e N_a dV for each place, in m³ (2D: times the thickness); zero for cells that do not count.
  private let shares: [Double]

  /// - Parameters:
  ///   - counted: cells the load acts on; all when nil.
  ///   - thickness: across the plane in 2D, in m.
  public init(_ domain: any Domain, density: [Double], thickness: Double = 1, counted: [Bool]? = nil) {
    components = density.count
    self.density = density
    unknownCount = domain.nodeCount * density.count
    let integrals = PieceIntegrals(domain)
    let factor = domain.dimension == 2 ? thickness : 1
    let isGrid = domain is StructuredGrid
    var starts: [Int32] = [0]
    var nodes: [Int32] = []
    var shares: [Double] = []
    for cell in 0..<domain.cellCount {
      let members = domain.shapeNodes(ofCell: cell)
      let included = counted?[cell] ?? true
      nodes += members.map { Int32($0) }
      if !included {
        shares += members.map { _ in 0 }
      } else if isGrid {
        // Boxes share their volume equally.
        shares += members.map { _ in factor * domain.volume(ofCell: cell) / Double(members.count) }
      } else {
        let piece = MeshPiece(shape: domain.shape(ofCell: cell), nodes: members, cell: cell)
        shares += integrals.shapeIntegrals(piece).map { $0 * factor }
      }
      starts.append(Int32(nodes.count))
    }
    self.starts = starts
    self.nodes = nodes
    self.shares = shares
  }

  public func load(of source: DenseVector) -> DenseVector {
    var load = DenseVector(zeros: unknownCount)
    for cell in 0..<source.count where source[cell] != 0 {
      for place in Int(starts[cell])..<Int(starts[cell + 1]) {
        let share = source[cell] * shares[place]
        for c in 0..<components { load[Int(nodes[place]) * components + c] += share * density[c] }
      }
    }
    return load
  }

  public func pullback(_ lambda: DenseVector) -> DenseVector {
    DenseVector(
      (0..<starts.count - 1).map { cell in
        var sum = 0.0
        for place in Int(starts[cell])..<Int(starts[cell + 1]) {
          for c in 0..<components { sum += shares[place] * density[c] * lambda[Int(nodes[place]) * components + c] }
        }
        return sum
      })
  }
}
