import DifferentiableCore

extension Variable {
  /// The rows of self times a matrix: `[…, depth]` by `[depth, columns]` to `[…, columns]`.
  ///
  /// - Parameters:
  ///   - matrix: `[depth, columns]`.
  ///   - bias: `[columns]`, added to every row.
  public func times(_ matrix: Variable, bias: Variable? = nil) -> Variable {
    precondition(
      matrix.shape.count == 2 && shape.last == matrix.shape[0], "a matrix of shape \(matrix.shape) for rows of \(shape)"
    )
    let (depth, columns) = (matrix.shape[0], matrix.shape[1])
    let rows = shape.dropLast().reduce(1, *)
    let pool = tape.pool
    let out = Tensor<Scalar>(uninitialized: shape.dropLast() + [columns], pool: pool)
    multiply(
      Strided(value.storage.pointer, columns: depth), Strided(matrix.value.storage.pointer, columns: columns),
      into: out.storage.pointer, rows: rows, depth: depth, columns: columns,
      bias: bias.map { UnsafePointer($0.value.storage.pointer) }, pool: pool)
    return tape.record(out, of: [self, matrix] + (bias.map { [$0] } ?? [])) { seed, gradients in
      if gradients.wants(matrix) {
        let gradient = Tensor<Scalar>(uninitialized: matrix.shape, pool: pool)
        multiply(
          Strided(self.value.storage.pointer, columns: depth).transposed,
          Strided(seed.storage.pointer, columns: columns), into: gradient.storage.pointer, rows: depth, depth: rows,
          columns: columns, pool: pool)
        gradients.add(gradient, to: matrix)
      }
      if let bias { gradients.add(sumOfRows(seed, columns: columns, pool: pool), to: bias) }
      if gradients.wants(self) {
        let gradient = Tensor<Scalar>(uninitialized: self.shape, pool: pool)
        multiply(
          Strided(seed.storage.pointer, columns: columns),
          Strided(matrix.value.storage.pointer, columns: columns).transposed, into: gradient.storage.pointer,
          rows: rows, depth: columns, columns: depth, pool: pool)
        gradients.add(gradient, to: self)
      }
    }
  }

  /// One product for each entry of the batch: `[batch, rows, depth]` by `[batch, depth, columns]`.
  ///
  /// - Parameters:
  ///   - other: `[batch, depth, columns]`.
  ///   - transposed: `other` is `[batch, columns, depth]`, as keys are to queries.
  public func batchedTimes(_ other: Variable, transposed: Bool = false) -> Variable {
    let s = (shape, other.shape)
    precondition(
      s.0.count == 3 && s.1.count == 3 && s.0[0] == s.1[0] && s.0[2] == s.1[transposed ? 2 : 1],
      "batched matrices of shapes \(s.0) and \(s.1)")
    let (batch, rows, depth, columns) = (s.0[0], s.0[1], s.0[2], s.1[transposed ? 1 : 2])
    let pool = tape.pool
    let out = Tensor<Scalar>(uninitialized: [batch, rows, columns], pool: pool)
    let a = BatchOfMatrices(value, batch)
    let b = BatchOfMatrices(other.value, batch)
    func right(_ n: Int) -> Strided<Scalar> { transposed ? b[n].transposed : b[n] }
    for n in 0..<batch {
      multiply(
        a[n], right(n), into: out.storage.pointer + n * rows * columns, rows: rows, depth: depth, columns: columns,
        pool: pool)
    }
    return tape.record(out, of: [self, other]) { seed, gradients in
      let s = BatchOfMatrices(seed, batch)
      if gradients.wants(self) {
        let gradient = Tensor<Scalar>(uninitialized: self.shape, pool: pool)
        for n in 0..<batch {
          let b = BatchOfMatrices(other.value, batch)[n]
          multiply(
            s[n], transposed ? b : b.transposed, into: gradient.storage.pointer + n * rows * depth, rows: rows,
            depth: columns, columns: depth, pool: pool)
        }
        gradients.add(gradient, to: self)
      }
      if gradients.wants(other) {
        let gradient = Tensor<Scalar>(uninitialized: other.shape, pool: pool)
        for n in 0..<batch {
          let a = BatchOfMatrices(self.value, batch)[n]
          // b^T needs s^T a, b needs a^T s.
          multiply(
            transposed ? s[n].transposed : a.transposed, transposed ? a : s[n],
            into: gradient.storage.pointer + n * depth * columns, rows: transposed ? columns : depth, depth: rows,
            columns: transposed ? depth : columns, pool: pool)
        }
        gradients.add(gradient, to: other)
      }
    }
  }
}

/// The matrices of a tensor `[batch, rows, columns]`.
private struct BatchOfMatrices<S: TensorScalar> {
  let pointer: UnsafePointer<S>
  let (size, columns): (Int, Int)

  init(_ tensor: Tensor<S>, _ batch: Int) {
    pointer = UnsafePointer(tensor.storage.pointer)
    size = tensor.count / max(1, batch)
    columns = tensor.shape[2]
  }

  subscript(n: Int) -> Strided<S> { Strided(pointer + n * size, columns: columns) }
}
