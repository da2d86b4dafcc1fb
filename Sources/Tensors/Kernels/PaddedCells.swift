import DifferentiableCore

/// Copies cells `[batch, cells…, channels]` into a frame `[batch, padded…, channels]`, `padding` cells from its borders
/// and `spread` cells apart. What lies between and beyond is zero, or the other side of a periodic domain.
@_specialize(where S == Float)
@_specialize(where S == Double)
func framed<S: TensorScalar>(
  _ x: Tensor<S>, batch: Int, cells: [Int], channels: Int, padded: [Int], padding: [Int], spread: [Int],
  border: ConvolutionOptions.Border, pool: TensorPool
) -> Tensor<S> {
  if padded == cells { return x }
  let out = Tensor<S>(uninitialized: [batch] + padded + [channels], pool: pool)
  let row = padded[2] * channels
  let shared = UncheckedShared((out: out.storage.pointer, x: UnsafePointer(x.storage.pointer)))
  // The cell of the input at a place of the frame along one axis; nil where there is none.
  @Sendable func cell(_ place: Int, _ axis: Int) -> Int? {
    let inside = place - padding[axis]
    if border == .periodic { return ((inside % cells[axis]) + cells[axis]) % cells[axis] }
    guard inside >= 0, inside % spread[axis] == 0, inside / spread[axis] < cells[axis] else { return nil }
    return inside / spread[axis]
  }
  let columns = (0..<padded[2]).map { cell($0, 2) ?? -1 }
  concurrentlyForEach(piece: batch * padded[0]) { piece in
    let (n, z) = (piece / padded[0], piece % padded[0])
    let (out, x) = shared.value
    for y in 0..<padded[1] {
      let target = out + (piece * padded[1] + y) * row
      guard let inZ = cell(z, 0), let inY = cell(y, 1) else {
        target.update(repeating: 0, count: row)
        continue
      }
      let source = x + ((n * cells[0] + inZ) * cells[1] + inY) * cells[2] * channels
      if border == .zeros, spread[2] == 1 {
        let (before, inner) = (padding[2] * channels, cells[2] * channels)
        target.update(repeating: 0, count: before)
        (target + before).update(from: source, count: inner)
        (target + before + inner).update(repeating: 0, count: row - before - inner)
        continue
      }
      for (place, column) in columns.enumerated() {
        let p = target + place * channels
        if column < 0 {
          p.update(repeating: 0, count: channels)
        } else {
          p.update(from: source + column * channels, count: channels)
        }
      }
    }
  }
  withExtendedLifetime(x) {}
  return out
}

/// Adds what a periodic frame holds back onto the cells that it was copied from: the transpose of `framed`.
@_specialize(where S == Float)
@_specialize(where S == Double)
func folded<S: TensorScalar>(
  _ frame: Tensor<S>, batch: Int, cells: [Int], channels: Int, padded: [Int], padding: [Int], pool: TensorPool
) -> Tensor<S> {
  let out = Tensor<S>(zeros: [batch] + cells + [channels], pool: pool)
  let (target, source) = (out.storage.pointer, frame.storage.pointer)
  func cell(_ place: Int, _ axis: Int) -> Int {
    (((place - padding[axis]) % cells[axis]) + cells[axis]) % cells[axis]
  }
  for n in 0..<batch {
    for z in 0..<padded[0] {
      for y in 0..<padded[1] {
        for x in 0..<padded[2] {
          let from = (((n * padded[0] + z) * padded[1] + y) * padded[2] + x) * channels
          let to = (((n * cells[0] + cell(z, 0)) * cells[1] + cell(y, 1)) * cells[2] + cell(x, 2)) * channels
          for c in 0..<channels { target[to + c] += source[from + c] }
        }
      }
    }
  }
  withExtendedLifetime(frame) {}
  return out
}
