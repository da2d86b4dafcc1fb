import FieldIO
import TestSupport
import Testing

/// Three cells of two shapes in the unit square and a half, with groups of every dimension.
private let version4 = """
  $MeshFormat
  4.1 0 8
  $EndMeshFormat
  $PhysicalNames
  3
  0 7 "corner"
  1 1 "left side"
  2 2 "quads"
  $EndPhysicalNames
  $Entities
  1 1 2 0
  1 0 0 0 1 7
  5 0 0 0 0 1 0 1 1 0
  10 0 0 0 1 1 0 1 2 0
  11 1 0 0 1.5 1 0 2 3 2 1 5
  $EndEntities
  $Nodes
  2 7 1 70
  0 1 0 1
  10
  0 0 0
  2 10 1 6
  20
  30
  40
  50
  60
  70
  0.5 0 0 0.5 0
  1 0 0 1 0
  1 1 0 1 1
  0.5 1 0 0.5 1
  0 1 0 0 1
  1.5e0 1 0.0 1.5 1
  $EndNodes
  $Elements
  4 5 1 9
  0 1 15 1
  1 10
  1 5 1 1
  2 60 10
  2 10 3 2
  3 10 20 50 60
  4 20 30 40 50
  2 11 2 1
  9 30 70 40
  $EndElements

  """

private let version2 = """
  $MeshFormat
  2.2 0 8
  $EndMeshFormat
  $Comment
  anything $here
  $EndComment
  $PhysicalNames
  1
  3 4 "body"
  $EndPhysicalNames
  $Nodes
  5
  1 0 0 0
  2 1 0 0
  3 0 1 0
  4 0 0 1
  5 1 1 1
  $EndNodes
  $Elements
  3
  1 2 2 9 1 1 3 2
  2 4 2 4 1 1 2 3 4
  3 4 2 4 1 2 5 3 4
  $EndElements

  """

@Suite struct GmshReaderTests {
  private func read(_ text: String) throws(MeshError) -> UnstructuredMesh {
    try GmshReader.read(Array(text.utf8), file: "sample.msh")
  }

  @Test func readsVersion4() throws {
    let mesh = try read(version4)
    #expect(mesh.dimension == 2)
    #expect(mesh.nodeCount == 7)
    #expect(mesh.blocks.map(\.shape) == [.quad4, .tri3])
    #expect(mesh.volumes == [0.5, 0.5, 0.25])
    #expect(mesh.nodes(ofCell: 2) == [2, 6, 3])
    #expect(mesh.cellRegions == ["quads": [0, 1, 2], "surface-3": [2]])
    #expect(mesh.facetRegions == ["left side": [[5, 0]]])
    #expect(mesh.nodeRegions["corner"] == [0])
    #expect(mesh.nodeRegions["left side"] == [0, 5])
    #expect(mesh.nodeRegions["surface-3"] == [2, 3, 6])
  }

  @Test func readsVersion2() throws {
    let mesh = try read(version2)
    #expect(mesh.dimension == 3)
    #expect(mesh.cellRegions == ["body": [0, 1]])
    #expect(mesh.facetRegions == ["surface-9": [[0, 2, 1]]])
    #expect(mesh.nodeRegions["surface-9"] == [0, 1, 2])
    #expect(abs(mesh.cellVolumes.sum - 0.5) < 1e-15)
    // Windows line ends change nothing.
    #expect(try read(version2.replacingOccurrences("\n", "\r\n")).volumes == mesh.volumes)
  }

  @Test func cellsOfSeveralGroupsAreOneCell() throws {
    let twice = version2.replacingOccurrences("$Elements\n3", "$Elements\n4")
      .replacingOccurrences("2 4 2 4 1 1 2 3 4", "2 4 2 4 1 1 2 3 4\n4 4 2 8 1 1 2 3 4")
    let mesh = try read(twice)
    #expect(mesh.cellRegions == ["body": [0, 1], "volume-8": [0]])
    #expect(mesh.volumes == (try read(version2)).volumes)
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    var what: String
    var find: String
    var replacement: String
    var line: Int?
    var cell: Int?
    var words: String
    var testDescription: String { what }
  }

