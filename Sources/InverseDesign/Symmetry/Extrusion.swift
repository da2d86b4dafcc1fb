import Geometry

/// Makes a field on a grid constant along an axis: each cell becomes the mean of its line of cells. Its own transpose.
public struct Extrusion: Transform {
  public let grid: StructuredGrid
  /// 0 for x, 1 for y, 2 for z.
  public let axis: Int

  public init(on grid: StructuredGrid, along axis: Int) {
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
          var total = 0.0
          for i in 0..<n { total += x[first + i * stride] }
          let mean = total / Double(n)
          for i in 0..<n { image[first + i * stride] = mean }
        }
      }
    }
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    seed.isEmpty ? seed : try apply(seed)
  }
}
