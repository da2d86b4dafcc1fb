import Geometry

/// Makes a mesh of the contents of a file: numbers nodes and cells anew and turns physical groups into regions.
struct GmshMeshBuilder {
  private let contents: GmshSections
  private let dimension: Int

  init(_ contents: GmshSections) throws(MeshError) {
    self.contents = contents
    dimension = contents.elements.filter { !$0.tags.isEmpty }.reduce(0) { max($0, $1.type.dimension) }
    guard dimension >= 2 else {
      throw MeshError("the mesh has no triangles, quadrilaterals, tetrahedra or hexahedra", line: contents.lastLine)
    }
  }

  func mesh() throws(MeshError) -> UnstructuredMesh {
    let indices = try nodeIndices()
    var blocks: [(shape: CellShape, nodes: [Int32])] = []
    var cellTags: [[Int]] = []
    var cellLines: [[Int32]] = []
    var regions: [(name: String, block: Int, cells: Range<Int>)] = []
    var facetRegions: [String: [[Int]]] = [:]
    var nodeRegions: [String: [Int]] = [:]
    for group in contents.elements where !group.tags.isEmpty {
      let nodes = try self.nodes(of: group, indices)
      let names = group.physicalTags.map { name(of: $0, dimension: group.type.dimension) }
      guard case .shape(let shape) = group.type, shape.dimension == dimension else {
        let n = group.type.nodeCount
        for name in names {
          if group.type.dimension == dimension - 1 {
            facetRegions[name, default: []] += stride(from: 0, to: nodes.count, by: n).map { first in
              (first..<first + n).map { Int(nodes[$0]) }
            }
          } else {
            nodeRegions[name, default: []] += nodes.map(Int.init)
          }
        }
        continue
      }
      let block: Int
      if let known = blocks.firstIndex(where: { $0.shape == shape }) {
        block = known
      } else {
        block = blocks.count
        blocks.append((shape, []))
        cellTags.append([])
        cellLines.append([])
      }
      let first = cellTags[block].count
      blocks[block].nodes += nodes
      cellTags[block] += group.tags
      cellLines[block] += group.lines
      for name in names { regions.append((name, block, first..<cellTags[block].count)) }
    }
    var offsets = [0]
    for tags in cellTags { offsets.append(offsets[offsets.count - 1] + tags.count) }
    var cellRegions: [String: [Int]] = [:]
    for region in regions { cellRegions[region.name, default: []] += region.cells.map { $0 + offsets[region.block] } }
    do throws(MeshError) {
      return try UnstructuredMesh(
        dimension: dimension, points: try points(), blocks: blocks.map { .init($0.shape, nodes: $0.nodes) },
        cellRegions: cellRegions, facetRegions: facetRegions, nodeRegions: nodeRegions)
    } catch {
      throw placed(error, cellTags.flatMap { $0 }, cellLines.flatMap { $0 })
    }
  }

  /// The error with the numbers and lines of the file.
  private func placed(_ error: MeshError, _ cellTags: [Int], _ cellLines: [Int32]) -> MeshError {
    var placed = error
    if let cell = error.cell {
      placed.cell = cellTags[cell]
      placed.line = Int(cellLines[cell])
    } else if let node = error.node {
      placed.node = contents.nodeTags[node]
      placed.line = Int(contents.nodeLines[node])
    } else if placed.line == nil {
      placed.line = contents.lastLine
    }
    return placed
  }

  private func name(of tag: Int, dimension: Int) -> String {
    contents.names[.init(dimension: dimension, tag: tag)] ?? ["point", "curve", "surface", "volume"][dimension]
      + "-\(tag)"
  }

  /// Index of each node by its number in the file.
  private func nodeIndices() throws(MeshError) -> [Int: Int32] {
    guard contents.nodeTags.count < Int(Int32.max) else {
      throw MeshError("the mesh has too many nodes", line: contents.lastLine)
    }
    var indices: [Int: Int32] = [:]
    indices.reserveCapacity(contents.nodeTags.count)
    for (index, tag) in contents.nodeTags.enumerated() {
      if indices.updateValue(Int32(index), forKey: tag) != nil {
        throw MeshError("a second node has this number", line: Int(contents.nodeLines[index]), node: tag)
      }
    }
    return indices
  }

  private func nodes(of group: GmshSections.Elements, _ indices: [Int: Int32]) throws(MeshError) -> [Int32] {
    var nodes: [Int32] = []
    nodes.reserveCapacity(group.nodes.count)
    for (place, tag) in group.nodes.enumerated() {
      guard let index = indices[tag] else {
        let element = place / group.type.nodeCount
        throw MeshError(
          "it names node \(tag), which does not exist", line: Int(group.lines[element]), cell: group.tags[element])
      }
      nodes.append(index)
    }
    return nodes
  }

  private func points() throws(MeshError) -> [Double] {
    let xyz = contents.coordinates
    if dimension == 3 { return xyz }
    let extent = xyz.reduce(0) { max($0, abs($1)) }
    var points: [Double] = []
    points.reserveCapacity(contents.nodeTags.count * 2)
    for index in contents.nodeTags.indices {
      guard abs(xyz[3 * index + 2]) <= 1e-9 * extent else {
        throw MeshError(
          "z is \(xyz[3 * index + 2]): a mesh without volume cells must lie in the plane z = 0", node: index)
      }
      points.append(xyz[3 * index])
      points.append(xyz[3 * index + 1])
    }
    return points
  }
}