  static let broken: [Broken] = [
    Broken(what: "inverted", find: "9 30 70 40", replacement: "9 40 70 30", line: 46, cell: 9, words: "inverted"),
    Broken(
      what: "same cell", find: "4 20 30 40 50", replacement: "4 20 50 60 10", line: 44, cell: 4,
      words: "same nodes as cell 3"),
    Broken(what: "missing node", find: "9 30 70 40", replacement: "9 30 71 40", line: 46, cell: 9, words: "node 71"),
    Broken(what: "repeated node", find: "9 30 70 40", replacement: "9 30 70 30", line: 46, cell: 9, words: "twice"),
    Broken(
      what: "dangling", find: "2 11 2 1\n9 30 70 40", replacement: "2 11 2 1\n9 30 40 50", line: 28, words: "no cell"),
    Broken(what: "unknown type", find: "2 11 2 1", replacement: "2 11 99999 1", line: 45, words: "unknown"),
    Broken(what: "higher order", find: "2 11 2 1", replacement: "2 11 9 1", line: 45, words: "higher order"),
    Broken(what: "prism", find: "2 11 2 1", replacement: "2 11 6 1", line: 45, words: "prism"),
    Broken(what: "not a number", find: "1.5e0 1 0.0", replacement: "nan 1 0.0", line: 34, words: "finite number"),
    Broken(what: "too large a number", find: "1.5e0", replacement: "1e400", line: 34, words: "finite number"),
    Broken(what: "no number", find: "1.5e0", replacement: "x", line: 34, words: "'x'"),
    Broken(what: "bad number", find: "1.5e0", replacement: "1.5.0", line: 34, words: "1.5.0"),
    Broken(what: "hexadecimal number", find: "1.5e0", replacement: "0x1p3", line: 34, words: "finite number"),
    Broken(what: "bad integer", find: "9 30 70 40", replacement: "9 30 7.0 40", line: 46, cell: 9, words: "7.0"),
    Broken(
      what: "huge integer", find: "9 30", replacement: "9 99999999999999999999999", line: 46, cell: 9, words: "integer"),
    Broken(what: "negative node", find: "9 30", replacement: "9 -30", line: 46, cell: 9, words: "out of range"),
    Broken(what: "binary", find: "4.1 0 8", replacement: "4.1 1 8", line: 2, words: "binary"),
    Broken(what: "old version", find: "4.1 0 8", replacement: "4.0 0 8", line: 2, words: "version 4.0"),
    Broken(what: "no format", find: "$MeshFormat\n", replacement: "solid cube\n", line: 1, words: "not a Gmsh mesh"),
    Broken(what: "huge count", find: "2 7 1 70", replacement: "2 999999999999 1 70", line: 18, words: "truncated"),
    Broken(what: "wrong count", find: "4 5 1 9", replacement: "4 6 1 9", line: 46, words: "announces 6"),
    Broken(what: "no nodes", find: "$Nodes", replacement: "$Other", words: "$EndOther"),
    Broken(what: "no end", find: "$EndElements", replacement: "", words: "truncated"),
    Broken(what: "wrong end", find: "$EndNodes", replacement: "$EndElements", line: 35, words: "$EndNodes"),
    Broken(what: "bad name", find: "\"corner\"", replacement: "corner", line: 6, words: "double quotes"),
    Broken(what: "open name", find: "\"corner\"", replacement: "\"corner", line: 6, words: "closing quote"),
    Broken(what: "off the plane", find: "1.5e0 1 0.0", replacement: "1.5e0 1 0.1", line: 28, words: "z = 0"),
    Broken(what: "two of a number", find: "\n60\n70\n", replacement: "\n60\n60\n", line: 28, words: "second node"),
    Broken(what: "unknown entity", find: "2 11 2 1", replacement: "2 12 2 1", line: 45, words: "$Entities"),
    Broken(what: "wrong dimension", find: "2 11 2 1", replacement: "1 5 2 1", line: 45, words: "dimension 1"),
    Broken(what: "twice the nodes", find: "$Elements", replacement: "$Nodes\n", line: 36, words: "second section"),
  ]

