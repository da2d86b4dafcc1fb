import FiniteElements
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct HelmholtzFilterTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let domain: any Domain
    let filter: HelmholtzFilter
    var testDescription: String { name }
  }

  static func cases() throws -> [Case] {
    let plane = StructuredGrid(size: [2, 1], cells: [20, 10])
    let space = StructuredGrid(size: [1, 1, 1], cells: [5, 6, 7])
    // Large enough for the iterative solver.
    let large = StructuredGrid(size: [2, 1, 1], cells: [24, 16, 13])
    let mesh = SampleMeshes.box(.tri3, cells: 12, jitter: 0.1)
    // Cells with obtuse angles and with long edges, where finite elements alone would leave the bounds.
    let flatTriangles = SampleMeshes.box(.tri3, cells: 12, jitter: 0.1, stretch: [1, 0.2])
    let flatTetrahedra = SampleMeshes.box(.tet4, cells: 5, jitter: 0.1, stretch: [1, 1, 0.15])
    let flat = StructuredGrid(size: [2, 1], cells: [10, 40])
    let slabs = StructuredGrid(size: [1, 1, 0.5], cells: [6, 6, 18])
    let tetrahedra = SampleMeshes.box(.tet4, cells: 5, jitter: 0.1)
    return [
      Case(name: "2D grid", domain: plane, filter: try HelmholtzFilter(plane, radius: 0.3)),
      Case(name: "3D grid", domain: space, filter: try HelmholtzFilter(space, radius: 0.4)),
      Case(name: "large 3D grid", domain: large, filter: try HelmholtzFilter(large, radius: 0.2)),
      Case(name: "triangles", domain: mesh, filter: try HelmholtzFilter(mesh, radius: 0.2)),
      Case(name: "tetrahedra", domain: tetrahedra, filter: try HelmholtzFilter(tetrahedra, radius: 0.5)),
      Case(name: "flat triangles", domain: flatTriangles, filter: try HelmholtzFilter(flatTriangles, radius: 0.4)),
      Case(name: "flat tetrahedra", domain: flatTetrahedra, filter: try HelmholtzFilter(flatTetrahedra, radius: 0.5)),
      Case(name: "long cells", domain: flat, filter: try HelmholtzFilter(flat, radius: 0.4)),
      Case(name: "slabs", domain: slabs, filter: try HelmholtzFilter(slabs, radius: 0.5)),
    ]
  }

  @Test func keepsConstantsVolumeAndBounds() throws {
    for item in try Self.cases() {
      let constant = DenseVector(repeating: 0.37, count: item.domain.cellCount)
      #expect((try item.filter.apply(constant) - constant).largestMagnitude < 1e-10, "\(item.name)")
      var generator = SeededGenerator(seed: 1)
      let x = DenseVector((0..<item.domain.cellCount).map { _ in generator.uniform() < 0.5 ? 0 : 1 })
      let y = try item.filter.apply(x)
      let volumes = item.domain.cellVolumes
      #expect(abs(y.dot(volumes) - x.dot(volumes)) < 1e-10, "\(item.name)")
      #expect(y.elements.allSatisfy { $0 > -1e-9 && $0 < 1 + 1e-9 }, "\(item.name)")
      #expect(y.dot(y) < x.dot(x))
    }
  }

  @Test func pullbackIsTheTranspose() throws {
    for item in try Self.cases() {
      var generator = SeededGenerator(seed: 2)
      let x = generator.vector(count: item.domain.cellCount), seed = generator.vector(count: item.domain.cellCount)
      let left = try item.filter.apply(x).dot(seed)
      let right = x.dot(try item.filter.pullback(seed, at: x))
      #expect(abs(left - right) < 1e-10, "\(item.name)")
      #expect(try item.filter.pullback(.zero, at: x).isEmpty)
    }
  }

  /// A cosine along the box is a mode of the equation: it is damped by 1 / (1 + (r k)²).
  @Test func dampsModesAsTheEquationDoes() throws {
    let grid = StructuredGrid(size: [1, 0.1], cells: [200, 2])
    let radius = 0.5
    let filter = try HelmholtzFilter(grid, radius: radius)
    let k = 3 * Double.pi
    let x = DenseVector((0..<grid.cellCount).map { cos(k * grid.centroid(ofCell: $0)[0]) })
    let r = radius / (2 * 3.0.squareRoot())
    let expected = x.scaled(by: 1 / (1 + r * r * k * k))
    #expect((try filter.apply(x) - expected).largestMagnitude < 1e-3)
  }

  @Test func radiusZeroOnlySharesWithNeighbours() throws {
    let grid = StructuredGrid(size: [1, 1], cells: [5, 5])
    var x = DenseVector(zeros: 25)
    x[12] = 1
    let y = try HelmholtzFilter(grid, radius: 0).apply(x)
    #expect(y[0] == 0 && y[12] > 0.2 && abs(y.sum - 1) < 1e-12)
  }
}
