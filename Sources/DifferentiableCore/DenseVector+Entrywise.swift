extension DenseVector {
  /// Multiplies each entry by the other's, in place.
  public mutating func multiplyEntrywise(by other: DenseVector) {
    precondition(count == other.count, "vectors of \(count) and \(other.count) entries cannot be multiplied")
    let n = count
    withUnsafeMutableBufferPointer { y in
      other.withUnsafeBufferPointer { x in
        guard let y = y.baseAddress, let x = x.baseAddress else { return }
        let shared = UncheckedShared((x: x, y: y))
        concurrentlyForEach(count: n) { range in
          let (x, y) = shared.value
          for i in range { y[i] *= x[i] }
        }
      }
    }
  }

  /// The vector with each entry multiplied by the other's.
  public func multipliedEntrywise(by other: DenseVector) -> DenseVector {
    var result = self
    result.multiplyEntrywise(by: other)
    return result
  }
}
