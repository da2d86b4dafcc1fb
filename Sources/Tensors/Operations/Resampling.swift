import DifferentiableCore

extension Variable {
  /// The mean of blocks of two cells along every axis: half as many cells. Cells must be even in number.
  public func averagePooled() -> Variable {
    let fine = shape
    let coarse = halvedCells(fine)
    let factor = 1 / Scalar(1 << (fine.count - 2))
    let pool = tape.pool
    let out = summedBlocks(value, fine: fine, coarse: coarse, factor: factor, pool: pool)
    return tape.record(out, of: [self]) { seed, gradients in
      gradients.add(repeatedBlocks(seed, fine: fine, coarse: coarse, factor: factor, pool: pool), to: self)
    }
  }

  /// Every cell twice along every axis: nearest-neighbour up-sampling.
  public func upsampled() -> Variable {
    let coarse = shape
    var fine = coarse
    for axis in 1..<max(1, fine.count - 1) { fine[axis] *= 2 }
    let pool = tape.pool
    let out = repeatedBlocks(value, fine: fine, coarse: coarse, factor: 1, pool: pool)
    return tape.record(out, of: [self]) { [fine] seed, gradients in
      gradients.add(summedBlocks(seed, fine: fine, coarse: coarse, factor: 1, pool: pool), to: self)
    }
  }
}

/// Half as many cells along every axis of `[batch, cells…, channels]`.
func halvedCells(_ shape: [Int]) -> [Int] {
  var result = shape
  for axis in 1..<max(1, shape.count - 1) {
    precondition(shape[axis] % 2 == 0, "an odd number of cells in \(shape)")
    result[axis] /= 2
  }
  return result
}

/// Rows of fine and coarse cells that belong together: the place of every fine cell in the coarse grid.
func coarseCells(fine: [Int], coarse: [Int]) -> [Int] {
  let axes = fine.count - 2
  let cells = fine[1...axes].reduce(1, *)
  return (0..<cells).map { cell in
    var (rest, place, stride) = (cell, 0, 1)
    for axis in (1...axes).reversed() {
      place += rest % fine[axis] / 2 * stride
      stride *= coarse[axis]
      rest /= fine[axis]
    }
    return place
  }
}

@_specialize(where S == Float)
@_specialize(where S == Double)
private func summedBlocks<S: TensorScalar>(
  _ x: Tensor<S>, fine: [Int], coarse: [Int], factor: S, pool: TensorPool
) -> Tensor<S> {
  let out = Tensor<S>(zeros: coarse, pool: pool)
  let channels = fine[fine.count - 1]
  let map = coarseCells(fine: fine, coarse: coarse)
  let coarseCount = coarse[1..<(coarse.count - 1)].reduce(1, *)
  let shared = UncheckedShared((x: UnsafePointer(x.storage.pointer), out: out.storage.pointer))
  concurrentlyForEach(piece: fine[0]) { n in
    let (x, out) = shared.value
    for (cell, place) in map.enumerated() {
      let p = x + (n &* map.count &+ cell) &* channels
      let q = out + (n &* coarseCount &+ place) &* channels
      for c in 0..<channels { q[c] += factor * p[c] }
    }
  }
  withExtendedLifetime(x) {}
  return out
}

@_specialize(where S == Float)
@_specialize(where S == Double)
private func repeatedBlocks<S: TensorScalar>(
  _ x: Tensor<S>, fine: [Int], coarse: [Int], factor: S, pool: TensorPool
) -> Tensor<S> {
  let out = Tensor<S>(uninitialized: fine, pool: pool)
  let channels = fine[fine.count - 1]
  let map = coarseCells(fine: fine, coarse: coarse)
  let coarseCount = coarse[1..<(coarse.count - 1)].reduce(1, *)
  let shared = UncheckedShared((x: UnsafePointer(x.storage.pointer), out: out.storage.pointer))
  concurrentlyForEach(piece: fine[0]) { n in
    let (x, out) = shared.value
    for (cell, place) in map.enumerated() {
      let p = x + (n &* coarseCount &+ place) &* channels
      let q = out + (n &* map.count &+ cell) &* channels
      for c in 0..<channels { q[c] = factor * p[c] }
    }
  }
  withExtendedLifetime(x) {}
  return out
}
