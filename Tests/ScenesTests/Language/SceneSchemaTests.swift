import Foundation
import TestSupport
import Testing

@testable import Scenes

struct SceneSchemaTests {
  private static let scenes = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Scenes")

  private func node(_ bytes: [UInt8]) throws -> SceneNode {
    try YAMLReading.root(of: SceneText(bytes: bytes, source: "scene.yaml")).node
  }

  @Test func theCommittedSchemaIsTheGeneratedOne() throws {
    let committed = try String(contentsOf: Self.scenes.appending(path: "scene.schema.json"), encoding: .utf8)
    #expect(committed == SceneSchema.text, "write it anew with `backsolve schema > Scenes/scene.schema.json`")
  }

  @Test func theCommittedReferenceIsTheGeneratedOne() throws {
    let page = Self.scenes.deletingLastPathComponent().appending(path: "Documentation/SceneReference.md")
    let committed = try String(contentsOf: page, encoding: .utf8)
    #expect(
      committed == SceneReference.text,
      "write it anew with `backsolve schema --reference > Documentation/SceneReference.md`")
  }

  /// Every map and kind that a link names has its section, once.
  @Test func theReferenceHasEverySectionItNames() throws {
    let text = SceneReference.text
    let headings = text.split(separator: "\n").filter { $0.hasPrefix("## ") }.map { $0.dropFirst(3) }
    #expect(Set(headings).count == headings.count)
    let anchors = Set(headings.map { String($0).replacing(" ", with: "-") })
    let links = text.matches(of: /\]\(#([^)]+)\)/).map { String($0.output.1) }
    #expect(links.count > 2)
    for link in links { #expect(anchors.contains(link), "\(link)") }
  }

  @Test func theSchemaIsJSON() throws {
    let object = try JSONSerialization.jsonObject(with: Data(SceneSchema.text.utf8)) as? [String: Any]
    #expect(object?["$schema"] as? String == "http://json-schema.org/draft-07/schema#")
  }

  /// The schema never refuses what the decoder accepts, and refuses much of what the decoder does.
  @Test func whatDecodesConforms() throws {
    let check = SchemaCheck(document: SceneSchema.document)
    for scene in SampleScenes.all { #expect(try check.problems(node(Array(scene.utf8))) == []) }
    var (accepted, refused, refusedByBoth) = (0, 0, 0)
    for mutation in SceneMutations.make(count: 100, seed: 3) {
      guard let node = try? node(mutation.bytes), mutation.bytes.count < 5000 else { continue }
      let problems = check.problems(node)
      if (try? SceneFile.parse(bytes: mutation.bytes)) != nil {
        accepted += 1
        #expect(problems == [], "\(mutation.name)")
      } else {
        refused += 1
        if !problems.isEmpty { refusedByBoth += 1 }
      }
    }
    #expect(accepted > 0 && 2 * refusedByBoth > refused)
  }

  @Test func aFragmentMayLackKeysWhereItIncludesOthers() throws {
    let check = SchemaCheck(document: SceneSchema.document)
    let fragment = "include: base.yaml\nphysics: { linear-elasticity: { material: { thickness: ~ } } }\n"
    #expect(try check.problems(node(Array(fragment.utf8))) == [])
    let alone = "physics: { linear-elasticity: { material: { thickness: 1 } } }\n"
    #expect(try check.problems(node(Array(alone.utf8))) != [])
  }

  /// Every scene that ships decodes, conforms to the schema and names it for editors.
  @Test func shippedScenesDecodeAndConform() throws {
    let check = SchemaCheck(document: SceneSchema.document)
    let files = FileManager.default.enumerator(at: Self.scenes, includingPropertiesForKeys: nil)
    var count = 0
    while let file = files?.nextObject() as? URL {
      // What lies in `common` is no scene by itself: it is read through those that include it.
      guard file.pathExtension == "yaml", !file.pathComponents.contains("common") else { continue }
      count += 1
      let bytes = Array(try Data(contentsOf: file))
      #expect(try check.problems(node(bytes)) == [], "\(file.lastPathComponent)")
      #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("# yaml-language-server: $schema="))
      #expect(throws: Never.self) { _ = try SceneFile.load(file.path) }
    }
    #expect(count > 0)
  }

  /// Everything a user can write is documented.
  @Test func everyKeyHasADescription() {
    var undocumented: [String] = []
    func visit(_ shape: Shape, _ path: String, _ seen: Set<String>) {
      switch shape {
      case .record(let record):
        for field in record.fields {
          if field.doc.count < 8 { undocumented.append("\(path).\(field.key)") }
          visit(field.shape, "\(path).\(field.key)", seen)
        }
      case .kind(let kind):
        for choice in kind.cases {
          if choice.doc.count < 8 { undocumented.append("\(path).\(choice.word)") }
          visit(choice.shape, "\(path).\(choice.word)", seen)
        }
      case .list(let item, _): visit(item, path + "[]", seen)
      case .dictionary(let value, _): visit(value, path + ".*", seen)
      case .either(let shapes): for shape in shapes { visit(shape, path, seen) }
      case .named(let name, let next): if !seen.contains(name) { visit(next(), path, seen.union([name])) }
      case .quantity, .suffixed, .integer, .flag, .text, .file, .word: break
      }
    }
    visit(Scene.form.shape, "scene", [])
    #expect(undocumented == [])
  }
}
