/// Holds some cells of a density field at solid (1) or void (0), whatever the design says; they receive no gradient.
public struct PassiveRegions: Transform {
  /// Cells held at one. A cell that is also in `void` is solid.
  public let solid: [Int]
  /// Cells held at zero.
  public let void: [Int]

  public init(solid: [Int] = [], void: [Int] = []) {
    self.solid = solid
    self.void = void
  }

  public func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector {
    var image = x
    image.withUnsafeMutableBufferPointer { image in
      for cell in void { image[cell] = 0 }
      for cell in solid { image[cell] = 1 }
    }
    return image
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    var gradient = seed
    gradient.withUnsafeMutableBufferPointer { gradient in
      for cell in void { gradient[cell] = 0 }
      for cell in solid { gradient[cell] = 0 }
    }
    return gradient
  }
}
