import Foundation
import TestSupport
import Testing

@testable import Scenes

/// Scenes in a folder of their own, removed afterwards.
private struct Folder: ~Copyable {
  let path = FileManager.default.temporaryDirectory.path + "/scenes-\(UUID().uuidString)"

  init(_ files: [String: String]) throws {
    for (name, text) in files {
      let url = URL(filePath: path + "/" + name)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func load(_ name: String, overrides: [String] = []) throws(SceneErrors) -> Scene {
    try SceneFile.load(path + "/" + name, overrides: overrides).scene
  }

  /// The messages without the folder's name.
  func messages(_ name: String) -> String {
    do {
      _ = try load(name)
      return ""
    } catch { return "\(error)".replacing(path + "/", with: "") }
  }
}

struct SceneSourcesTests {
  private static let family: [String: String] = [
    "base.yaml": SampleScenes.beam,
    "stiffer.yaml": """
    include: base.yaml
    title: Stiffer
    physics: { linear-elasticity: { material: { youngs-modulus: 210 GPa } } }
    """,
    "shared/optimizer.yaml": "optimizer: { mma: { iterations: 7 } }",
    "two.yaml": "include: [base.yaml, shared/optimizer.yaml]\ntitle: Two",
    "unfiltered.yaml": "include: base.yaml\ndesign: { density: { filter: ~ } }",
  ]

  @Test func theIncludingFileWinsAtEveryLevel() throws {
    let folder = try Folder(Self.family)
    let scene = try folder.load("stiffer.yaml")
    let physics = try #require(scene.physics.value as? Scene.LinearElasticity)
    #expect(
      scene.title == "Stiffer" && physics.material.youngsModulus == 210e9 && physics.material.poissonsRatio == 0.3)
    #expect(physics.supports.count == 2)
    #expect(physics.supports[0].mark.source.hasSuffix("/base.yaml"))
  }

  @Test func laterIncludesWinAndAnotherKindReplacesTheOld() throws {
    let scene = try Folder(Self.family).load("two.yaml")
    #expect(scene.optimizer.value.word == "mma" && scene.optimizer.value.stopping.iterations == 7)
  }

  @Test func aTildeRemovesWhatWasIncluded() throws {
    let scene = try Folder(Self.family).load("unfiltered.yaml")
    #expect((scene.design?.value as? Scene.DensityDesign)?.filter == nil)
    #expect((scene.design?.value as? Scene.DensityDesign)?.start?.value == 0.5)
  }

  @Test func defaultsHoldWhereNothingElseIsSaid() throws {
    let defaults =
      "defaults: { optimizer: { mma: { move-limit: 0.1 }, optimality-criteria: { exponent: 0.4 } }, seed: 9 }\n"
    let folder = try Folder(Self.family.merging(["family.yaml": defaults + "include: base.yaml"]) { $1 })
    let scene = try folder.load("family.yaml")
    guard case .optimalityCriteria(let method) = scene.optimizer.value else {
      Issue.record("the scene's own choice of an optimizer was lost")
      return
    }
    // The scene's own 0.2 stays; the exponent it does not mention comes from the defaults.
    #expect(method.moveLimit == 0.2 && method.exponent == 0.4 && scene.seed == 9)
    let other = try folder.load("family.yaml", overrides: ["optimizer=mma"])
    #expect(other.optimizer.value.word == "mma")
  }

  @Test func pathsAreRelativeToTheFileThatNamesThem() throws {
    let mesh = SampleScenes.beam.replacing(
      "{ grid: { size: [3 m, 1 m], cells: [12, 4] } }", with: "{ mesh: { file: plate.msh } }")
    let folder = try Folder(["meshes/base.yaml": mesh, "top.yaml": "include: meshes/base.yaml"])
    let file = try SceneFile.load(folder.path + "/top.yaml")
    guard case .mesh(let declared) = file.scene.domain.value else {
      Issue.record("not a mesh")
      return
    }
    #expect(declared.file.path == folder.path + "/meshes/plate.msh")
    #expect(file.resolvedText.contains("file: \(folder.path)/meshes/plate.msh"))
    #expect(file.files == [folder.path + "/top.yaml", folder.path + "/meshes/base.yaml"])
  }

  @Test func brokenIncludesSayWhatIsWrong() throws {
    let folder = try Folder([
      "a.yaml": "include: b.yaml", "b.yaml": "include: ./a.yaml", "self.yaml": "include: self.yaml",
      "typo.yaml": "include: a.yml", "folder.yaml": "include: .", "wrong.yaml": "include: { a: 1 }\ndefaults: 3\n",
      "inner.yaml": "title: [1\n", "outer.yaml": "include: inner.yaml",
    ])
    #expect(folder.messages("a.yaml").hasPrefix("b.yaml:1:10: error: `include` goes in a circle: "))
    #expect(folder.messages("self.yaml").contains("goes in a circle"))
    #expect(folder.messages("typo.yaml") == "typo.yaml:1:10: error: there is no file `a.yml`; did you mean `a.yaml`?")
    #expect(folder.messages("folder.yaml").contains("is a folder"))
    #expect(folder.messages("wrong.yaml").contains("wrong.yaml:2:11: error: `defaults` cannot be read: found `3`"))
    #expect(folder.messages("wrong.yaml").contains("wrong.yaml:1:10: error: `include` cannot be read: found a map"))
    #expect(folder.messages("outer.yaml").hasPrefix("inner.yaml:2:1: error: not valid YAML"))
    #expect(
      folder.messages("missing-altogether.yaml")
        == "missing-altogether.yaml:1:1: error: there is no file `missing-altogether.yaml`")
  }

  @Test(arguments: ["/dev/zero", "/dev/null", "/"])
  func whatIsNoFileIsNotRead(_ path: String) {
    #expect(throws: SceneErrors.self) { try SceneFile.load(path) }
  }
}
