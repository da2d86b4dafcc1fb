import DifferentiableCore

extension Variable {
  /// The softmax of every row: e^x over the sum of the row's, less the row's largest for safety.
  public func softmax() -> Variable {
    let columns = shape[shape.count - 1]
    let pool = tape.pool
    let out = softmaxOfRows(value, columns: columns, pool: pool)
    return tape.record(out, of: [self]) { seed, gradients in
      gradients.add(softmaxPullback(out, seed, columns: columns, pool: pool), to: self)
    }
  }

  /// Scaled dot-product attention (Vaswani et al. 2017, eq. 1): softmax(q k^T / sqrt(d)) v.
  ///
  /// - Parameters: self holds the queries `[batch, places, d]`; keys `[batch, others, d]`, values `[batch, others, e]`.
  ///   Heads are entries of the batch.
  /// - Returns: `[batch, places, e]`.
  public func attention(keys: Variable, values: Variable) -> Variable {
    let scale = 1 / Scalar(shape[shape.count - 1]).squareRoot()
    return scaled(by: scale).batchedTimes(keys, transposed: true).softmax().batchedTimes(values)
  }
}

@_specialize(where S == Float)
@_specialize(where S == Double)
private func softmaxOfRows<S: TensorScalar>(_ x: Tensor<S>, columns: Int, pool: TensorPool) -> Tensor<S> {
  let out = Tensor<S>(uninitialized: x.shape, pool: pool)
  let shared = UncheckedShared((out: out.storage.pointer, x: UnsafePointer(x.storage.pointer)))
  concurrentlyForEach(count: x.count / max(1, columns), block: max(1, 4096 / max(1, columns))) { range in
    let (out, x) = shared.value
    for row in range {
      let (p, q) = (x + row * columns, out + row * columns)
      var top = p[0]
      for c in 0..<columns { top = max(top, p[c]) }
      // Register by register, and the rest one by one: the next row follows directly.
      var c = 0
      while c &+ S.lanes <= columns {
        S.store(S.exponential(S.load(p + c) - S.Lanes(repeating: top)), q + c)
        c &+= S.lanes
      }
      while c < columns {
        q[c] = S.exponential(S.Lanes(repeating: p[c] - top))[0]
        c &+= 1
      }
      var sum = S.zero
      for c in 0..<columns { sum += q[c] }
      for c in 0..<columns { q[c] /= sum }
    }
  }
  withExtendedLifetime(x) {}
  return out
}

/// y (s - <y, s>), row by row.
@_specialize(where S == Float)
@_specialize(where S == Double)
private func softmaxPullback<S: TensorScalar>(
  _ y: Tensor<S>, _ seed: Tensor<S>, columns: Int, pool: TensorPool
) -> Tensor<S> {
  let out = Tensor<S>(uninitialized: y.shape, pool: pool)
  let shared = UncheckedShared(
    (out: out.storage.pointer, y: UnsafePointer(y.storage.pointer), seed: UnsafePointer(seed.storage.pointer)))
  concurrentlyForEach(count: y.count / max(1, columns), block: max(1, 4096 / max(1, columns))) { range in
    let (out, y, seed) = shared.value
    for row in range {
      let (p, s, q) = (y + row * columns, seed + row * columns, out + row * columns)
      var product = S.zero
      for c in 0..<columns { product += p[c] * s[c] }
      for c in 0..<columns { q[c] = p[c] * (s[c] - product) }
    }
  }
  withExtendedLifetime((y, seed)) {}
  return out
}
