/// What a multigrid cycle may be told about its coarse grids by a rule, which may have been learned.
///
/// Whatever a rule says, the cycle stays symmetric and positive definite: coarse coefficients are positive multiples of
/// the plain means, diagonals follow from them, and the bound of the eigenvalues of D⁻¹ A holds for any positive
/// coefficients. So a rule changes what a solve costs, never what it gives.
public protocol CycleRule: Sendable {
  /// Factors of the mean coefficients of a coarse grid, one a cell, x fastest. What is not a number counts as 1, and a
  /// factor lies between 1/`largestFactor` and `largestFactor` in the end.
  /// - Parameters:
  ///   - level: of the coarse grid; the finest grid is level 0.
  ///   - fine: coefficients of the next finer grid, the largest of the finest grid being 1.
  ///   - coarse: their means.
  func factors(level: Int, fine: GridCells, coarse: GridCells) -> [Float]
  /// Multiplies the width of the smoothing interval of a level.
  func widthFactor(level: Int) -> Double
}

extension CycleRule {
  /// The limit of the factors of coefficients.
  public static var largestFactor: Float { 16 }
}

/// Coefficients of the cells of one grid of a hierarchy, for reading while a rule is asked.
public struct GridCells {
  /// Cells along x, y and z; one along z in two dimensions.
  public let counts: (x: Int, y: Int, z: Int)
  /// Whether the grid has a z axis.
  public let isFlat: Bool
  private let values: UnsafePointer<Float>
  private let rowStride: Int
  private let layerStride: Int

  init(_ level: GridLevel) {
    counts = level.layout.cells
    isFlat = level.layout.isFlat
    values = UnsafePointer(level.coefficients.pointer)
    rowStride = level.layout.stride
    layerStride = level.layout.layerSize
  }

  public var count: Int { counts.x * counts.y * counts.z }

  /// The coefficient of a cell; 0 past the ends, as the domain is rounded up on coarse grids.
  public subscript(i: Int, j: Int, k: Int) -> Float {
    guard i >= 0, j >= 0, k >= 0, i < counts.x, j < counts.y, k < counts.z else { return 0 }
    return values[k &* layerStride &+ j &* rowStride &+ i]
  }
}
