import Geometry

/// The cone ("hat") density filter: each cell becomes the weighted mean of the cells around it.
///
/// With centroids c, volumes v and design-cell mask m (all 1 without a mask):
///
///     y_i = m_i sum_j w_ij v_j m_j x_j / sum_j w_ij v_j m_j,   w_ij = max(0, radius - |c_i - c_j|).
///
/// It is normalised over the neighbours that exist, so a constant stays the same constant up to the boundary. Cells
/// outside the mask yield zero and receive no gradient.
///
/// Bruns & Tortorelli, Comput. Methods Appl. Mech. Eng. 190 (2001) 3443; Bourdin, Int. J. Numer. Methods Eng. 50 (2001)
/// 2143. On a `StructuredGrid` the weights are one stencil and no matrix is stored; on meshes a neighbour list is.
public struct ConeFilter: Transform {
  /// In m.
  public let radius: Double
  private let kernel: any FilterKernel
  /// v_j m_j. `[cellCount]`; empty when all are one (a grid without a mask).
  private let masses: DenseVector
  /// m_i / sum_j w_ij v_j m_j. `[cellCount]`
  private let inverseSums: DenseVector

  /// - Parameters:
  ///   - domain: whose cells it averages over.
  ///   - radius: in m; positive and finite. At or below the distance to the nearest neighbour the filter is the identity.
  ///   - designCells: true for cells that take part; nil for all. `[cellCount]`
  public init(over domain: any Domain, radius: Double, designCells: [Bool]? = nil) {
    precondition(radius > 0 && radius.isFinite, "a filter has a positive radius")
    precondition(designCells.map { $0.count == domain.cellCount } ?? true, "a mask has one entry per cell")
    self.radius = radius
    if let grid = domain as? StructuredGrid {
      kernel = ConeStencil(on: grid, radius: radius)
      masses = designCells.map { DenseVector($0.map { $0 ? 1 : 0 }) } ?? .zero
    } else {
      kernel = NeighborList(over: domain, radius: radius)
      let volumes = domain.cellVolumes
      masses = designCells.map { DenseVector(zip(volumes.elements, $0).map { $1 ? $0 : 0 }) } ?? volumes
    }
    let ones = DenseVector(repeating: 1, count: domain.cellCount)
    let sums = Self.gather(kernel, masses.isEmpty ? ones : masses)
    inverseSums = DenseVector(
      zip(sums.elements, (masses.isEmpty ? ones : masses).elements).map { sum, mass in mass > 0 ? 1 / sum : 0 })
  }

  public func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector {
    precondition(x.count == inverseSums.count, "a filter over \(inverseSums.count) cells met \(x.count) entries")
    var image = Self.gather(kernel, masses.isEmpty ? x : x.multipliedEntrywise(by: masses))
    image.multiplyEntrywise(by: inverseSums)
    return image
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    precondition(seed.count == inverseSums.count, "a filter over \(inverseSums.count) cells met \(seed.count) entries")
    // The weights are symmetric, so the transpose gathers too.
    var gradient = Self.gather(kernel, seed.multipliedEntrywise(by: inverseSums))
    if !masses.isEmpty { gradient.multiplyEntrywise(by: masses) }
    return gradient
  }

  private static func gather(_ kernel: any FilterKernel, _ x: DenseVector) -> DenseVector {
    DenseVector(count: x.count) { y in
      x.withUnsafeBufferPointer { x in
        if let from = x.baseAddress, let to = y.baseAddress { kernel.gather(from, into: to) }
      }
    }
  }
}

/// Symmetric weights between cells.
protocol FilterKernel: Sendable {
  /// y_i = sum_j w_ij x_j, over `cellCount` entries.
  func gather(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>)
}
