/// A transform that acts on each entry alone. Conforming types write the function and its slope.
public protocol PointwiseTransform: Transform {
  func value(at x: Double) -> Double
  /// The derivative of `value`.
  func slope(at x: Double) -> Double
}

extension PointwiseTransform {
  public func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector {
    let count = x.count
    return DenseVector(count: count) { image in
      x.withUnsafeBufferPointer { x in
        let shared = UncheckedShared((x: x, image: image))
        concurrentlyForEach(count: count) { range in
          let x = shared.value.x.baseAddress!
          let image = shared.value.image.baseAddress!
          for i in range { image[i] = value(at: x[i]) }
        }
      }
    }
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    precondition(seed.count == x.count, "a seed of \(seed.count) entries met \(x.count)")
    let count = x.count
    return DenseVector(count: count) { gradient in
      x.withUnsafeBufferPointer { x in
        seed.withUnsafeBufferPointer { seed in
          let shared = UncheckedShared((x: x, seed: seed, gradient: gradient))
          concurrentlyForEach(count: count) { range in
            let x = shared.value.x.baseAddress!
            let seed = shared.value.seed.baseAddress!
            let gradient = shared.value.gradient.baseAddress!
            for i in range { gradient[i] = seed[i] * slope(at: x[i]) }
          }
        }
      }
    }
  }
}
