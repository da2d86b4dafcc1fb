import DifferentiableCore

// Complex numbers are the last axis, of two: the real part and the imaginary part. A seed s of a complex result is the
// pair of derivatives with respect to its parts, so that the pullback of a product with b is s times the conjugate of b.

extension Variable {
  /// The product entry by entry of complex tensors `[…, 2]`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func complexTimes(_ other: Variable) -> Variable {
    precondition(shape == other.shape && shape.last == 2, "complex tensors of shapes \(shape) and \(other.shape)")
    let pool = tape.pool
    return tape.record(complexProduct(value, other.value, conjugates: false, pool: pool), of: [self, other]) {
      seed, gradients in
      gradients.add(complexProduct(seed, other.value, conjugates: true, pool: pool), to: self)
      gradients.add(complexProduct(seed, self.value, conjugates: true, pool: pool), to: other)
    }
  }

  /// One complex product of matrices for each entry of the batch: `[batch, rows, depth, 2]` by
  /// `[batch, depth, columns, 2]`.
  ///
  /// - Returns: `[batch, rows, columns, 2]`.
  public func complexBatchedTimes(_ other: Variable) -> Variable {
    let (a, b) = (shape, other.shape)
    precondition(
      a.count == 4 && b.count == 4 && a[0] == b[0] && a[2] == b[1] && a[3] == 2 && b[3] == 2,
      "complex matrices of shapes \(a) and \(b)")
    // A row of complex numbers times [[re, im], [-im, re]] is the complex product.
    return reshaped(to: [a[0], a[1], 2 * a[2]]).batchedTimes(other.realMatrices())
      .reshaped(to: [a[0], a[1], b[2], 2])
  }

  /// Complex matrices `[batch, depth, columns, 2]` as real ones `[batch, 2 depth, 2 columns]`, by which a row of complex
  /// numbers is multiplied.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  private func realMatrices() -> Variable {
    let (batch, depth, columns) = (shape[0], shape[1], shape[2])
    let pool = tape.pool
    let out = Tensor<Scalar>(uninitialized: [batch, 2 * depth, 2 * columns], pool: pool)
    for row in 0..<(batch * depth) {
      let p = value.storage.pointer + row * 2 * columns
      let (q, r) = (out.storage.pointer + row * 4 * columns, out.storage.pointer + row * 4 * columns + 2 * columns)
      for c in 0..<columns {
        let (re, im) = (p[2 &* c], p[2 &* c &+ 1])
        q[2 &* c] = re
        q[2 &* c &+ 1] = im
        r[2 &* c] = -im
        r[2 &* c &+ 1] = re
      }
    }
    return tape.record(out, of: [self]) { seed, gradients in
      let gradient = Tensor<Scalar>(uninitialized: self.shape, pool: pool)
      for row in 0..<(batch * depth) {
        let p = gradient.storage.pointer + row * 2 * columns
        let q = seed.storage.pointer + row * 4 * columns
        let r = q + 2 * columns
        for c in 0..<columns {
          p[2 &* c] = q[2 &* c] + r[2 &* c &+ 1]
          p[2 &* c &+ 1] = q[2 &* c &+ 1] - r[2 &* c]
        }
      }
      gradients.add(gradient, to: self)
    }
  }
}

/// a b, or a times the conjugate of b.
@_specialize(where S == Float)
@_specialize(where S == Double)
private func complexProduct<S: TensorScalar>(
  _ a: Tensor<S>, _ b: Tensor<S>, conjugates: Bool, pool: TensorPool
) -> Tensor<S> {
  let out = Tensor<S>(uninitialized: a.shape, pool: pool)
  let sign: S = conjugates ? -1 : 1
  let shared = UncheckedShared(
    (out: out.storage.pointer, a: UnsafePointer(a.storage.pointer), b: UnsafePointer(b.storage.pointer)))
  concurrentlyForEach(count: a.count / 2, block: 4096) { range in
    let (out, a, b) = shared.value
    for i in range {
      let (x, y, u, v) = (a[2 &* i], a[2 &* i &+ 1], b[2 &* i], sign * b[2 &* i &+ 1])
      out[2 &* i] = x * u - y * v
      out[2 &* i &+ 1] = x * v + y * u
    }
  }
  withExtendedLifetime((a, b)) {}
  return out
}
