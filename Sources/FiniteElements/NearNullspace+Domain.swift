extension NearNullspace {
  /// Of the stiffness of a body: the rigid motions where a node has as many unknowns as space has axes, the constant of
  /// each component otherwise.
  public init(of domain: any Domain, componentsPerNode: Int) {
    if componentsPerNode == domain.dimension {
      self.init(blockSize: componentsPerNode, vectors: RigidMotions.vectors(of: domain))
    } else {
      self = .translations(unknownCount: domain.nodeCount * componentsPerNode, blockSize: componentsPerNode)
    }
  }
}
