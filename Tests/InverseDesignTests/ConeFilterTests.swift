import InverseDesign
import TestSupport
import Testing

/// y_i by its formula, pair by pair.
private func coneFilterByDefinition(_ domain: any Domain, _ radius: Double, _ mask: [Bool], _ x: DenseVector)
  -> DenseVector
{
  let centroids = (0..<domain.cellCount).map { domain.centroid(ofCell: $0) }
  return DenseVector(
    centroids.indices.map { i in
      guard mask[i] else { return 0 }
      var total = 0.0
      var weights = 0.0
      for j in centroids.indices where mask[j] {
        let squared = zip(centroids[i], centroids[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let weight = max(0, radius - squared.squareRoot()) * domain.volume(ofCell: j)
        total += weight * x[j]
        weights += weight
      }
      return total / weights
    })
}

@Suite struct ConeFilterTests {
  static let domains: [any Domain] = [
    StructuredGrid(size: [3, 1], cells: [12, 5]),
    StructuredGrid(origin: [1, 2, 3], size: [1.1, 1, 2.1], cells: [6, 4, 7]),
    StructuredGrid(size: [1, 1, 1], cells: [1, 9, 1]),
    GradedStrip(columns: 12, rows: 5),
  ]

  @Test(arguments: domains.indices, [0.05, 0.37, 0.8, 20])
  func equalsItsDefinition(_ index: Int, radius: Double) throws {
    let domain = Self.domains[index]
    var generator = SeededGenerator(seed: 1)
    let x = generator.vector(count: domain.cellCount)
    for mask in [[Bool](repeating: true, count: domain.cellCount), (0..<domain.cellCount).map { $0 % 5 != 2 }] {
      let filter = ConeFilter(over: domain, radius: radius, designCells: mask)
      let expected = coneFilterByDefinition(domain, radius, mask, x)
      #expect((try filter.apply(x) - expected).largestMagnitude < 1e-13)
    }
  }

  @Test(arguments: domains.indices)
  func keepsConstants(_ index: Int) throws {
    let domain = Self.domains[index]
    let filter = ConeFilter(over: domain, radius: 0.6)
    let image = try filter.apply(DenseVector(repeating: 0.3, count: domain.cellCount))
    #expect(image.elements.allSatisfy { abs($0 - 0.3) < 1e-15 })
  }

  @Test func gridAndNeighbourListAgree() throws {
    let grid = StructuredGrid(size: [2, 1], cells: [14, 7])
    var generator = SeededGenerator(seed: 2)
    let x = generator.vector(count: grid.cellCount)
    let stencil = try ConeFilter(over: grid, radius: 0.5).apply(x)
    let list = try ConeFilter(over: AnyCells(grid), radius: 0.5).apply(x)
    #expect((stencil - list).largestMagnitude < 1e-14)
  }

  @Test func givesTheSameBitsOnAnyNumberOfThreads() throws {
    let grid = StructuredGrid(size: [1, 1, 1], cells: [40, 30, 20])
    var generator = SeededGenerator(seed: 3)
    let x = generator.vector(count: grid.cellCount)
    let filter = ConeFilter(over: grid, radius: 0.1)
    let parallel = try filter.apply(x)
    Threads.limit(to: 1)
    defer { Threads.limit(to: 2) }
    #expect(try filter.apply(x) == parallel)
  }
}

/// A grid seen as any other domain.
private struct AnyCells: Domain {
  let grid: StructuredGrid
  init(_ grid: StructuredGrid) { self.grid = grid }
  var dimension: Int { grid.dimension }
  var nodeCount: Int { grid.nodeCount }
  var cellCount: Int { grid.cellCount }
  func point(ofNode node: Int) -> [Double] { grid.point(ofNode: node) }
  func centroid(ofCell cell: Int) -> [Double] { grid.centroid(ofCell: cell) }
  func volume(ofCell cell: Int) -> Double { grid.cellVolume }
  func nodes(ofCell cell: Int) -> [Int] { grid.nodes(ofCell: cell) }
}
