import DifferentiableCore

/// The sum over all rows of a matrix `[rows, columns]`, in fixed blocks of rows.
@_specialize(where S == Float)
@_specialize(where S == Double)
func sumOfRows<S: TensorScalar>(_ x: Tensor<S>, columns: Int, pool: TensorPool) -> Tensor<S> {
  let rows = columns > 0 ? x.count / columns : 0
  let block = max(1, 16384 / max(1, columns))
  let blocks = max(1, (rows + block - 1) / block)
  // Whole registers are written, each block's into the start of the next: so they are kept apart.
  let stride = (columns + S.slack) / S.lanes * S.lanes
  let partial = TensorStorage<S>(count: blocks * stride, pool: pool)
  let shared = UncheckedShared((x: UnsafePointer(x.storage.pointer), partial: partial.pointer))
  concurrentlyForEach(piece: blocks) { index in
    let (x, partial) = shared.value
    let sum = partial + index * stride
    sum.update(repeating: 0, count: stride)
    for row in index * block..<min(rows, (index + 1) * block) {
      let p = x + row * columns
      var c = 0
      while c &+ S.lanes <= columns {
        S.store(S.load(sum + c) + S.load(p + c), sum + c)
        c &+= S.lanes
      }
      while c < columns {
        sum[c] += p[c]
        c &+= 1
      }
    }
  }
  let out = Tensor<S>(uninitialized: [columns], pool: pool)
  for c in 0..<columns {
    var sum = partial.pointer[c]
    for index in 1..<blocks { sum += partial.pointer[index &* stride &+ c] }
    out.storage.pointer[c] = sum
  }
  withExtendedLifetime(x) {}
  return out
}
