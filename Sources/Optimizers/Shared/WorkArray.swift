/// Scratch entries that parallel loops write, each piece its own range. Not part of any state.
final class WorkArray: @unchecked Sendable {
  let count: Int
  let base: UnsafeMutablePointer<Double>

  init(_ count: Int) {
    self.count = count
    base = .allocate(capacity: max(1, count))
    base.initialize(repeating: 0, count: max(1, count))
  }

  deinit { base.deallocate() }

  var vector: DenseVector {
    DenseVector(count: count) { $0.baseAddress?.initialize(from: base, count: count) }
  }
}

/// A pointer to the entries of a vector that parallel loops read.
struct ReadPointer: @unchecked Sendable {
  let base: UnsafePointer<Double>
}

/// Runs `body` with pointers to the entries of each vector. None may be empty.
func withReadPointers<Result, Failure: Error>(
  _ vectors: [DenseVector], _ body: ([ReadPointer]) throws(Failure) -> Result
) throws(Failure) -> Result {
  func descend(_ rest: ArraySlice<DenseVector>, _ found: [ReadPointer]) throws(Failure) -> Result {
    guard let first = rest.first else { return try body(found) }
    return try first.withUnsafeBufferPointer { (buffer) throws(Failure) in
      try descend(rest.dropFirst(), found + [ReadPointer(base: buffer.baseAddress!)])
    }
  }
  return try descend(vectors[...], [])
}
