import Geometry

/// What the sections of a mesh file hold, before it is a mesh.
struct GmshSections {
  struct Entity: Hashable {
    var dimension: Int
    var tag: Int
  }

  /// One element with the physical groups that it belongs to.
  struct Elements {
    var type: GmshElementType
    var physicalTags: [Int]
    var tags: [Int] = []
    var lines: [Int32] = []
    /// Node tags, flat.
    var nodes: [Int] = []
  }

  var names: [Entity: String] = [:]
  var nodeTags: [Int] = []
  var nodeLines: [Int32] = []
  /// x, y, z of each node, flat.
  var coordinates: [Double] = []
  var elements: [Elements] = []
  /// True where a cell of several physical groups is written once for each: version 2.2.
  var repeatsCells = false
  /// The last line of the file.
  var lastLine = 1

  static func read(_ tokens: inout GmshTokens) throws(MeshError) -> GmshSections {
    var contents = GmshSections()
    let isVersion4 = try readFormat(&tokens)
    contents.repeatsCells = !isVersion4
    var seen: Set<String> = ["$MeshFormat"]
    var physicalTags: [Entity: [Int]] = [:]
    while !tokens.isAtEnd {
      let keyword = try tokens.word()
      let line = tokens.line
      guard keyword.hasPrefix("$"), !keyword.hasPrefix("$End") else {
        throw tokens.error("expected a section such as $Nodes and found '\(keyword.prefix(40))'")
      }
      let end = "$End" + keyword.dropFirst()
      tokens.section = "section \(keyword)"
      guard ["$PhysicalNames", "$Entities", "$Nodes", "$Elements", "$PartitionedEntities"].contains(keyword) else {
        try tokens.skip(to: end)
        continue
      }
      guard seen.insert(keyword).inserted else { throw tokens.error("a second section \(keyword)") }
      switch keyword {
      case "$PhysicalNames": try contents.readNames(&tokens)
      case "$Entities": physicalTags = try readEntities(&tokens)
      case "$Nodes": try isVersion4 ? contents.readNodes4(&tokens) : contents.readNodes2(&tokens)
      case "$Elements":
        guard seen.contains("$Nodes") else { throw MeshError("$Elements comes before $Nodes", line: line) }
        if isVersion4 {
          guard seen.contains("$Entities") else {
            throw MeshError("the section $Entities is missing before $Elements", line: line)
          }
          try contents.readElements4(&tokens, physicalTags)
        } else {
          try contents.readElements2(&tokens)
        }
      default: throw tokens.error("partitioned meshes are not read; save the mesh in one piece")
      }
      try tokens.expect(end)
    }
    contents.lastLine = tokens.line
    for section in ["$Nodes", "$Elements"] where !seen.contains(section) {
      throw MeshError("the section \(section) is missing", line: tokens.line)
    }
    return contents
  }

  /// True for version 4.1, false for 2.2.
  private static func readFormat(_ tokens: inout GmshTokens) throws(MeshError) -> Bool {
    let word = tokens.isAtEnd ? "" : try tokens.word()
    guard word == "$MeshFormat" else {
      throw tokens.error("this is not a Gmsh mesh file: it does not begin with $MeshFormat")
    }
    let version = try tokens.word()
    guard version == "4.1" || version == "2.2" else {
      throw tokens.error("the file has version \(version); save it as version 4.1 or 2.2")
    }
    guard try tokens.integer("file type", in: 0...1) == 0 else {
      throw tokens.error("the file is binary; save it as ASCII (Mesh.Binary = 0)")
    }
    _ = try tokens.integer("data size", in: 1...16)
    try tokens.expect("$EndMeshFormat")
    return version == "4.1"
  }

  private mutating func readNames(_ tokens: inout GmshTokens) throws(MeshError) {
    for _ in 0..<(try tokens.itemCount("the number of physical names", leastBytes: 6)) {
      let dimension = try tokens.integer("dimension of a physical group", in: 0...3)
      let tag = try tokens.integer("number of a physical group", in: 1...Int(Int32.max))
      let name = try tokens.quoted("name of a physical group")
      guard !name.isEmpty else { throw tokens.error("the name of physical group \(tag) is empty") }
      let entity = Entity(dimension: dimension, tag: tag)
      guard names.updateValue(name, forKey: entity) == nil else {
        throw tokens.error("physical group \(tag) of dimension \(dimension) has two names")
      }
    }
  }

  /// The physical groups of every entity.
  private static func readEntities(_ tokens: inout GmshTokens) throws(MeshError) -> [Entity: [Int]] {
    var groups: [Entity: [Int]] = [:]
    var counts: [Int] = []
    for kind in ["points", "curves", "surfaces", "volumes"] {
      counts.append(try tokens.itemCount("the number of \(kind)", leastBytes: 1))
    }
    for dimension in 0...3 {
      for _ in 0..<counts[dimension] {
        let tag = try tokens.integer("number of an entity")
        for _ in 0..<(dimension == 0 ? 3 : 6) { _ = try tokens.number("extent of entity \(tag)") }
        var physical: [Int] = []
        for _ in 0..<(try tokens.itemCount("the number of physical groups", leastBytes: 2)) {
          // A negative number stands for the reversed orientation of the group.
          physical.append(abs(try tokens.integer("physical group of entity \(tag)")))
        }
        groups[Entity(dimension: dimension, tag: tag)] = physical
        if dimension == 0 { continue }
        for _ in 0..<(try tokens.itemCount("the number of bounding entities", leastBytes: 2)) {
          _ = try tokens.integer("bounding entity of entity \(tag)")
        }
      }
    }
    return groups
  }

