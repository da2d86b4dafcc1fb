/// Which grid comes next in a hierarchy, and what it holds fixed.
struct Coarsening {
  let halves: (x: Bool, y: Bool, z: Bool)
  let cells: [Int]
  let spacing: [Double]

  /// Halves the axes along which cells are shortest, so that coarse cells tend to cubes; nil where one cell is left.
  init?(cells: [Int], spacing: [Double]) {
    let open = cells.indices.filter { cells[$0] > 1 }
    guard let shortest = open.map({ spacing[$0] }).min() else { return nil }
    let halved = cells.indices.map { cells[$0] > 1 && spacing[$0] <= 1.5 * shortest }
    self.cells = zip(cells, halved).map { $1 ? ($0 + 1) / 2 : $0 }
    self.spacing = zip(spacing, halved).map { $1 ? 2 * $0 : $0 }
    halves = (halved[0], halved[1], halved.count > 2 && halved[2])
  }

  /// Coarse unknowns to hold fixed, by offset in `coarse`, ascending.
  ///
  /// A fixed fine unknown fixes the coarse one that lies on it, or past it at the end of an odd number of cells. One that
  /// lies between coarse nodes fixes the upper of them, unless one of them is fixed already: a support that the coarse
  /// grid lacks would leave the body loose there.
  func constrained(_ fixed: [Int], fine: GridLayout, coarse: GridLayout) -> [Int] {
    var chosen = Set<Int>()
    var between: [(axes: [(low: Int, high: Int)], component: Int)] = []
    func offset(_ i: Int, _ j: Int, _ k: Int, _ component: Int) -> Int {
      k * coarse.planeSize + j * coarse.rowSize + component * coarse.stride + i
    }
    for index in fixed {
      let plane = index / fine.planeSize
      let row = index % fine.planeSize / fine.rowSize
      let component = index % fine.rowSize / fine.stride
      let axes = [
        (index % fine.stride, halves.x, fine.cells.x), (row, halves.y, fine.cells.y), (plane, halves.z, fine.cells.z),
      ].map { position, halved, end in
        if !halved { return (low: position, high: position) }
        let high = (position + 1) / 2
        return (low: 2 * high > end ? high : position / 2, high: high)
      }
      if axes.allSatisfy({ $0.low == $0.high }) {
        chosen.insert(offset(axes[0].low, axes[1].low, axes[2].low, component))
      } else {
        between.append((axes, component))
      }
    }
    var added: [Int] = []
    for (axes, component) in between {
      var isFixed = false
      for k in axes[2].low...axes[2].high {
        for j in axes[1].low...axes[1].high {
          for i in axes[0].low...axes[0].high where chosen.contains(offset(i, j, k, component)) { isFixed = true }
        }
      }
      if !isFixed { added.append(offset(axes[0].high, axes[1].high, axes[2].high, component)) }
    }
    return chosen.union(added).sorted()
  }

  /// Arithmetic means of the coefficients over the fine cells in a coarse one; cells past the domain count as empty.
  func average(
    _ fine: UnsafePointer<Float>, _ fineLayout: GridLayout, into coarse: UnsafeMutablePointer<Float>,
    _ layout: GridLayout, layer: Int
  ) {
    let zs = Self.children(layer, halves.z, fineLayout.cells.z), zWeight: Float = halves.z ? 0.5 : 1
    let yWeight: Float = halves.y ? 0.5 : 1
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * layout.stride + fineLayout.stride) { buffer in
      let row = buffer.baseAddress!
      for j in 0..<layout.cells.y {
        row.update(repeating: 0, count: buffer.count)
        for z in zs {
          for y in Self.children(j, halves.y, fineLayout.cells.y) {
            let source = fine + (z &* fineLayout.layerSize &+ y &* fineLayout.stride)
            for i in 0..<fineLayout.cells.x { row[i] += zWeight * yWeight * source[i] }
          }
        }
        let target = coarse + (layer &* layout.layerSize &+ j &* layout.stride)
        if halves.x {
          for i in 0..<layout.cells.x { target[i] = 0.5 * (row[2 &* i] + row[2 &* i &+ 1]) }
        } else {
          for i in 0..<layout.cells.x { target[i] = row[i] }
        }
      }
    }
  }

  private static func children(_ index: Int, _ halved: Bool, _ count: Int) -> Range<Int> {
    halved ? 2 &* index..<min(2 &* index &+ 2, count) : index..<index &+ 1
  }
}
