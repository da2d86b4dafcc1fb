import DifferentiableCore

extension Variable {
  /// Some of the rows, in the order of `indices`, each as often as it is named: `[rows, columns]` to `[indices, columns]`.
  public func rows(_ indices: [Int32]) -> Variable {
    let (rows, columns) = (shape[0], count / max(1, shape[0]))
    precondition(indices.allSatisfy { $0 >= 0 && $0 < rows }, "a row beyond the \(rows) there are")
    let pool = tape.pool
    let out = gathered(value, indices, columns: columns, pool: pool)
    return tape.record(out, of: [self]) { seed, gradients in
      gradients.add(summedByTarget(seed, indices, targets: rows, columns: columns, pool: pool), to: self)
    }
  }

  /// Rows added up by the segment that each belongs to: what the nodes of a graph hear from their edges.
  ///
  /// - Parameters:
  ///   - segments: One for each row, in `0..<segmentCount`. Rows are added in order.
  ///   - segmentCount: How many segments there are.
  /// - Returns: `[segmentCount, columns]`; zero for a segment without rows.
  public func segmentSums(_ segments: [Int32], count segmentCount: Int) -> Variable {
    precondition(segments.count == shape[0], "\(segments.count) segments for \(shape[0]) rows")
    precondition(segments.allSatisfy { $0 >= 0 && $0 < segmentCount }, "a segment beyond the \(segmentCount) there are")
    let columns = count / max(1, shape[0])
    let pool = tape.pool
    let out = summedByTarget(value, segments, targets: segmentCount, columns: columns, pool: pool)
    return tape.record(out, of: [self]) { seed, gradients in
      gradients.add(gathered(seed, segments, columns: columns, pool: pool), to: self)
    }
  }
}

@_specialize(where S == Float)
@_specialize(where S == Double)
private func gathered<S: TensorScalar>(
  _ x: Tensor<S>, _ indices: [Int32], columns: Int, pool: TensorPool
) -> Tensor<S> {
  let out = Tensor<S>(uninitialized: [indices.count, columns], pool: pool)
  for (row, index) in indices.enumerated() {
    (out.storage.pointer + row &* columns).update(from: x.storage.pointer + Int(index) &* columns, count: columns)
  }
  return out
}

@_specialize(where S == Float)
@_specialize(where S == Double)
private func summedByTarget<S: TensorScalar>(
  _ x: Tensor<S>, _ targetOf: [Int32], targets: Int, columns: Int, pool: TensorPool
) -> Tensor<S> {
  let out = Tensor<S>(zeros: [targets, columns], pool: pool)
  for (row, target) in targetOf.enumerated() {
    let (p, q) = (x.storage.pointer + row &* columns, out.storage.pointer + Int(target) &* columns)
    for c in 0..<columns { q[c] += p[c] }
  }
  return out
}