  @Test(arguments: broken) func brokenFilesAreRefusedInWords(broken: Broken) {
    let text = version4.replacingOccurrences(broken.find, broken.replacement)
    #expect(text != version4)
    #expect {
      _ = try read(text)
    } throws: { error in
      guard let error = error as? MeshError else { return false }
      #expect(error.file == "sample.msh")
      #expect(error.message.contains(broken.words), "\(error)")
      if let line = broken.line { #expect(error.line == line, "\(error)") } else { #expect(error.line != nil) }
      #expect(error.cell == broken.cell, "\(error)")
      return true
    }
  }

  @Test func truncationsAreErrors() {
    for text in [version4, version2] {
      let bytes = Array(text.utf8)
      // What ends with the last section is whole.
      let whole = text.utf8.count - 1
      for length in stride(from: 0, to: whole, by: 5) {
        #expect(throws: MeshError.self) { _ = try GmshReader.read(Array(bytes[..<length]), file: "cut.msh") }
      }
    }
  }

  @Test func randomDamageNeverTraps() {
    var generator = SeededGenerator(seed: 11)
    let alphabet = Array("0123456789 -+.eE$\n\"xN".utf8) + [0, 255]
    var refused = 0
    for round in 0..<300 {
      var bytes = Array((round % 2 == 0 ? version4 : version2).utf8)
      for _ in 0..<1 + Int(generator.uniform() * 4) {
        bytes[Int(generator.uniform() * Double(bytes.count))] =
          alphabet[Int(generator.uniform() * Double(alphabet.count))]
      }
      do throws(MeshError) {
        _ = try GmshReader.read(bytes, file: "damaged.msh")
      } catch {
        refused += 1
        #expect(error.line != nil, "\(error)")
      }
    }
    #expect(refused > 150)
  }

  @Test func missingFilesAreRefused() {
    #expect(throws: MeshError.self) { _ = try GmshReader.read(contentsOf: "/nonexistent/mesh.msh") }
  }

  @Test func realMeshesHaveTheirRegions() throws {
    let folder = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Scenes/Meshes/"
    let plate = try GmshReader.read(contentsOf: folder + "plate-with-holes.msh")
    #expect(plate.dimension == 2)
    #expect(Set(plate.blocks.map(\.shape)) == [.tri3, .quad4])
    #expect(plate.cellRegions["plate"]?.count == plate.cellCount)
    for name in ["left-edge", "right-edge", "large-hole", "bolt-holes"] {
      #expect(plate.facetRegions[name]?.isEmpty == false, "\(name)")
    }
    #expect(plate.nodeRegions["lower-right-corner"]?.count == 1)
    // 0.08 m² less four discs, whose polygons are a little smaller than they.
    let discs = 3.14159265 * (2 * 0.02 * 0.02 + 0.035 * 0.035 + 0.015 * 0.015)
    #expect(abs(plate.cellVolumes.sum - (0.08 - discs)) < 1e-4)

    let bracket = try GmshReader.read(contentsOf: folder + "bracket.msh")
    #expect(bracket.dimension == 3)
    #expect(bracket.cellRegions["bracket"]?.count == bracket.cellCount)
    for name in ["base-bolts", "pin-hole", "underside"] {
      #expect(bracket.facetRegions[name]?.isEmpty == false, "\(name)")
    }
    let solids = 0.08 * 0.08 * 0.01 + 0.08 * 0.07 * 0.01 + 0.01 * 0.045 * 0.045 / 2
    let holes = 3.14159265 * 0.01 * (2 * 0.006 * 0.006 + 0.008 * 0.008)
    #expect(abs(bracket.cellVolumes.sum - (solids - holes)) < 1e-6)
  }
}

extension String {
  /// Every occurrence replaced, without Foundation.
  fileprivate func replacingOccurrences(_ text: String, _ replacement: String) -> String {
    var result = ""
    var rest = self[...]
    while let range = rest.firstRange(of: text) {
      result += rest[..<range.lowerBound] + replacement
      rest = rest[range.upperBound...]
    }
    return result + rest
  }
}
