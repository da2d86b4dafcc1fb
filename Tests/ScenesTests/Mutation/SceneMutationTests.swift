import Testing
import TestSupport

@testable import Scenes

struct SceneMutationTests {
  /// Without optimization every text takes several times longer.
  private var count: Int {
    #if DEBUG
      250
    #else
      2000
    #endif
  }

  @Test func everyBrokenSceneDecodesOrSaysWhere() {
    var decoded = 0
    for mutation in SceneMutations.make(count: count, seed: 20_261_123) {
      do {
        let file = try SceneFile.parse(bytes: mutation.bytes)
        decoded += 1
        #expect(!file.resolvedText.isEmpty)
      } catch {
        #expect(!error.diagnostics.isEmpty, "\(mutation.name)")
        for diagnostic in error.diagnostics {
          #expect(diagnostic.mark.line >= 1 && diagnostic.mark.column >= 1, "\(mutation.name): \(diagnostic)")
          #expect(!diagnostic.problem.isEmpty, "\(mutation.name)")
          #expect(
            !diagnostic.description.unicodeScalars.contains { $0 == "\n" || $0 == "\u{2028}" }, "\(mutation.name)")
        }
      }
    }
    // A mutation that always breaks, or never does, tests little.
    #expect(decoded > count / 50 && decoded < count / 2)
  }

  @Test func whatDecodesReadsBackFromItsResolvedText() throws {
    var compared = 0
    for mutation in SceneMutations.make(count: count / 2, seed: 7) {
      guard let file = try? SceneFile.parse(bytes: mutation.bytes) else { continue }
      compared += 1
      let again = try SceneFile.parse(file.resolvedText)
      #expect(again.resolvedText == file.resolvedText, "\(mutation.name)")
    }
    #expect(compared > 0)
  }

  @Test func brokenOverridesSayWhichOneIsWrong() {
    let values = [
      "", "=", "=1", "a", "a=", "a=1", "title=", "title={", "title=[[[", "domain.grid.cells.5=1",
      "domain.grid.cells.0=x",
      "constraints.-1=3", "constraints.0.volume-fraction.at-most=nan", "....=1", "seed=\u{0}", "physics=*x",
      "optimizer=mmma", "include=x", "seed=1\n---\n2",
    ]
    for value in values {
      do {
        _ = try SceneFile.parse(SampleScenes.beam, overrides: [value])
        Issue.record("`\(value)` was accepted")
      } catch {
        #expect(error.diagnostics.contains { $0.mark.isOverride }, "\(value): \(error)")
      }
    }
  }
}