  // MARK: - Version 4.1

  private mutating func readNodes4(_ tokens: inout GmshTokens) throws(MeshError) {
    let blocks = try tokens.itemCount("the number of node blocks", leastBytes: 8)
    let total = try tokens.itemCount("the number of nodes", leastBytes: 8)
    _ = try tokens.integer("smallest node number")
    _ = try tokens.integer("largest node number")
    coordinates.reserveCapacity(3 * total)
    for _ in 0..<blocks {
      let dimension = try tokens.integer("dimension of an entity", in: 0...3)
      _ = try tokens.integer("number of an entity")
      let isParametric = try tokens.integer("parametric", in: 0...1) == 1
      let count = try tokens.itemCount("the number of nodes of a block", leastBytes: 8)
      for _ in 0..<count {
        nodeTags.append(try tokens.integer("node number", in: 1...Int.max))
        nodeLines.append(Int32(clamping: tokens.line))
      }
      for _ in 0..<count {
        for axis in ["x", "y", "z"] { coordinates.append(try tokens.number(axis)) }
        if isParametric { for _ in 0..<dimension { _ = try tokens.number("parametric coordinate") } }
      }
    }
    guard nodeTags.count == total else {
      throw tokens.error("the section announces \(total) nodes and holds \(nodeTags.count)")
    }
  }

  private mutating func readElements4(_ tokens: inout GmshTokens, _ physicalTags: [Entity: [Int]]) throws(MeshError) {
    let blocks = try tokens.itemCount("the number of element blocks", leastBytes: 8)
    let total = try tokens.itemCount("the number of elements", leastBytes: 4)
    _ = try tokens.integer("smallest element number")
    _ = try tokens.integer("largest element number")
    var read = 0
    for _ in 0..<blocks {
      let dimension = try tokens.integer("dimension of an entity", in: 0...3)
      let entity = Entity(dimension: dimension, tag: try tokens.integer("number of an entity"))
      let type = try GmshElementType(number: try tokens.integer("element type"), tokens)
      guard type.dimension == dimension else {
        throw tokens.error("\(type.name) elements on an entity of dimension \(dimension)")
      }
      guard let physical = physicalTags[entity] else {
        throw tokens.error("entity \(entity.tag) of dimension \(dimension) is not in $Entities")
      }
      let count = try tokens.itemCount("the number of elements of a block", leastBytes: 4)
      var block = Elements(type: type, physicalTags: physical)
      for _ in 0..<count {
        try block.append(&tokens, tag: try tokens.integer("element number", in: 1...Int.max))
      }
      read += count
      elements.append(block)
    }
    guard read == total else { throw tokens.error("the section announces \(total) elements and holds \(read)") }
  }

  // MARK: - Version 2.2

  private mutating func readNodes2(_ tokens: inout GmshTokens) throws(MeshError) {
    let total = try tokens.itemCount("the number of nodes", leastBytes: 8)
    coordinates.reserveCapacity(3 * total)
    for _ in 0..<total {
      nodeTags.append(try tokens.integer("node number", in: 1...Int.max))
      nodeLines.append(Int32(clamping: tokens.line))
      for axis in ["x", "y", "z"] { coordinates.append(try tokens.number(axis)) }
    }
  }

  private mutating func readElements2(_ tokens: inout GmshTokens) throws(MeshError) {
    let total = try tokens.itemCount("the number of elements", leastBytes: 4)
    var blocks: [[Int]: Int] = [:]
    for _ in 0..<total {
      let tag = try tokens.integer("element number", in: 1...Int.max)
      let number = try tokens.integer("element type")
      let type = try GmshElementType(number: number, tokens, cell: tag)
      let tagCount = try tokens.itemCount("the number of tags", leastBytes: 2)
      var physical = 0
      for index in 0..<tagCount {
        let value = try tokens.integer("tag of an element")
        if index == 0 { physical = abs(value) }
      }
      let key = [number, physical]
      let place: Int
      if let known = blocks[key] {
        place = known
      } else {
        place = elements.count
        blocks[key] = place
        elements.append(Elements(type: type, physicalTags: physical == 0 ? [] : [physical]))
      }
      try elements[place].append(&tokens, tag: tag)
    }
  }
}

extension GmshSections.Elements {
  fileprivate mutating func append(_ tokens: inout GmshTokens, tag: Int) throws(MeshError) {
    tags.append(tag)
    lines.append(Int32(clamping: tokens.line))
    for _ in 0..<type.nodeCount {
      do throws(MeshError) {
        nodes.append(try tokens.integer("node of an element", in: 1...Int.max))
      } catch {
        var placed = error
        placed.cell = tag
        throw placed
      }
    }
  }
}
