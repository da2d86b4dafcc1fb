import DifferentiableCore

/// A matrix in memory: the entry (i, j) is at `pointer[i rowStep + j columnStep]`.
struct Strided<S: TensorScalar> {
  var pointer: UnsafePointer<S>
  var rowStep: Int
  var columnStep: Int

  /// Row-major with this many columns.
  init(_ pointer: UnsafePointer<S>, columns: Int) {
    self.pointer = pointer
    rowStep = columns
    columnStep = 1
  }

  var transposed: Strided {
    var result = self
    swap(&result.rowStep, &result.columnStep)
    return result
  }
}

/// c = a b (+ bias), or c += a b: `[rows, depth] [depth, columns]`, c row-major.
///
/// b is packed into panels that stay in the first cache; rows are cut into blocks that threads share. The sum over
/// `depth` runs in order, so the bits do not depend on the number of threads.
@_specialize(where S == Float)
@_specialize(where S == Double)
func multiply<S: TensorScalar>(
  _ a: Strided<S>, _ b: Strided<S>, into c: UnsafeMutablePointer<S>, rows: Int, depth: Int, columns: Int,
  accumulates: Bool = false, bias: UnsafePointer<S>? = nil, pool: TensorPool?
) {
  guard rows > 0, columns > 0 else { return }
  let deepest = 256
  let width = TileProduct<S>.width
  var first = 0
  repeat {
    let deep = min(deepest, depth - first)
    let panels = PackedPanels(
      b.pointer + first * b.rowStep, depth: deep, columns: columns, rowStep: b.rowStep, columnStep: b.columnStep,
      pool: pool)
    let tile = TileProduct<S>(
      rowStride: a.rowStep, stepA: a.columnStep, stepB: width, depth: deep, stepC: columns)
    let isFirst = first == 0
    let shared = UncheckedShared(
      (a: a.pointer + first * a.columnStep, c: c, bias: isFirst && !accumulates ? bias : nil, rowStep: a.rowStep))
    let together = UncheckedShared(panels)
    let block = 48
    // A bias is read in whole registers, so its last panel comes from a copy.
    concurrentlyForEach(count: rows, block: block) { range in
      let (a, c, bias, rowStep) = shared.value
      withUnsafeTemporaryAllocation(of: S.self, capacity: width) { edge in
        for panel in 0..<together.value.count {
          let start = panel * width
          let wide = min(width, columns - start)
          let height = TileProduct<S>.height(columns: wide)
          var biasHere: UnsafePointer<S>?
          if let bias {
            for j in 0..<width { edge[j] = j < wide ? bias[start + j] : 0 }
            biasHere = UnsafePointer(edge.baseAddress!)
          }
          var segment = (a: 0, b: 0)
          var row = range.lowerBound
          while row < range.upperBound {
            tile.run(
              a: a + row * rowStep, b: together.value.panel(panel), c: c + row * columns + start,
              rows: min(height, range.upperBound - row), columns: wide, segments: &segment, segmentCount: 1,
              accumulates: accumulates || !isFirst, bias: biasHere)
            row += height
          }
        }
      }
    }
    first += deep
  } while first < depth
}
