extension UnstructuredMesh {
  /// The mesh with every coordinate multiplied by `factor`: a mesh drawn in millimetres becomes one in metres.
  public func scaled(by factor: Double) throws(MeshError) -> UnstructuredMesh {
    try UnstructuredMesh(
      dimension: dimension, points: points.map { $0 * factor }, blocks: blocks, cellRegions: cellRegions,
      facetRegions: facetRegions, nodeRegions: nodeRegions)
  }
}
