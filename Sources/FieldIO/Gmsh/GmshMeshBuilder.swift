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
    var regions: [(name: String, block: Int, cells: [Int])] = []
    var known = KnownCells()
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
      var members: [Int] = []
      members.reserveCapacity(group.tags.count)
      for (element, tag) in group.tags.enumerated() {
        let own = nodes[element * shape.nodeCount..<(element + 1) * shape.nodeCount]
        let next = cellTags[block].count
        // Version 2.2 writes a cell of several groups once for each of them.
        let cell = known.place(of: own, in: blocks[block].nodes, otherwise: next)
        if cell == next {
          blocks[block].nodes += own
          cellTags[block].append(tag)
          cellLines[block].append(group.lines[element])
        } else if !contents.repeatsCells {
          throw MeshError(
            "it has the same nodes as cell \(cellTags[block][cell])", line: Int(group.lines[element]), cell: tag)
        }
        members.append(cell)
      }
      for name in names { regions.append((name, block, members)) }
    }
    var offsets = [0]
    for tags in cellTags { offsets.append(offsets[offsets.count - 1] + tags.count) }
    var cellRegions: [String: [Int]] = [:]
    for region in regions { cellRegions[region.name, default: []] += region.cells.map { $0 + offsets[region.block] } }
    // A group may name a cell twice.
    cellRegions = cellRegions.mapValues { Array(Set($0)) }
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

/// Cells by their nodes, to find one that comes twice.
private struct KnownCells {
  private var places: [UInt64: Int] = [:]

  /// The place of the cell with exactly these nodes among the cells of its shape, or `otherwise`, which it then takes.
  mutating func place(of nodes: ArraySlice<Int32>, in all: [Int32], otherwise next: Int) -> Int {
    let sorted = nodes.sorted()
    // Fowler, Noll and Vo's hash; a collision goes on to the next number.
    var key = sorted.reduce(14_695_981_039_346_656_037 as UInt64) {
      ($0 ^ UInt64(UInt32(bitPattern: $1))) &* 1_099_511_628_211
    }
    key = (key ^ UInt64(nodes.count)) &* 1_099_511_628_211
    while let place = places[key] {
      let first = place * nodes.count
      if first + nodes.count <= all.count, all[first..<first + nodes.count].sorted() == sorted { return place }
      key &+= 1
    }
    places[key] = next
    return next
  }
}
