extension Domain {
  /// The nodes of a cell in VTK's order: around the face, and for hexahedra the bottom face before the top face.
  ///
  /// Unstructured meshes already number their cells so; a structured grid has lexicographic corners.
  public func nodesAroundCell(_ cell: Int) -> [Int] {
    let nodes = nodes(ofCell: cell)
    guard self is StructuredGrid else { return nodes }
    return (dimension == 2 ? [0, 1, 3, 2] : [0, 1, 3, 2, 4, 5, 7, 6]).map { nodes[$0] }
  }
}
