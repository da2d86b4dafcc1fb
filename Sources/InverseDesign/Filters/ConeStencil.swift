import Geometry

/// The cone weights on a grid: the same stencil at every cell, stored once, one row of taps per row of cells around.
struct ConeStencil: FilterKernel {
  /// The weights toward one neighbouring row of cells: taps -reach...reach along x.
  private struct Row {
    var dy: Int
    var dz: Int
    var reach: Int
    var weights: [Double]
  }

  private let rows: [Row]
  private let nx: Int
  private let ny: Int
  private let nz: Int

  init(on grid: StructuredGrid, radius: Double) {
    let spacing = grid.spacing + [Double](repeating: 1, count: 3 - grid.dimension)
    let cells = grid.cells + [Int](repeating: 1, count: 3 - grid.dimension)
    (nx, ny, nz) = (cells[0], cells[1], cells[2])
    // Taps beyond the grid never act, so a radius far larger than the grid costs no more than the grid.
    let reach = (0..<3).map { axis in Int(min(Double(cells[axis] - 1), (radius / spacing[axis]).rounded(.down))) }
    var rows: [Row] = []
    for dz in -reach[2]...reach[2] {
      for dy in -reach[1]...reach[1] {
        let weights = (-reach[0]...reach[0]).map { dx in
          let offset = SIMD3(Double(dx) * spacing[0], Double(dy) * spacing[1], Double(dz) * spacing[2])
          return max(0, radius - (offset * offset).sum().squareRoot())
        }
        let trimmed = weights.prefix(reach[0] + 1).drop { $0 == 0 }.count - 1
        guard trimmed >= 0 else { continue }
        let middle = reach[0]
        rows.append(
          Row(dy: dy, dz: dz, reach: trimmed, weights: Array(weights[(middle - trimmed)...(middle + trimmed)])))
      }
    }
    self.rows = rows
  }

  func gather(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    let shared = UncheckedShared((x: x, y: y))
    concurrentlyForEach(count: ny * nz, block: max(1, 8192 / nx)) { range in
      for row in range { gatherRow(row, shared.value.x, shared.value.y + row * nx) }
    }
  }

  /// One row of cells: it stays in the first-level cache while the neighbouring rows are added to it.
  private func gatherRow(_ row: Int, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    let j = row % ny
    let k = row / ny
    y.update(repeating: 0, count: nx)
    for neighbor in rows {
      let jj = j + neighbor.dy
      let kk = k + neighbor.dz
      guard jj >= 0, jj < ny, kk >= 0, kk < nz else { continue }
      let source = x + (jj + ny * kk) * nx
      neighbor.weights.withUnsafeBufferPointer { weights in
        for tap in -neighbor.reach...neighbor.reach {
          let first = max(0, -tap)
          let last = min(nx, nx - tap)
          addRow(y + first, source + (first + tap), weights[tap + neighbor.reach], count: last - first)
        }
      }
    }
  }
}

/// y += weight * x over `count` entries.
@inline(__always)
private func addRow(_ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ weight: Double, count: Int) {
  var i = 0
  while i < count {
    y[i] += weight * x[i]
    i &+= 1
  }
}
