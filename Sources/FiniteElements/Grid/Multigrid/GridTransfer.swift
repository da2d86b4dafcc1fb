/// Trilinear interpolation from a coarse grid to the next finer one, and its transpose.
///
/// Along an axis that is coarsened, coarse node I lies on fine node 2 I. An odd number of cells is rounded up: the last
/// coarse cell then reaches half a cell past the domain, where there is no stiffness.
struct GridTransfer {
  let fine: GridLayout
  let coarse: GridLayout
  /// Whether each axis is coarsened.
  let halves: (x: Bool, y: Bool, z: Bool)

  /// `coarseField` = Pᵀ `field`, on a plane of coarse nodes.
  func restrict(_ field: UnsafePointer<Float>, into coarseField: UnsafeMutablePointer<Float>, plane: Int) {
    let slack = 32
    let length = 2 * coarse.stride + fine.stride + 2 * slack
    withUnsafeTemporaryAllocation(of: Float.self, capacity: length) { buffer in
      let row = buffer.baseAddress! + slack
      buffer.baseAddress!.update(repeating: 0, count: length)
      for j in 0..<coarse.rows {
        for component in 0..<fine.components {
          gather(field, row, j, plane, component)
          let target = coarseField + (plane &* coarse.planeSize &+ j &* coarse.rowSize &+ component &* coarse.stride)
          collapse(UnsafePointer(row), into: target)
        }
      }
    }
  }

  /// `field` += P `coarseField`, on a plane of fine nodes.
  func prolong(_ coarseField: UnsafePointer<Float>, addingTo field: UnsafeMutablePointer<Float>, plane: Int) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: coarse.stride + 32) { buffer in
      let row = buffer.baseAddress!
      row.update(repeating: 0, count: coarse.stride + 32)
      for j in 0..<fine.rows {
        for component in 0..<fine.components {
          scatter(coarseField, row, j, plane, component)
          expand(
            UnsafePointer(row),
            addingTo: field + (plane &* fine.planeSize &+ j &* fine.rowSize &+ component &* fine.stride))
        }
      }
    }
  }

  /// The weighted sum of the fine rows around a coarse one.
  private func gather(
    _ field: UnsafePointer<Float>, _ row: UnsafeMutablePointer<Float>, _ j: Int, _ plane: Int, _ component: Int
  ) {
    let ys = Self.sources(j, halves.y, fine.rows), zs = Self.sources(plane, halves.z, fine.planes)
    var isFirst = true
    for z in zs.nodes {
      for y in ys.nodes {
        let weight = (z == zs.center ? 1 : Float(0.5)) * (y == ys.center ? 1 : Float(0.5))
        let source = field + (z &* fine.planeSize &+ y &* fine.rowSize &+ component &* fine.stride)
        let w = Floats8.broadcast(weight)
        var i = 0
        if isFirst {
          while i < fine.stride {
            (w * Floats8.load(source + i)).store(row + i)
            i &+= 8
          }
        } else {
          while i < fine.stride {
            Floats8.fused(Floats8.load(row + i), w, Floats8.load(source + i)).store(row + i)
            i &+= 8
          }
        }
        isFirst = false
      }
    }
    if isFirst { row.update(repeating: 0, count: fine.stride) }
  }

  /// Fine nodes that contribute to coarse node `index`, and the one that lies on it.
  private static func sources(_ index: Int, _ halved: Bool, _ count: Int) -> (nodes: Range<Int>, center: Int) {
    if !halved { return (index..<index &+ 1, index) }
    return (max(0, 2 &* index &- 1)..<min(count, 2 &* index &+ 2), 2 &* index)
  }

  private func collapse(_ row: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>) {
    var i = 0
    if !halves.x {
      while i < coarse.stride {
        Floats8.load(row + i).store(target + i)
        i &+= 8
      }
      return
    }
    let half = Floats16.broadcast(0.5)
    while i < coarse.stride {
      let center = row + 2 &* i
      let sum = Floats16.fused(Floats16.load(center), half, Floats16.load(center - 1) + Floats16.load(center + 1)).v
      Floats8(v: sum.evenHalf).store(target + i)
      i &+= 8
    }
    // Nodes past the last one stay zero.
    i = coarse.cells.x &+ 1
    while i < coarse.stride {
      target[i] = 0
      i &+= 1
    }
  }

  /// The interpolation along y and z of the coarse rows around a fine one.
  private func scatter(
    _ field: UnsafePointer<Float>, _ row: UnsafeMutablePointer<Float>, _ j: Int, _ plane: Int, _ component: Int
  ) {
    func rows(_ index: Int, _ halved: Bool) -> (Int, Int) {
      halved ? (index >> 1, (index &+ 1) >> 1) : (index, index)
    }
    let (y0, y1) = rows(j, halves.y), (z0, z1) = rows(plane, halves.z)
    let base = field + component &* coarse.stride
    let a = base + (z0 &* coarse.planeSize &+ y0 &* coarse.rowSize)
    let b = base + (z0 &* coarse.planeSize &+ y1 &* coarse.rowSize)
    let c = base + (z1 &* coarse.planeSize &+ y0 &* coarse.rowSize)
    let d = base + (z1 &* coarse.planeSize &+ y1 &* coarse.rowSize)
    let quarter = Floats8.broadcast(0.25)
    var i = 0
    while i < coarse.stride {
      let sum = (Floats8.load(a + i) + Floats8.load(b + i)) + (Floats8.load(c + i) + Floats8.load(d + i))
      (quarter * sum).store(row + i)
      i &+= 8
    }
  }

  private func expand(_ row: UnsafePointer<Float>, addingTo target: UnsafeMutablePointer<Float>) {
    let count = fine.cells.x &+ 1
    var i = 0
    if !halves.x {
      while i < fine.stride {
        (Floats8.load(target + i) + Floats8.load(row + i)).store(target + i)
        i &+= 8
      }
      return
    }
    let half = SIMD8<Float>(repeating: 0.5)
    while i &+ 16 <= count {
      let a = Floats8.load(row + i >> 1).v
      let b = half * (a + Floats8.load(row + (i >> 1 &+ 1)).v)
      let both = SIMD16<Float>(
        a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3], a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7])
      (Floats16.load(target + i) + Floats16(v: both)).store(target + i)
      i &+= 16
    }
    while i < count {
      target[i] += 0.5 * (row[i >> 1] + row[(i &+ 1) >> 1])
      i &+= 1
    }
  }
}
