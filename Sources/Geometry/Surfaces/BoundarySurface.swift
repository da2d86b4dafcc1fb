/// The faces between kept cells and everything else, for a mesh or grid in 3D.
public enum BoundarySurface {
  /// A closed surface, triangles outward; `nodeOfVertex` tells where a node's values belong. Empty where nothing is kept.
  ///
  /// Where two kept parts touch along an edge only, four faces would share it. The edge then gets a middle vertex for
  /// each part, so that every edge of the result has two triangles. Such a vertex is attributed to a node of its edge.
  public static func extract(from domain: some Domain, keeping kept: (Int) -> Bool) -> (
    surface: TriangleSurface, nodeOfVertex: [Int]
  ) {
    precondition(domain.dimension == 3, "a boundary surface is taken from a 3D domain")
    var faces = FaceTable(domain: domain)
    for cell in 0..<domain.cellCount where kept(cell) { faces.add(cell) }
    var polygons = faces.exposed
    var vertices: [SIMD3<Double>] = [], nodeOfVertex: [Int] = [], vertexOfNode: [Int: Int] = [:]
    func vertex(_ node: Int) -> Int {
      if let known = vertexOfNode[node] { return known }
      let point = domain.point(ofNode: node)
      vertices.append(SIMD3(point[0], point[1], point[2]))
      nodeOfVertex.append(node)
      vertexOfNode[node] = vertices.count - 1
      return vertices.count - 1
    }
    for p in polygons.indices { polygons[p].corners = polygons[p].corners.map(vertex) }
    for (edge, parts) in faces.crowdedEdges(polygons, nodeOfVertex: nodeOfVertex) {
      for part in parts {
        vertices.append((vertices[edge.0] + vertices[edge.1]) / 2)
        nodeOfVertex.append(nodeOfVertex[edge.0])
        for p in part { polygons[p].insert(vertices.count - 1, between: edge.0, and: edge.1) }
      }
    }
    var surface = TriangleSurface(vertices: vertices)
    for polygon in polygons {
      let c = polygon.corners.map(Int32.init)
      if !polygon.isSplit {
        for i in 1..<c.count - 1 { surface.triangles.append(SIMD3(c[0], c[i], c[i + 1])) }
      } else {
        // Straight angles at the middle vertices: a fan from a corner would bring the undivided edge back.
        let sum = polygon.corners.reduce(SIMD3<Double>.zero) { $0 + vertices[$1] }
        surface.vertices.append(sum / Double(c.count))
        nodeOfVertex.append(nodeOfVertex[polygon.corners[0]])
        let centre = Int32(surface.vertices.count - 1)
        vertices = surface.vertices
        for i in c.indices { surface.triangles.append(SIMD3(c[i], c[(i + 1) % c.count], centre)) }
      }
    }
    return (surface, nodeOfVertex)
  }
}

/// Corners in order, counter-clockwise seen from outside the cell that the face belongs to.
private struct Polygon {
  var corners: [Int]
  let cell: Int
  /// Has middle vertices on its edges.
  private(set) var isSplit = false

  init(_ corners: [Int], of cell: Int) {
    self.corners = corners
    self.cell = cell
  }

  mutating func insert(_ vertex: Int, between a: Int, and b: Int) {
    for i in corners.indices {
      let pair = (corners[i], corners[(i + 1) % corners.count])
      if pair == (a, b) || pair == (b, a) {
        corners.insert(vertex, at: i + 1)
        isSplit = true
        return
      }
    }
  }
}

/// Faces of kept cells by their nodes; a face met twice lies inside.
private struct FaceTable<D: Domain> {
  private struct Key: Hashable { let nodes: [Int] }

  /// Outward faces of a tetrahedron and of a hexahedron in VTK's node order.
  private static var tetrahedron: [[Int]] { [[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]] }
  private static var hexahedron: [[Int]] {
    [[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
  }

  let domain: D
  private var cells: [Key: [Int]] = [:]
  private var order: [(Key, Polygon)] = []

  init(domain: D) { self.domain = domain }

  mutating func add(_ cell: Int) {
    let nodes = domain.nodesAroundCell(cell)
    for face in nodes.count == 4 ? Self.tetrahedron : Self.hexahedron {
      let corners = face.map { nodes[$0] }
      let key = Key(nodes: corners.sorted())
      if cells[key, default: []].isEmpty { order.append((key, Polygon(corners, of: cell))) }
      cells[key, default: []].append(cell)
    }
  }

  /// Faces met once, in the order of their cells.
  var exposed: [Polygon] { order.filter { cells[$0.0]?.count == 1 }.map(\.1) }

  /// Edges with more than two exposed faces, each with its faces grouped by the part of the body that they enclose.
  func crowdedEdges(_ polygons: [Polygon], nodeOfVertex: [Int]) -> [(edge: (Int, Int), parts: [[Int]])] {
    var facesOfEdge: [UndirectedEdge: [Int]] = [:]
    for (p, polygon) in polygons.enumerated() {
      for i in polygon.corners.indices {
        let a = polygon.corners[i], b = polygon.corners[(i + 1) % polygon.corners.count]
        facesOfEdge[UndirectedEdge(a, b), default: []].append(p)
      }
    }
    let crowded = facesOfEdge.filter { $0.value.count > 2 }.sorted { ($0.key.a, $0.key.b) < ($1.key.a, $1.key.b) }
    if crowded.isEmpty { return [] }
    // Kept cells at each crowded edge that share a face with the edge in it belong to one part.
    return crowded.map { edge, faces in
      let nodes = (nodeOfVertex[edge.a], nodeOfVertex[edge.b])
      var parts: [[Int]] = []
      var left = Set(faces)
      for face in faces where left.contains(face) {
        left.remove(face)
        var part = [face]
        var reached: Set<Int> = [polygons[face].cell], frontier = [polygons[face].cell]
        while let cell = frontier.popLast() {
          for other in neighbours(of: cell, around: nodes) where !reached.contains(other) {
            reached.insert(other)
            frontier.append(other)
          }
        }
        for other in faces where left.contains(other) && reached.contains(polygons[other].cell) {
          left.remove(other)
          part.append(other)
        }
        parts.append(part)
      }
      return ((edge.a, edge.b), parts)
    }
  }

  private func neighbours(of cell: Int, around edge: (Int, Int)) -> [Int] {
    let nodes = domain.nodesAroundCell(cell)
    var result: [Int] = []
    for face in nodes.count == 4 ? Self.tetrahedron : Self.hexahedron {
      let corners = face.map { nodes[$0] }
      guard corners.contains(edge.0), corners.contains(edge.1) else { continue }
      result += (cells[Key(nodes: corners.sorted())] ?? []).filter { $0 != cell }
    }
    return result
  }
}
