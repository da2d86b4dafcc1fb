/// Points and cells of any shape, in 2D or 3D, with named regions. Knows no solver.
///
/// Cells are numbered block after block; a block holds cells of one shape. A mesh that exists is sound: no cell is
/// inverted, no node is without a cell, no index is out of range.
public struct UnstructuredMesh: Domain {
  /// Cells of one shape.
  public struct CellBlock: Sendable, Equatable {
    public let shape: CellShape
    /// `[cellCount, shape.nodeCount]`
    public let nodes: [Int32]
    public var cellCount: Int { nodes.count / shape.nodeCount }

    public init(_ shape: CellShape, nodes: [Int32]) {
      self.shape = shape
      self.nodes = nodes
    }
  }

  /// 2 or 3.
  public let dimension: Int
  /// Coordinates in m. `[nodeCount, dimension]`
  public let points: [Double]
  public let blocks: [CellBlock]
  /// Nodes of all cells, flat, in the order of the cells.
  public let cellNodes: [Int32]
  /// First entry of each cell in `cellNodes`, and their number at the end. `[cellCount + 1]`
  public let cellStarts: [Int32]
  /// Cells by the name of their region, ascending.
  public let cellRegions: [String: [Int]]
  /// Facets by the name of their region: edges in 2D, faces in 3D, each the list of its nodes.
  public let facetRegions: [String: [[Int]]]
  /// Nodes by the name of a region of any dimension, ascending: those of its cells, facets, edges or points.
  public let nodeRegions: [String: [Int]]
  /// Areas (2D, m²) or volumes (3D, m³). `[cellCount]`
  public let volumes: [Double]
  /// Mean of each cell's corners, in m. `[cellCount, dimension]`
  public let centroids: [Double]

  public init(
    dimension: Int, points: [Double], blocks: [CellBlock], cellRegions: [String: [Int]] = [:],
    facetRegions: [String: [[Int]]] = [:], nodeRegions: [String: [Int]] = [:]
  ) throws(MeshError) {
    guard dimension == 2 || dimension == 3 else { throw MeshError("a mesh has two or three dimensions") }
    let nodeCount = points.count / dimension
    var starts: [Int32] = [0]
    var nodes: [Int32] = []
    for block in blocks {
      guard block.shape.dimension == dimension else {
        throw MeshError("a \(block.shape.rawValue) cell in a mesh of \(dimension) dimensions")
      }
      guard block.nodes.count % block.shape.nodeCount == 0 else {
        throw MeshError("a block of \(block.shape.rawValue) cells has \(block.nodes.count) nodes, not whole cells")
      }
      guard nodes.count + block.nodes.count < Int(Int32.max) else { throw MeshError("the mesh has too many cells") }
      let first = Int32(nodes.count)
      for cell in 1...max(1, block.cellCount) where block.cellCount > 0 {
        starts.append(first + Int32(cell * block.shape.nodeCount))
      }
      nodes += block.nodes
    }
    guard starts.count > 1 else { throw MeshError("the mesh has no cells") }
    self.dimension = dimension
    self.points = points
    self.blocks = blocks
    cellNodes = nodes
    cellStarts = starts
    self.cellRegions = cellRegions.mapValues { $0.sorted() }
    self.facetRegions = facetRegions
    var named = nodeRegions.mapValues(Set.init)
    for (name, facets) in facetRegions { named[name, default: []].formUnion(facets.joined()) }
    for (name, cells) in cellRegions {
      for cell in cells {
        guard cell >= 0 && cell < starts.count - 1 else {
          throw MeshError("region '\(name)' names cell \(cell) of \(starts.count - 1)")
        }
        named[name, default: []].formUnion(nodes[Int(starts[cell])..<Int(starts[cell + 1])].map(Int.init))
      }
    }
    for (name, members) in named {
      if let bad = members.first(where: { $0 < 0 || $0 >= nodeCount }) {
        throw MeshError("region '\(name)' names a node that does not exist", node: bad)
      }
    }
    self.nodeRegions = named.mapValues { $0.sorted() }
    (volumes, centroids) = try Self.measure(dimension, points, blocks)
    try Self.requireEveryNodeInACell(nodeCount, nodes)
  }

  public var nodeCount: Int { points.count / dimension }
  public var cellCount: Int { cellStarts.count - 1 }

  public func point(ofNode node: Int) -> [Double] { Array(points[node * dimension..<(node + 1) * dimension]) }
  public func centroid(ofCell cell: Int) -> [Double] { Array(centroids[cell * dimension..<(cell + 1) * dimension]) }
  public func volume(ofCell cell: Int) -> Double { volumes[cell] }
  public var cellVolumes: DenseVector { DenseVector(volumes) }
  public func nodes(ofCell cell: Int) -> [Int] {
    cellNodes[Int(cellStarts[cell])..<Int(cellStarts[cell + 1])].map(Int.init)
  }

  /// The cells of one block.
  public func cells(ofBlock index: Int) -> Range<Int> {
    let first = blocks[..<index].reduce(0) { $0 + $1.cellCount }
    return first..<first + blocks[index].cellCount
  }

  /// A node's coordinates in m; z is 0 in 2D.
  public func position(ofNode node: Int) -> SIMD3<Double> { Self.position(points, dimension, node) }

  /// A point as three numbers; z is 0 in 2D.
  static func position(_ points: [Double], _ dimension: Int, _ node: Int) -> SIMD3<Double> {
    dimension == 2
      ? SIMD3(points[2 * node], points[2 * node + 1], 0)
      : SIMD3(points[3 * node], points[3 * node + 1], points[3 * node + 2])
  }
}
