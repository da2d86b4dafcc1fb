extension Variable {
  /// The same entries under another shape.
  public func reshaped(to shape: [Int]) -> Variable {
    tape.record(value.reshaped(to: shape), of: [self]) { seed, gradients in gradients.add(seed, to: self) }
  }

  /// The columns of several side by side: `[…, a]`, `[…, b]` to `[…, a + b]`.
  public static func joined(_ parts: [Variable]) -> Variable {
    precondition(!parts.isEmpty, "nothing to join")
    let tape = parts[0].tape
    let leading = Array(parts[0].shape.dropLast())
    precondition(parts.allSatisfy { $0.shape.dropLast() == leading[...] }, "parts of different shapes")
    let widths = parts.map { $0.shape[$0.shape.count - 1] }
    let (rows, total) = (leading.reduce(1, *), widths.reduce(0, +))
    let out = Tensor<Scalar>(uninitialized: leading + [total], pool: tape.pool)
    var start = 0
    for (part, width) in zip(parts, widths) {
      copyColumns(
        from: part.value, width, at: 0, to: out.storage.pointer, total, at: start, rows: rows, columns: width)
      start += width
    }
    return tape.record(out, of: parts) { seed, gradients in
      var start = 0
      for (part, width) in zip(parts, widths) {
        if gradients.wants(part) {
          let piece = Tensor<Scalar>(uninitialized: part.shape, pool: tape.pool)
          copyColumns(
            from: seed, total, at: start, to: piece.storage.pointer, width, at: 0, rows: rows, columns: width)
          gradients.add(piece, to: part)
        }
        start += width
      }
    }
  }

  /// Some of the columns.
  public func columns(_ range: Range<Int>) -> Variable {
    let total = shape[shape.count - 1]
    precondition(range.lowerBound >= 0 && range.upperBound <= total, "columns \(range) of \(total)")
    let rows = count / max(1, total)
    let out = Tensor<Scalar>(uninitialized: shape.dropLast() + [range.count], pool: tape.pool)
    copyColumns(
      from: value, total, at: range.lowerBound, to: out.storage.pointer, range.count, at: 0, rows: rows,
      columns: range.count)
    return tape.record(out, of: [self]) { seed, gradients in
      let spread = Tensor<Scalar>(zeros: self.shape, pool: self.tape.pool)
      copyColumns(
        from: seed, range.count, at: 0, to: spread.storage.pointer, total, at: range.lowerBound, rows: rows,
        columns: range.count)
      gradients.add(spread, to: self)
    }
  }

  /// The axes in another order: axis i of the result is axis `order[i]` of self.
  public func permuted(_ order: [Int]) -> Variable {
    precondition(order.sorted() == Array(0..<shape.count), "\(order) is no order of \(shape.count) axes")
    var inverse = order
    for (i, axis) in order.enumerated() { inverse[axis] = i }
    return tape.record(permutedEntries(value, order, pool: tape.pool), of: [self]) { [inverse] seed, gradients in
      gradients.add(permutedEntries(seed, inverse, pool: self.tape.pool), to: self)
    }
  }
}

@_specialize(where S == Float)
@_specialize(where S == Double)
private func copyColumns<S: TensorScalar>(
  from source: Tensor<S>, _ sourceWidth: Int, at sourceStart: Int, to target: UnsafeMutablePointer<S>,
  _ targetWidth: Int, at targetStart: Int, rows: Int, columns: Int
) {
  let p = UnsafePointer(source.storage.pointer)
  for row in 0..<rows {
    let to: Int = row &* targetWidth &+ targetStart
    let from: Int = row &* sourceWidth &+ sourceStart
    (target + to).update(from: p + from, count: columns)
  }
  withExtendedLifetime(source) {}
}

@_specialize(where S == Float)
@_specialize(where S == Double)
private func permutedEntries<S: TensorScalar>(_ x: Tensor<S>, _ order: [Int], pool: TensorPool) -> Tensor<S> {
  let rank = order.count
  var strides = [Int](repeating: 1, count: rank)
  for axis in (0..<max(0, rank - 1)).reversed() { strides[axis] = strides[axis + 1] * x.shape[axis + 1] }
  let shape = order.map { x.shape[$0] }
  let steps = order.map { strides[$0] }
  let out = Tensor<S>(uninitialized: shape, pool: pool)
  var index = [Int](repeating: 0, count: rank)
  var source = 0
  for i in 0..<x.count {
    out.storage.pointer[i] = x.storage.pointer[source]
    var axis = rank - 1
    while axis >= 0 {
      index[axis] += 1
      source += steps[axis]
      if index[axis] < shape[axis] { break }
      source -= steps[axis] * shape[axis]
      index[axis] = 0
      axis -= 1
    }
  }
  return out
}
