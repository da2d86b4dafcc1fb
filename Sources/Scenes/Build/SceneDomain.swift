import FiniteElements

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

  /// The load per volume of the solid on cells, proportional to their source coefficients.
  func bodyLoad(perVolume: [Double], thickness: Double) -> BodyLoad {
    switch self {
    case .grid(let grid): BodyLoad(grid, perVolume: perVolume, thickness: thickness)
    case .mesh(let mesh): BodyLoad(mesh, perVolume: perVolume, thickness: thickness)
    }
  }
}
