import DifferentiableCore

/// The one inner loop of matrix products and convolutions: six rows by two registers of columns,
///
///     c[r, j] (+)= sum over segments s and k < depth of a[s.a + r rowStride + k stepA] b[s.b + k stepB + j]
///
/// held in twelve registers while all segments are added; or eight rows by one register,
/// where no more columns are left or rows come in eights. A segment is a tap of a convolution, or a stretch of pixels in
/// the gradient of its weights; a plain matrix product has one.
struct TileProduct<S: TensorScalar> {
  /// Rows of a tile.
  static var height: Int { 6 }
  /// Columns of a tile.
  static var width: Int { 2 * S.lanes }
  /// Rows of a tile of one register of columns.
  static var narrowHeight: Int { 8 }
  /// Rows of the tile that `run` takes for this many columns.
  @inline(__always) static func height(columns: Int) -> Int { columns <= S.lanes ? narrowHeight : height }
  /// Columns to take at a time where this many rows follow each other: the tile that leaves fewer of its rows unused.
  @inline(__always) static func columnsAtOnce(rows: Int) -> Int {
    (rows + 7) / narrowHeight * narrowHeight < (rows + 5) / height * height ? S.lanes : width
  }

  var rowStride: Int
  var stepA: Int
  var stepB: Int
  var depth: Int
  /// Columns of c from one row to the next.
  var stepC: Int

  /// - Parameters:
  ///   - rows: Rows that exist, at least one and at most `height(columns:)`; the others repeat the last and are not written.
  ///   - columns: Columns that exist, at most `width`; what is read of b beyond them is not written.
  @inline(__always)
  func run(
    a: UnsafePointer<S>, b: UnsafePointer<S>, c: UnsafeMutablePointer<S>, rows: Int, columns: Int,
    segments: UnsafePointer<(a: Int, b: Int)>, segmentCount: Int, accumulates: Bool, bias: UnsafePointer<S>?
  ) {
    if columns <= S.lanes {
      runNarrow(
        a: a, b: b, c: c, rows: rows, columns: columns, segments: segments, segmentCount: segmentCount,
        accumulates: accumulates, bias: bias)
      return
    }
    let w = S.lanes
    let last = rows &- 1
    let r1 = min(1, last) &* rowStride
    let r2 = min(2, last) &* rowStride
    let r3 = min(3, last) &* rowStride
    let r4 = min(4, last) &* rowStride
    let r5 = min(5, last) &* rowStride
    var c00 = S.Lanes.zero
    var c01 = S.Lanes.zero
    if let bias {
      c00 = S.load(bias)
      c01 = S.load(bias + w)
    }
    var (c10, c11, c20, c21) = (c00, c01, c00, c01)
    var (c30, c31, c40, c41) = (c00, c01, c00, c01)
    var (c50, c51) = (c00, c01)
    var s = 0
    while s < segmentCount {
      var p = a + segments[s].a
      var q = b + segments[s].b
      var k = 0
      while k < depth {
        let b0 = S.load(q)
        let b1 = S.load(q + w)
        let a0 = S.Lanes(repeating: p[0])
        c00 = S.fused(c00, a0, b0)
        c01 = S.fused(c01, a0, b1)
        let a1 = S.Lanes(repeating: p[r1])
        c10 = S.fused(c10, a1, b0)
        c11 = S.fused(c11, a1, b1)
        let a2 = S.Lanes(repeating: p[r2])
        c20 = S.fused(c20, a2, b0)
        c21 = S.fused(c21, a2, b1)
        let a3 = S.Lanes(repeating: p[r3])
        c30 = S.fused(c30, a3, b0)
        c31 = S.fused(c31, a3, b1)
        let a4 = S.Lanes(repeating: p[r4])
        c40 = S.fused(c40, a4, b0)
        c41 = S.fused(c41, a4, b1)
        let a5 = S.Lanes(repeating: p[r5])
        c50 = S.fused(c50, a5, b0)
        c51 = S.fused(c51, a5, b1)
        p += stepA
        q += stepB
        k &+= 1
      }
      s &+= 1
    }
    store(c00, c01, c, columns, accumulates)
    if rows > 1 { store(c10, c11, c + stepC, columns, accumulates) }
    if rows > 2 { store(c20, c21, c + 2 &* stepC, columns, accumulates) }
    if rows > 3 { store(c30, c31, c + 3 &* stepC, columns, accumulates) }
    if rows > 4 { store(c40, c41, c + 4 &* stepC, columns, accumulates) }
    if rows > 5 { store(c50, c51, c + 5 &* stepC, columns, accumulates) }
  }

