import Testing

@testable import Scenes

struct SpellingTests {
  @Test func distancesCountChangesAndSwaps() {
    #expect(editDistance(Array("kitten"), Array("sitting")) == 3)
    #expect(editDistance(Array("ab"), Array("ba")) == 1)
    #expect(editDistance(Array(""), Array("abc")) == 3)
  }

  @Test(arguments: [
    ("raduis", "radius"), ("youngs_modulus", "youngs-modulus"), ("Radius", "radius"), ("conductiv", "conductivity"),
    ("mma2", "mma"),
  ])
  func nearWordsAreFound(_ word: String, _ meant: String) {
    #expect(nearestSpelling(of: word, among: ["radius", "youngs-modulus", "conductivity", "mma"]) == meant)
  }

  @Test(arguments: ["", "x", "completely-different", String(repeating: "a", count: 10_000)])
  func farWordsAreNot(_ word: String) {
    #expect(nearestSpelling(of: word, among: ["radius", "youngs-modulus", "y"]) == nil)
  }
}
