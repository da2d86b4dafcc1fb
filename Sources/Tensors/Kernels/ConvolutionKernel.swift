import DifferentiableCore

// A convolution is one tile product per six (or eight) neighbouring places and panel of filters, with one segment for each tap of
// the window: the places lie `stride channels` apart in the padded input, so nothing is gathered. The gradient of the
// weights is a tile product as well, with the places as its depth.

/// out[n, p, f] = bias[f] + sum over taps t and channels c of x[n, p stride + t, c] weights[t, c, f].
///
/// - Parameters:
///   - x: The padded input, `[batch, padded…, channels]`.
///   - weightAt: The entry of weights at tap t, channel c, filter f is `weights[t tapStep + c channelStep + f filterStep]`,
///     with the taps in reverse order where `flips`.
@_specialize(where S == Float)
@_specialize(where S == Double)
func convolve<S: TensorScalar>(
  _ x: UnsafePointer<S>, _ weights: UnsafePointer<S>, bias: UnsafePointer<S>?, into out: UnsafeMutablePointer<S>,
  batch: Int, channels: Int, filters: Int, window: [Int], stride: [Int], padded: [Int], output: [Int],
  channelStep: Int, filterStep: Int, flips: Bool, pool: TensorPool
) {
  let width = TileProduct<S>.width
  let taps = window.reduce(1, *)
  // Panels of [taps, channels] rows.
  let ordered = TensorStorage<S>(count: taps * channels * filters, pool: pool)
  for t in 0..<taps {
    let source = weights + (flips ? taps - 1 - t : t) * channels * filters
    let target = ordered.pointer + t * channels * filters
    for c in 0..<channels {
      for f in 0..<filters { target[c &* filters &+ f] = source[c &* channelStep &+ f &* filterStep] }
    }
  }
  let panels = PackedPanels(
    UnsafePointer(ordered.pointer), depth: taps * channels, columns: filters, rowStep: filters, columnStep: 1,
    pool: pool)
  var segments: [(a: Int, b: Int)] = []
  for z in 0..<window[0] {
    for y in 0..<window[1] {
      for x in 0..<window[2] {
        let cell = (z * padded[1] + y) * padded[2] + x
        segments.append((a: cell * channels, b: segments.count * channels * width))
      }
    }
  }
  let tile = TileProduct<S>(
    rowStride: stride[2] * channels, stepA: 1, stepB: width, depth: channels, stepC: filters)
  let shared = UncheckedShared((x: x, out: out, bias: bias))
  let together = UncheckedShared((panels: panels, segments: segments))
  let rows = output[0] * output[1]
  // A few rows of the output at a time, so that a panel is used often before the next one.
  let rowsOfPiece = max(1, 256 / output[2])
  let piecesOfOne = (rows + rowsOfPiece - 1) / rowsOfPiece
  let atOnce = TileProduct<S>.columnsAtOnce(rows: output[2])
  concurrentlyForEach(piece: batch * piecesOfOne) { piece in
    let n = piece / piecesOfOne
    let (x, out, bias) = shared.value
    let panels = together.value.panels
    together.value.segments.withUnsafeBufferPointer { segments in
      withUnsafeTemporaryAllocation(of: S.self, capacity: width) { edge in
        for panel in 0..<panels.count {
          let wide = min(width, filters - panel * width)
          if let bias {
            for j in 0..<width { edge[j] = j < wide ? bias[panel * width + j] : 0 }
          }
          var part = 0
          while part < wide {
            let columns = min(atOnce, wide - part)
            let height = TileProduct<S>.height(columns: columns)
            let start = panel * width + part
            for row in piece % piecesOfOne * rowsOfPiece..<min(rows, (piece % piecesOfOne + 1) * rowsOfPiece) {
              let (z, y) = (row / output[1], row % output[1])
              let from = ((n * padded[0] + z * stride[0]) * padded[1] + y * stride[1]) * padded[2] * channels
              let to = (n * rows + row) * output[2] * filters + start
              var place = 0
              while place < output[2] {
                tile.run(
                  a: x + from + place * stride[2] * channels, b: panels.panel(panel) + part,
                  c: out + to + place * filters, rows: min(height, output[2] - place), columns: columns,
                  segments: segments.baseAddress!, segmentCount: segments.count, accumulates: false,
                  bias: bias == nil ? nil : UnsafePointer(edge.baseAddress! + part))
                place += height
              }
            }
            part += columns
          }
        }
      }
    }
  }
}

/// weights[t, c, f] = sum over n and p of x[n, p stride + t, c] seed[n, p, f].
///
/// The batch is cut into at most eight groups, whatever the number of threads; their sums are added in order.
@_specialize(where S == Float)
@_specialize(where S == Double)
func convolutionWeightGradient<S: TensorScalar>(
  _ x: UnsafePointer<S>, seed: UnsafePointer<S>, into gradient: UnsafeMutablePointer<S>, batch: Int, channels: Int,
  filters: Int, window: [Int], stride: [Int], padded: [Int], output: [Int], pool: TensorPool
) {
  let atOnce = TileProduct<S>.columnsAtOnce(rows: channels)
  let taps = window.reduce(1, *)
  let size = taps * channels * filters
  let groups = min(batch, 8)
  let partial = TensorStorage<S>(count: groups * size, pool: pool)
  let tile = TileProduct<S>(
    rowStride: 1, stepA: stride[2] * channels, stepB: filters, depth: output[2], stepC: filters)
  let shared = UncheckedShared((x: x, seed: seed, partial: partial.pointer))
  concurrentlyForEach(piece: groups) { group in
    let (x, seed, partial) = shared.value
    let target = partial + group * size
    let images = group * batch / groups..<(group + 1) * batch / groups
    var segments: [(a: Int, b: Int)] = []
    for n in images {
      segments.removeAll(keepingCapacity: true)
      for z in 0..<output[0] {
        for y in 0..<output[1] {
          segments.append(
            (
              a: ((n * padded[0] + z * stride[0]) * padded[1] + y * stride[1]) * padded[2] * channels,
              b: ((n * output[0] + z) * output[1] + y) * output[2] * filters
            ))
        }
      }
      segments.withUnsafeBufferPointer { segments in
        for t in 0..<taps {
          let (tz, ty, tx) = (t / (window[1] * window[2]), t / window[2] % window[1], t % window[2])
          let tap = x + ((tz * padded[1] + ty) * padded[2] + tx) * channels
          var f = 0
          while f < filters {
            let wide = min(atOnce, filters - f)
            let height = TileProduct<S>.height(columns: wide)
            var c = 0
            while c < channels {
              tile.run(
                a: tap + c, b: seed + f, c: target + (t * channels + c) * filters + f,
                rows: min(height, channels - c), columns: wide, segments: segments.baseAddress!,
                segmentCount: segments.count, accumulates: n > images.lowerBound, bias: nil)
              c += height
            }
            f += wide
          }
        }
      }
    }
  }
  for i in 0..<size {
    var sum = partial.pointer[i]
    for group in 1..<max(1, groups) { sum += partial.pointer[group &* size &+ i] }
    gradient[i] = sum
  }
}
