import Geometry

/// The lines of cells of a grid along one axis: cell i of a line is `first + i * stride`.
struct GridLines {
  let length: Int
  let stride: Int
  let firsts: [Int]

  init(of grid: StructuredGrid, along axis: Int) {
    length = grid.cells[axis]
    stride = grid.cells[..<axis].reduce(1, *)
    let inner = stride
    let outer = grid.cellCount / (stride * length)
    let step = stride * length
    firsts = (0..<outer).flatMap { o in (0..<inner).map { $0 + o * step } }
  }
}
