import Foundation
import Testing

@testable import Scenes

struct ResolvedSceneTests {
  /// The scene that a run folder holds names its mesh so that it is found from there, whatever the path of the first.
  @Test func aMeshIsFoundFromAnotherFolder() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "backsolve-resolved-\(UUID().uuidString)")
    let run = folder.appending(path: "runs/one")
    try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    try FileManager.default.copyItem(
      at: root.appending(path: "Scenes/Meshes/plate-with-holes.msh"), to: folder.appending(path: "plate.msh"))
    let written = """
      title: Plate
      domain: { mesh: { file: plate.msh } }
      physics:
        linear-elasticity:
          material: { youngs-modulus: 1 Pa, poissons-ratio: 0.3, assumption: plane-stress, thickness: 1 m }
          supports: [{ at: left-edge, fix: all }]
          load-cases: [{ name: pull, forces: [{ at: right-edge, force: [1 N, 0 N] }] }]
      """
    let first = folder.appending(path: "plate.yaml"), second = run.appending(path: "scene.yaml")
    try written.write(to: first, atomically: true, encoding: .utf8)
    let file = try SceneFile.load(first.path(percentEncoded: false))
    try file.resolvedText.write(to: second, atomically: true, encoding: .utf8)
    let again = try SceneFile.load(second.path(percentEncoded: false))
    let cells = try SceneBuilder.build(file).domain.domain.cellCount
    #expect(cells > 10)
    #expect(try SceneBuilder.build(again).domain.domain.cellCount == cells)
    #expect(again.resolvedText == file.resolvedText)
  }
}