  /// Eight rows by one register.
  @inline(__always)
  private func runNarrow(
    a: UnsafePointer<S>, b: UnsafePointer<S>, c: UnsafeMutablePointer<S>, rows: Int, columns: Int,
    segments: UnsafePointer<(a: Int, b: Int)>, segmentCount: Int, accumulates: Bool, bias: UnsafePointer<S>?
  ) {
    let last = rows &- 1
    let r1 = min(1, last) &* rowStride
    let r2 = min(2, last) &* rowStride
    let r3 = min(3, last) &* rowStride
    let r4 = min(4, last) &* rowStride
    let r5 = min(5, last) &* rowStride
    let r6 = min(6, last) &* rowStride
    let r7 = min(7, last) &* rowStride
    var c0 = S.Lanes.zero
    if let bias { c0 = S.load(bias) }
    var (c1, c2, c3) = (c0, c0, c0)
    var (c4, c5, c6, c7) = (c0, c0, c0, c0)
    var s = 0
    while s < segmentCount {
      var p = a + segments[s].a
      var q = b + segments[s].b
      var k = 0
      while k < depth {
        let column = S.load(q)
        c0 = S.fused(c0, S.Lanes(repeating: p[0]), column)
        c1 = S.fused(c1, S.Lanes(repeating: p[r1]), column)
        c2 = S.fused(c2, S.Lanes(repeating: p[r2]), column)
        c3 = S.fused(c3, S.Lanes(repeating: p[r3]), column)
        c4 = S.fused(c4, S.Lanes(repeating: p[r4]), column)
        c5 = S.fused(c5, S.Lanes(repeating: p[r5]), column)
        c6 = S.fused(c6, S.Lanes(repeating: p[r6]), column)
        c7 = S.fused(c7, S.Lanes(repeating: p[r7]), column)
        p += stepA
        q += stepB
        k &+= 1
      }
      s &+= 1
    }
    storeNarrow(c0, c, columns, accumulates)
    if rows > 1 { storeNarrow(c1, c + stepC, columns, accumulates) }
    if rows > 2 { storeNarrow(c2, c + 2 &* stepC, columns, accumulates) }
    if rows > 3 { storeNarrow(c3, c + 3 &* stepC, columns, accumulates) }
    if rows > 4 { storeNarrow(c4, c + 4 &* stepC, columns, accumulates) }
    if rows > 5 { storeNarrow(c5, c + 5 &* stepC, columns, accumulates) }
    if rows > 6 { storeNarrow(c6, c + 6 &* stepC, columns, accumulates) }
    if rows > 7 { storeNarrow(c7, c + 7 &* stepC, columns, accumulates) }
  }

  @inline(__always)
  private func storeNarrow(_ x: S.Lanes, _ c: UnsafeMutablePointer<S>, _ columns: Int, _ accumulates: Bool) {
    if columns == S.lanes {
      S.store(accumulates ? S.load(c) + x : x, c)
      return
    }
    for j in 0..<columns { c[j] = accumulates ? c[j] + x[j] : x[j] }
  }

  @inline(__always)
  private func store(_ x: S.Lanes, _ y: S.Lanes, _ c: UnsafeMutablePointer<S>, _ columns: Int, _ accumulates: Bool) {
    let w = S.lanes
    if columns == 2 &* w {
      if accumulates {
        S.store(S.load(c) + x, c)
        S.store(S.load(c + w) + y, c + w)
      } else {
        S.store(x, c)
        S.store(y, c + w)
      }
      return
    }
    for j in 0..<columns {
      let value = j < w ? x[j] : y[j &- w]
      c[j] = accumulates ? c[j] + value : value
    }
  }
}

/// The panels of a matrix b `[depth, columns]`, each `TileProduct.width` columns wide and filled up with zeros.
struct PackedPanels<S: TensorScalar> {
  let storage: TensorStorage<S>
  let depth: Int
  let columns: Int
  static var width: Int { TileProduct<S>.width }
  var count: Int { (columns + Self.width - 1) / Self.width }

  /// - Parameters: the entry (k, j) is at `b[k rowStep + j columnStep]`.
  @inline(__always)
  init(
    _ b: UnsafePointer<S>, depth: Int, columns: Int, rowStep: Int, columnStep: Int, pool: TensorPool?
  ) {
    self.depth = depth
    self.columns = columns
    let width = Self.width
    let panels = (columns + width - 1) / width
    storage = TensorStorage(count: panels * depth * width, pool: pool)
    for panel in 0..<panels {
      let wide = min(width, columns - panel * width)
      var target = storage.pointer + panel * depth * width
      var source = b + panel * width * columnStep
      for _ in 0..<depth {
        if wide == width, columnStep == 1 {
          S.store(S.load(source), target)
          S.store(S.load(source + S.lanes), target + S.lanes)
        } else {
          for j in 0..<width { target[j] = j < wide ? source[j &* columnStep] : 0 }
        }
        target += width
        source += rowStep
      }
    }
  }

  @inline(__always) func panel(_ index: Int) -> UnsafePointer<S> {
    UnsafePointer(storage.pointer + index * depth * Self.width)
  }
}
