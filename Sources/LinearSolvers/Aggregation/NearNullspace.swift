/// Vectors that an operator nearly sends to zero: the constant for diffusion, the rigid motions for elasticity.
///
/// A coarse space must represent them well, because smoothing does not see them. They are given without regard to
/// constraints; a preconditioner leaves constrained unknowns out.
public struct NearNullspace: Sendable {
  /// Unknowns of a node.
  public let blockSize: Int
  /// Linearly independent, each with one entry per unknown.
  public let vectors: [DenseVector]

  public init(blockSize: Int, vectors: [DenseVector]) {
    precondition(blockSize > 0 && !vectors.isEmpty, "a near nullspace has at least one vector")
    precondition(
      vectors.allSatisfy { $0.count == vectors[0].count }, "the vectors of a near nullspace are of one length")
    self.blockSize = blockSize
    self.vectors = vectors
  }

  /// The translations: one vector a component, constant over the nodes. All that diffusion has.
  public static func translations(unknownCount: Int, blockSize: Int = 1) -> NearNullspace {
    NearNullspace(
      blockSize: blockSize,
      vectors: (0..<blockSize).map { component in
        DenseVector((0..<unknownCount).map { $0 % blockSize == component ? 1 : 0 })
      })
  }
}
