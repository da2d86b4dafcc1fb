import Geometry

/// The elements of Gmsh that are read: points and the linear ones.
enum GmshElementType: Equatable {
  case point
  case shape(CellShape)

  /// The element of a number of Gmsh's table, or why it is not read.
  init(number: Int, _ tokens: GmshTokens, cell: Int? = nil) throws(MeshError) {
    switch number {
    case 1: self = .shape(.line2)
    case 2: self = .shape(.tri3)
    case 3: self = .shape(.quad4)
    case 4: self = .shape(.tet4)
    case 5: self = .shape(.hex8)
    case 15: self = .point
    case 6, 7:
      let name = number == 6 ? "prism" : "pyramid"
      throw tokens.error("\(name) elements are not read; mesh with tetrahedra or hexahedra only", cell: cell)
    case 8...14, 16...31, 36...140:
      throw tokens.error(
        "element type \(number) is of higher order; save the mesh with linear elements (Mesh.ElementOrder = 1)",
        cell: cell)
    default: throw tokens.error("element type \(number) is unknown", cell: cell)
    }
  }

  var dimension: Int {
    switch self {
    case .point: 0
    case .shape(let shape): shape.dimension
    }
  }

  var nodeCount: Int {
    switch self {
    case .point: 1
    case .shape(let shape): shape.nodeCount
    }
  }

  var name: String {
    switch self {
    case .point: "point"
    case .shape(let shape): shape.rawValue
    }
  }
}
