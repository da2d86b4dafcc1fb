import Geometry

/// The grid or mesh of a scene.
public enum SceneDomain: Sendable {
  case grid(StructuredGrid)
  case mesh(UnstructuredMesh)

  public var domain: any Domain {
    switch self {
    case .grid(let grid): grid
    case .mesh(let mesh): mesh
    }
  }
}
