import DifferentiableCore

extension Variable {
  /// A row added to every row: `[…, columns]` + `[columns]`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func addingRow(_ row: Variable) -> Variable {
    let columns = row.count
    precondition(shape.last == columns, "a row of \(columns) for rows of \(shape)")
    let out = Tensor<Scalar>(uninitialized: shape, pool: tape.pool)
    broadcastRow(value, row.value, columns: columns, rowsOfEach: count / max(1, columns), out)
    return tape.record(out, of: [self, row]) { seed, gradients in
      gradients.add(seed, to: self)
      gradients.add(sumOfRows(seed, columns: columns, pool: self.tape.pool), to: row)
    }
  }

  /// One row for each entry of the batch added to all its places: `[batch, …, columns]` + `[batch, columns]`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func addingRowOfBatch(_ rows: Variable) -> Variable {
    let (batch, columns) = (shape[0], shape[shape.count - 1])
    precondition(rows.shape == [batch, columns], "rows of shape \(rows.shape) for \(shape)")
    let out = Tensor<Scalar>(uninitialized: shape, pool: tape.pool)
    let places = count / max(1, batch * columns)
    broadcastRow(value, rows.value, columns: columns, rowsOfEach: places, out)
    return tape.record(out, of: [self, rows]) { seed, gradients in
      gradients.add(seed, to: self)
      gradients.add(sumOfPlaces(seed, batch: batch, columns: columns, pool: self.tape.pool), to: rows)
    }
  }

  /// The mean over the places of each entry of the batch: `[batch, …, columns]` to `[batch, columns]`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func meanOfPlaces() -> Variable {
    let (batch, columns) = (shape[0], shape[shape.count - 1])
    let places = count / max(1, batch * columns)
    let factor = 1 / Scalar(places)
    let sum = sumOfPlaces(value, batch: batch, columns: columns, pool: tape.pool)
    let zeros = Tensor<Scalar>(zeros: shape, pool: nil)
    return tape.record(mapped(sum, LaneScale(factor: factor), pool: tape.pool), of: [self]) { seed, gradients in
      let out = Tensor<Scalar>(uninitialized: self.shape, pool: self.tape.pool)
      broadcastRow(
        zeros, mapped(seed, LaneScale(factor: factor), pool: nil), columns: columns, rowsOfEach: places, out)
      gradients.add(out, to: self)
    }
  }
}

/// out = x plus row i of `rows` for each of the `rowsOfEach` rows of group i.
@_specialize(where S == Float)
@_specialize(where S == Double)
func broadcastRow<S: TensorScalar>(
  _ x: Tensor<S>, _ rows: Tensor<S>, columns: Int, rowsOfEach: Int, _ out: Tensor<S>
) {
  let total = columns > 0 ? x.count / columns : 0
  let shared = UncheckedShared(
    (out: out.storage.pointer, x: UnsafePointer(x.storage.pointer), rows: UnsafePointer(rows.storage.pointer)))
  concurrentlyForEach(count: total, block: max(1, 8192 / max(1, columns))) { range in
    let (out, x, rows) = shared.value
    for row in range {
      let (p, q, r) = (x + row * columns, out + row * columns, rows + row / rowsOfEach * columns)
      var c = 0
      while c &+ S.lanes <= columns {
        S.store(S.load(p + c) + S.load(r + c), q + c)
        c &+= S.lanes
      }
      while c < columns {
        q[c] = p[c] + r[c]
        c &+= 1
      }
    }
  }
  withExtendedLifetime((x, rows, out)) {}
}

/// `[batch, …, columns]` summed to `[batch, columns]`.
@_specialize(where S == Float)
@_specialize(where S == Double)
func sumOfPlaces<S: TensorScalar>(_ x: Tensor<S>, batch: Int, columns: Int, pool: TensorPool) -> Tensor<S> {
  let out = Tensor<S>(zeros: [batch, columns], pool: pool)
  let places = x.count / max(1, batch * columns)
  let shared = UncheckedShared((x: UnsafePointer(x.storage.pointer), out: out.storage.pointer))
  concurrentlyForEach(piece: batch) { n in
    let (x, out) = shared.value
    let sum = out + n * columns
    for place in 0..<places {
      let p = x + (n * places + place) * columns
      for c in 0..<columns { sum[c] += p[c] }
    }
  }
  withExtendedLifetime(x) {}
  return out
}
