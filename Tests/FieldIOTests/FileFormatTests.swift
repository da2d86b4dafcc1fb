import TestSupport
import Testing

@testable import FieldIO

@Suite struct FileFormatTests {
  @Test func anArrayReadsBackToTheSameBits() throws {
    let values = [0.1, -1e300, .infinity, 0, -0.0, .leastNonzeroMagnitude]
    for shape in [[6], [2, 3], [3, 1, 2]] {
      let file = NPYFile(shape: shape, values: values)
      let read = try NPYFile(bytes: file.bytes)
      #expect(read.shape == shape)
      #expect(read.values.map(\.bitPattern) == values.map(\.bitPattern))
      #expect((file.bytes.count - 48) % 64 == 0)
    }
  }

  @Test func brokenArraysAreNamed() {
    let good = NPYFile(shape: [4], values: [1, 2, 3, 4]).bytes
    for count in [0, 5, 11, 40, good.count - 1] {
      #expect(throws: FileFailure.self) { try NPYFile(bytes: Array(good.prefix(count)), path: "design.npy") }
    }
    var single = good
    single[single.firstIndex(of: UInt8(ascii: "8"))!] = UInt8(ascii: "4")
    #expect(throws: FileFailure.self) { try NPYFile(bytes: single) }
  }

  /// Undoes the filters as the standard's decoder does and compares every pixel.
  @Test(arguments: [true, false]) func aPictureDecodesToItsPixels(opaque: Bool) throws {
    let width = 37, height = 23
    var generator = SeededGenerator(seed: 4)
    var rgba: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let noise = UInt8.random(in: 0..<20, using: &generator)
        rgba += [UInt8(x * 5) &+ noise, UInt8(y * 9), UInt8((x + y) * 3), opaque ? 255 : UInt8(x + 100)]
      }
    }
    let file = PNGEncoder.encode(rgba: rgba, width: width, height: height)
    #expect(Array(file.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10])
    let channels = opaque ? 3 : 4
    let start = 8 + 25 + 8
    let length = file[33..<37].reduce(0) { $0 << 8 | Int($1) }
    let rows = try #require(
      Zlib.inflate(Array(file[start..<start + length]), count: (1 + channels * width) * height))
    var above = [UInt8](repeating: 0, count: channels * width)
    var decoded: [UInt8] = []
    for y in 0..<height {
      let base = y * (1 + channels * width)
      var row = [UInt8](repeating: 0, count: channels * width)
      for i in row.indices {
        let left = i >= channels ? Int(row[i - channels]) : 0, up = Int(above[i])
        let corner = i >= channels ? Int(above[i - channels]) : 0
        let p = left + up - corner
        let paeth =
          abs(p - left) <= abs(p - up) && abs(p - left) <= abs(p - corner)
          ? left : (abs(p - up) <= abs(p - corner) ? up : corner)
        let predicted = [0, left, up, (left + up) / 2, paeth][Int(rows[base])]
        row[i] = UInt8(truncatingIfNeeded: Int(rows[base + 1 + i]) + predicted)
      }
      for x in 0..<width { decoded += row[channels * x..<channels * (x + 1)] + (opaque ? [255] : []) }
      above = row
    }
    #expect(decoded == rgba)
  }

  @Test func aSurfaceReadsBackClosed() throws {
    let grid = StructuredGrid(size: [1, 2, 1], cells: [4, 8, 4])
    let field = DenseVector((0..<grid.cellCount).map { $0 % 3 == 0 ? 1 : 0.1 })
    let surface = Isosurface.extract(from: grid, field: field)
    let bytes = STLFile.encode(surface, title: "solid test")
    #expect(bytes.count == 84 + 50 * surface.triangles.count)
    #expect(String(decoding: bytes.prefix(5), as: UTF8.self) != "solid")
    let read = try STLFile.decode(bytes)
    #expect(read.triangles.count == surface.triangles.count)
    #expect(read.closedness.openEdges == 0)
    #expect(abs(read.volume - surface.volume) < 1e-6)
    #expect(throws: FileFailure.self) { try STLFile.decode(Array(bytes.dropLast())) }
  }

  @Test func aSurfaceOfTextIsRead() throws {
    let corners = ["0 0 0", "1 0 0", "0 1 0", "0 0 1e0"]
    let facets = [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]].map { facet in
      "  facet normal 0 0 0\n outer loop\n" + facet.map { "\tvertex \(corners[$0])\r\n" }.joined()
        + "endloop\nendfacet\n"
    }
    let text = "solid tetrahedron\n" + facets.joined() + "endsolid tetrahedron\n"
    let surface = try STLFile.decode(Array(text.utf8))
    #expect(surface.closedness.isClosed && abs(surface.volume - 1.0 / 6) < 1e-12 && surface.vertices.count == 4)
    expectRefusal("line 4: found `vertex 0 x 0`", of: "a word for a number") {
      _ = try STLFile.decode(Array(text.replacing("\tvertex 0 0 0", with: "\tvertex 0 x 0").utf8))
    }
    expectRefusal("2 corners", of: "a triangle with two corners") {
      _ = try STLFile.decode(Array(text.replacing("\tvertex 0 0 1e0\r\n", with: "").utf8))
    }
  }

  @Test func aTableQuotesWhatItMust() {
    var table = CSVFile(columns: ["iteration", "a,b"])
    table.append([1, 0.1])
    table.append(["say \"no\"", .real(.nan)])
    #expect(table.text == "iteration,\"a,b\"\n1,0.1\n\"say \"\"no\"\"\",nan\n")
  }

  @Test func fieldsStandInTheFileInOrder() {
    let grid = StructuredGrid(size: [2, 1], cells: [2, 1])
    let bytes = VTIFile.encode(
      grid,
      fields: [
        Field("density <x>", at: .cells, values: [0.25, 0.75]),
        Field("displacement", at: .nodes, components: 2, values: (0..<12).map(Double.init)),
      ])
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("WholeExtent=\"0 2 0 1 0 0\""))
    #expect(text.contains("Name=\"density &lt;x&gt;\" format=\"appended\" offset=\"152\""))
    #expect(text.contains("Name=\"displacement\" NumberOfComponents=\"3\""))
    let mesh = String(decoding: VTUFile.encode(grid, fields: []), as: UTF8.self)
    #expect(mesh.contains("NumberOfPoints=\"6\" NumberOfCells=\"2\""))
    let series = String(decoding: PVDFile.encode([(0, "a.vti"), (1, "b.vti")]), as: UTF8.self)
    #expect(series.contains("timestep=\"1.0\" part=\"0\" file=\"b.vti\""))
  }

  /// The appended section ends with one byte per cell: the type number of VTK.
  @Test func cellsHaveTheTypesOfVTK() {
    for (shape, type) in [(CellShape.tri3, UInt8(5)), (.quad4, 9), (.tet4, 10), (.hex8, 12)] {
      let mesh = SampleMeshes.box(shape, cells: 2)
      let bytes = VTUFile.encode(mesh, fields: [])
      let tail = Array("\n  </AppendedData>\n</VTKFile>\n".utf8)
      #expect(Array(bytes.suffix(tail.count)) == tail)
      let types = bytes.dropLast(tail.count).suffix(mesh.cellCount)
      #expect(types.allSatisfy { $0 == type })
    }
  }
}
