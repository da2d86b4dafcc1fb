import Foundation
import Scenes
import Testing

/// Every family scene says in its comment what compliance its uniform start has, as published for the task it follows
/// (Hoyer, Sohl-Dickstein & Greydanus 2019, arXiv:1909.04240; measured with two independent codes).
@Suite struct FamilySceneTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Scenes/Families").path

  static let scenes: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".yaml") }.sorted()

  @Test func thereAreMoreThanADozen() { #expect(Self.scenes.count >= 12) }

  @Test(arguments: scenes) func theUniformStartHasTheStatedCompliance(_ name: String) throws {
    let path = Self.folder + "/" + name
    let stated = try #require(Self.statedCompliance(in: try String(contentsOfFile: path, encoding: .utf8)))
    let scene = try SceneBuilder.build(try SceneFile.load(path, overrides: ["solver=cholmod"]))
    #if DEBUG
      // The larger ones are left to optimized builds.
      if scene.domain.domain.cellCount > 70 * 70 { return }
    #endif
    let values = try scene.problem.responses.makeSession().evaluate(scene.problem.start, gradientsOf: []).values
    #expect(abs(values[0] / stated - 1) < 1e-8, "\(name): \(values[0]) beside \(stated)")
  }

  private static func statedCompliance(in text: String) -> Double? {
    let words = text.split(whereSeparator: \.isWhitespace).filter { $0 != "#" }
    let lead = ["compliance", "of", "the", "uniform", "start", "is"]
    for i in words.indices.dropLast(lead.count) where zip(lead, words[i...]).allSatisfy({ $0 == $1 }) {
      return Double(words[i + lead.count])
    }
    return nil
  }
}
