import Testing

@testable import Geometry

@Suite struct SurfaceIsosurfaceTests {
  private func grid(_ n: Int) -> StructuredGrid {
    StructuredGrid(origin: [-1, 2, 0.5], size: [2, 1, 1.5], cells: [n, n / 2 + 1, n / 2])
  }

  @Test func aFullFieldGivesTheBoxItself() throws {
    let grid = grid(6)
    let surface = Isosurface.extract(from: grid, field: DenseVector(repeating: 1, count: grid.cellCount))
    #expect(surface.closedness.isClosed)
    #expect(abs(surface.volume - 3) < 1e-12)
    #expect(abs(surface.area - 2 * (2 * 1 + 2 * 1.5 + 1 * 1.5)) < 1e-12)
    let bounds = try #require(surface.bounds)
    #expect(bounds.lower == SIMD3(-1, 2, 0.5))
    #expect(bounds.upper == SIMD3(1, 3, 2))
  }

  @Test func anEmptyFieldGivesNothing() {
    let grid = grid(6)
    let surface = Isosurface.extract(from: grid, field: DenseVector(zeros: grid.cellCount))
    #expect(surface.isEmpty && surface.vertices.isEmpty)
    #expect(surface.closedness.isClosed)
  }

  @Test func aBallHasItsVolumeAndFacesOutward() {
    let grid = StructuredGrid(size: [2, 2, 2], cells: [24, 24, 24])
    let radius = 0.8
    let field = DenseVector(
      (0..<grid.cellCount).map { cell in
        let c = grid.centroid(ofCell: cell)
        let r = c.reduce(0) { $0 + ($1 - 1) * ($1 - 1) }.squareRoot()
        return 0.5 + (radius - r)
      })
    let surface = Isosurface.extract(from: grid, field: field)
    #expect(surface.closedness.isClosed)
    #expect(abs(surface.volume / (4 / 3 * Double.pi * radius * radius * radius) - 1) < 0.01)
    #expect(abs(surface.area / (4 * Double.pi * radius * radius) - 1) < 0.01)
  }

  /// Noise holds every pattern of corners, in the interior and against all the boundary planes.
  @Test(arguments: 0..<6) func noiseIsClosedAndOriented(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let grid = StructuredGrid(size: [1.1, 0.7, 0.9], cells: [11, 7, 9])
    let share = [0.1, 0.3, 0.5, 0.5, 0.7, 0.9][seed]
    // Values exactly at the threshold and 0/1 fields are the hard cases.
    let levels = seed % 2 == 0 ? [0.0, 1.0] : [0.0, 0.25, 0.5, 0.75, 1.0]
    let field = DenseVector(
      (0..<grid.cellCount).map { _ in
        Double.random(in: 0..<1, using: &generator) < share
          ? levels[Int.random(in: levels.count / 2..<levels.count, using: &generator)]
          : levels[Int.random(in: 0..<(levels.count + 1) / 2, using: &generator)]
      })
    let surface = Isosurface.extract(from: grid, field: field)
    #expect(surface.closedness == TriangleSurface.Closedness())
    #expect(surface.volume > 0 && surface.volume < 1.1 * 0.7 * 0.9)
    #expect(!surface.triangles.contains { surface.normal(of: $0) == .zero })
  }

  @Test func everyPatternMeetsItsCrossedEdges() {
    for pattern in 1..<255 {
      let own = MarchingCubesTable.shared.patterns[pattern]
      #expect(own.triangles.count >= 3)
      let crossed = Set(own.loops.flatMap(\.edges))
      let expected = Set(
        MarchingCubesTable.edgeCorners.indices.filter { edge in
          let (a, b) = MarchingCubesTable.edgeCorners[edge]
          return pattern >> a & 1 != pattern >> b & 1
        })
      #expect(crossed == expected)
    }
  }
}
