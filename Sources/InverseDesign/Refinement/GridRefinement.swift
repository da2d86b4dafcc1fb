import Geometry

/// Takes a density on a grid to one with a whole number of times more cells along each axis: linear between the centres of
/// coarse cells along every axis, level beyond the outermost. Where cells are halved, each is 3/4 the coarse cell it lies in
/// and 1/4 the next along each axis. Values stay between the least and the greatest of the coarse density; their mean need
/// not stay.
public struct GridRefinement: Transform {
  /// Cells along each axis, x first; of the density that is given.
  public let coarse: [Int]
  /// Cells along each axis, x first; of what becomes of it.
  public let fine: [Int]

  /// Nil where the grids differ in dimension or some ratio is not whole.
  ///
  /// - Parameters:
  ///   - coarse: Cells along each axis, x first.
  ///   - fine: Cells along each axis, x first.
  public init?(from coarse: [Int], to fine: [Int]) {
    guard coarse.count == fine.count, zip(coarse, fine).allSatisfy({ $0 > 0 && $1 > 0 && $1 % $0 == 0 }) else {
      return nil
    }
    self.coarse = coarse
    self.fine = fine
  }

  /// From a grid with as many times fewer cells along every axis as `count` entries say; nil where there is none.
  ///
  /// - Parameters:
  ///   - count: Entries of a density on the coarse grid.
  ///   - fine: Cells along each axis, x first.
  public init?(fromCount count: Int, to fine: [Int]) {
    guard count > 0, let least = fine.min(), least > 0 else { return nil }
    for ratio in 1...least where fine.allSatisfy({ $0 % ratio == 0 }) {
      let coarse = fine.map { $0 / ratio }
      if coarse.reduce(1, *) == count {
        self.init(from: coarse, to: fine)
        return
      }
    }
    return nil
  }

  /// Coarse cells in all.
  public var coarseCount: Int { coarse.reduce(1, *) }
  /// Fine cells in all.
  public var fineCount: Int { fine.reduce(1, *) }

  public func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector {
    precondition(x.count == coarseCount, "a grid of \(coarseCount) cells met \(x.count) entries")
    var (values, cells) = (x, coarse)
    for axis in coarse.indices where fine[axis] != coarse[axis] {
      values = along(axis, cells, values, isTransposed: false)
      cells[axis] = fine[axis]
    }
    return values
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    precondition(seed.count == fineCount, "a grid of \(fineCount) cells met \(seed.count) entries")
    var (values, cells) = (seed, fine)
    for axis in coarse.indices.reversed() where fine[axis] != coarse[axis] {
      cells[axis] = coarse[axis]
      values = along(axis, cells, values, isTransposed: true)
    }
    return values
  }

  /// One axis, or its transpose.
  ///
  /// - Parameters:
  ///   - axis: Whose cells change in number.
  ///   - cells: Of the coarse side of this axis.
  ///   - values: On the coarse side, or on the fine one for the transpose.
  ///   - isTransposed: Whether it goes from the fine side to the coarse one.
  private func along(_ axis: Int, _ cells: [Int], _ values: DenseVector, isTransposed: Bool) -> DenseVector {
    let stride = cells[..<axis].reduce(1, *)
    let (few, many) = (coarse[axis], fine[axis])
    let lines = cells[(axis + 1)...].reduce(1, *)
    let ratio = many / few
    // The two coarse cells of every fine one, and the part of the second.
    let parents = (0..<many).map { i -> (near: Int, next: Int, part: Double) in
      let place = (Double(i % ratio) + 0.5) / Double(ratio) - 0.5
      let near = i / ratio
      return (near, min(few - 1, max(0, place < 0 ? near - 1 : near + 1)), abs(place))
    }
    return DenseVector(count: lines * stride * (isTransposed ? few : many)) { image in
      values.withUnsafeBufferPointer { values in
        if isTransposed { for i in image.indices { image[i] = 0 } }
        for line in 0..<lines {
          for (i, parent) in parents.enumerated() {
            let (at, near, next) = (
              (line * many + i) * stride, (line * few + parent.near) * stride, (line * few + parent.next) * stride
            )
            for k in 0..<stride {
              if isTransposed {
                image[near + k] += (1 - parent.part) * values[at + k]
                image[next + k] += parent.part * values[at + k]
              } else {
                image[at + k] = (1 - parent.part) * values[near + k] + parent.part * values[next + k]
              }
            }
          }
        }
      }
    }
  }
}
