/// Shortens a gradient to a norm where it is longer (Pascanu et al. 2013, algorithm 1).
public enum GradientClipping {
  /// - Returns: The norm before.
  @discardableResult
  public static func clip(_ gradient: inout Tensor<Float>, toNorm largest: Double) -> Double {
    let size = norm(of: gradient)
    guard size > largest, size.isFinite else { return size }
    let factor = Float(largest / size)
    gradient.withUnsafeMutableBufferPointer { g in
      for i in g.indices { g[i] *= factor }
    }
    return size
  }
}
