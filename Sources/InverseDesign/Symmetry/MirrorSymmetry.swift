import Geometry

/// Makes a field on a grid symmetric about the grid's middle plane normal to an axis: each cell becomes the mean of
/// itself and its mirror image. Its own transpose.
public struct MirrorSymmetry: Transform {
  public let grid: StructuredGrid
  /// The normal of the plane: 0 for x, 1 for y, 2 for z.
  public let axis: Int

  public init(on grid: StructuredGrid, across axis: Int) {
    precondition((0..<grid.dimension).contains(axis), "a grid of dimension \(grid.dimension) has no axis \(axis)")
    self.grid = grid
    self.axis = axis
  }

  public func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector {
    precondition(x.count == grid.cellCount, "a grid of \(grid.cellCount) cells met \(x.count) entries")
    let lines = GridLines(of: grid, along: axis)
    let n = lines.length
    let stride = lines.stride
    return DenseVector(count: x.count) { image in
      x.withUnsafeBufferPointer { x in
        for first in lines.firsts {
          for i in 0..<n {
            image[first + i * stride] = 0.5 * (x[first + i * stride] + x[first + (n - 1 - i) * stride])
          }
        }
      }
    }
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    seed.isEmpty ? seed : try apply(seed)
  }
}
