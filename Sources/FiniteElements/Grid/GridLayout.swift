/// Where the unknowns of a grid lie in the memory of its kernels.
///
/// A node row along x holds one component after the other, each padded with zeros to a multiple of eight entries, so
/// that vector loops have no remainder. Rows follow each other along y, then z. Cells use the same padded rows.
struct GridLayout: Sendable, Hashable {
  /// Cells along x, y, z; one layer of cells in 2D.
  let cells: (x: Int, y: Int, z: Int)
  let components: Int
  let isFlat: Bool
  /// Entries of one component of a node row, and of a cell row.
  let stride: Int

  init(cells: [Int], components: Int) {
    isFlat = cells.count == 2
    self.cells = (cells[0], cells[1], isFlat ? 1 : cells[2])
    self.components = components
    stride = (cells[0] + 1 + 7) / 8 * 8
  }

  static func == (a: GridLayout, b: GridLayout) -> Bool {
    a.cells == b.cells && a.components == b.components && a.isFlat == b.isFlat
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(cells.x)
    hasher.combine(cells.y)
    hasher.combine(cells.z)
    hasher.combine(components)
  }

  var rows: Int { cells.y + 1 }
  var planes: Int { isFlat ? 1 : cells.z + 1 }
  var rowSize: Int { components * stride }
  var planeSize: Int { rows * rowSize }
  /// Entries of a nodal field; buffers have some more, because vectors read one entry past a row.
  var nodalSize: Int { planes * planeSize }
  var layerSize: Int { cells.y * stride }
  var cellSize: Int { cells.z * layerSize }
  /// Additions of the transforms to modes and back, and products with the non-zeros of the cell matrix in modes (see
  /// `CellForm`), over all cells.
  var productMultiplyAdds: Double {
    let d = isFlat ? 2 : 3, corners = 1 << d
    let nonzeros = components == 1 ? corners - 1 : isFlat ? 11 : 45
    return Double(cells.x * cells.y * cells.z) * Double(2 * components * d * corners + nonzeros)
  }
  var unknownCount: Int { (cells.x + 1) * rows * planes * components }

  /// Where unknown `index` (node * components + component) lies.
  func offset(ofUnknown index: Int) -> Int {
    let node = index / components
    let row = node / (cells.x + 1)
    return row * rowSize + (index - node * components) * stride + (node - row * (cells.x + 1))
  }

  /// Copies a vector of unknowns into padded planes. The padding is not touched.
  func scatter<T: BinaryFloatingPoint>(
    _ u: UnsafePointer<Double>, into field: UnsafeMutablePointer<T>, planes: Range<Int>
  ) {
    let n = cells.x + 1
    for row in planes.lowerBound &* rows..<planes.upperBound &* rows {
      let source = u + row &* n &* components
      let target = field + row &* rowSize
      for component in 0..<components {
        for i in 0..<n { target[component &* stride &+ i] = T(source[i &* components &+ component]) }
      }
    }
  }

  /// Copies padded planes into a vector of unknowns.
  func gather(_ field: UnsafePointer<Double>, into u: UnsafeMutablePointer<Double>, planes: Range<Int>) {
    let n = cells.x + 1
    for row in planes.lowerBound &* rows..<planes.upperBound &* rows {
      let source = field + row &* rowSize
      let target = u + row &* n &* components
      for component in 0..<components {
        for i in 0..<n { target[i &* components &+ component] = source[component &* stride &+ i] }
      }
    }
  }

  /// Cuts the planes (the rows in 2D) into pieces for threads. Depends on the grid alone.
  var pieces: [Range<Int>] {
    let count = isFlat ? rows : planes
    var pieces = 1
    while pieces < 16, count / (2 * pieces) >= 12, unknownCount / (2 * pieces) >= 8192 { pieces *= 2 }
    return (0..<pieces).map { count * $0 / pieces..<count * ($0 + 1) / pieces }
  }
}
