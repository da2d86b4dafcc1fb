/// Checks by a few random vectors that a preconditioner is symmetric and positive, as conjugate gradients need.
///
/// It cannot prove either, but a map that is neither is found out at the cost of a few applications.
public enum PreconditionerProbe {
  /// The share of |x·My| + |y·Mx| by which the two may differ; single precision inside a preconditioner stays below.
  private static let asymmetry = 1e-3

  /// What is wrong, in words; nil where nothing was found.
  /// - Parameters:
  ///   - preconditioner: asked by way of its applications alone.
  ///   - dimension: unknowns.
  ///   - seed: of the random vectors.
  public static func fault(of preconditioner: some Preconditioner, dimension: Int, seed: UInt64 = 1) -> String? {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<2 {
      let x = generator.vector(count: dimension), y = generator.vector(count: dimension)
      let mx = apply(preconditioner, x), my = apply(preconditioner, y)
      guard mx.isFinite, my.isFinite else { return "it gives numbers that are not finite" }
      for (vector, image) in [(x, mx), (y, my)] {
        let form = vector.dot(image)
        guard form > 0 else { return "it is not positive: x·Mx is \(form) for a random x" }
      }
      let left = x.dot(my), right = y.dot(mx)
      // Random vectors are nearly orthogonal in M: the difference is weighed by the forms, not by their small product.
      let size = (x.dot(mx) * y.dot(my)).squareRoot()
      guard abs(left - right) <= asymmetry * size else {
        return "it is not symmetric: x·My and y·Mx differ by \(abs(left - right) / size) of their size"
      }
    }
    return nil
  }

  private static func apply(_ preconditioner: some Preconditioner, _ x: DenseVector) -> DenseVector {
    DenseVector(count: x.count) { z in
      x.withUnsafeBufferPointer { preconditioner.apply($0.baseAddress!, into: z.baseAddress!) }
    }
  }
}
