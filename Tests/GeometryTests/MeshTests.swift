import Geometry
import TestSupport
import Testing

@Suite struct MeshTests {
  @Test(arguments: [CellShape.tri3, .quad4, .tet4, .hex8]) func volumesFillTheBox(shape: CellShape) {
    let mesh = SampleMeshes.box(shape, cells: 3, jitter: 0.2)
    #expect(abs(mesh.cellVolumes.sum - 1) < 1e-12)
    #expect(mesh.volumes.allSatisfy { $0 > 0 })
    let centre = (0..<mesh.dimension).map { axis in
      (0..<SampleMeshes.box(shape, cells: 1).cellCount).reduce(0) {
        $0 + SampleMeshes.box(shape, cells: 1).centroid(ofCell: $1)[axis]
      } / Double(SampleMeshes.box(shape, cells: 1).cellCount)
    }
    for x in centre { #expect(abs(x - 0.5) < 1e-12) }
    #expect(mesh.nodes(ofCell: 1).count == shape.nodeCount)
  }

  @Test(arguments: [CellShape.tri3, .quad4, .tet4, .hex8]) func boundaryFacetsCloseAndFaceOutward(shape: CellShape) {
    let mesh = SampleMeshes.box(shape, cells: 3, jitter: 0.2)
    let facets = mesh.boundaryFacets
    let perSide = mesh.dimension == 2 ? 3 : (shape == .tet4 ? 18 : 9)
    #expect(facets.count == 2 * mesh.dimension * perSide)
    // By the divergence theorem ∮ x·n = dimension times the volume; the sign tells outward from inward.
    var flux = 0.0
    for facet in facets {
      let x = facet.nodes.map { mesh.position(ofNode: $0) }
      let middle = x.reduce(.zero, +) / Double(x.count)
      let normal =
        mesh.dimension == 2
        ? SIMD3(x[1].y - x[0].y, x[0].x - x[1].x, 0)
        : x.count == 3 ? cross(x[1] - x[0], x[2] - x[0]) / 2 : cross(x[2] - x[0], x[3] - x[1]) / 2
      flux += dot(middle, normal)
    }
    #expect(abs(flux - Double(mesh.dimension)) < 1e-12)
  }

  @Test func gridsBecomeMeshes() throws {
    let grid = StructuredGrid(size: [2, 1, 1], cells: [4, 2, 3])
    let mesh = try UnstructuredMesh(grid)
    #expect(mesh.cellCount == 24 && mesh.nodeCount == grid.nodeCount)
    for cell in 0..<24 {
      #expect(abs(mesh.volume(ofCell: cell) - grid.cellVolume) < 1e-14)
      for (a, b) in zip(mesh.centroid(ofCell: cell), grid.centroid(ofCell: cell)) { #expect(abs(a - b) < 1e-14) }
    }
  }

  private let square: [Double] = [0, 0, 1, 0, 1, 1, 0, 1]

  private func failure(_ points: [Double], _ blocks: [UnstructuredMesh.CellBlock], _ regions: [String: [Int]] = [:])
    -> MeshError?
  {
    do throws(MeshError) {
      _ = try UnstructuredMesh(dimension: 2, points: points, blocks: blocks, cellRegions: regions)
      return nil
    } catch {
      return error
    }
  }

  @Test func brokenMeshesAreRefusedInWords() {
    #expect(failure(square, [.init(.quad4, nodes: [0, 1, 2, 3])]) == nil)
    let inverted = failure(square, [.init(.quad4, nodes: [0, 3, 2, 1])])
    #expect(inverted?.cell == 0 && inverted?.message.contains("counter-clockwise") == true)
    let folded = failure([0, 0, 1, 0, 0.1, 0.1, 0, 1], [.init(.quad4, nodes: [0, 1, 2, 3])])
    #expect(folded?.cell == 0 && folded?.message.contains("folded") == true)
    let flat = failure([0, 0, 1, 0, 2, 0], [.init(.tri3, nodes: [0, 1, 2])])
    #expect(flat?.message.contains("flat") == true)
    let dangling = failure(square, [.init(.tri3, nodes: [0, 1, 2])])
    #expect(dangling?.node == 3 && dangling?.message.contains("no cell") == true)
    let outside = failure(square, [.init(.tri3, nodes: [0, 1, 2]), .init(.tri3, nodes: [0, 2, 4])])
    #expect(outside?.cell == 1)
    #expect(failure(square, [.init(.tri3, nodes: [0, 1, 1])])?.message.contains("twice") == true)
    #expect(failure(square, [.init(.tri3, nodes: [0, 1])])?.message.contains("whole cells") == true)
    #expect(failure(square, [])?.message.contains("no cells") == true)
    #expect(failure(square, [.init(.tet4, nodes: [0, 1, 2, 3])]) != nil)
    #expect(failure([0, 0, 1, 0, .nan, 1], [.init(.tri3, nodes: [0, 1, 2])]) != nil)
    #expect(failure(square, [.init(.quad4, nodes: [0, 1, 2, 3])], ["a": [1]])?.message.contains("'a'") == true)
  }
}
