import Testing

/// Words and paths that no file of the project may hold: it must not depend on one machine, nor ship unfinished work.
@Suite struct SourceTextTests {
  // Put together from halves, so that this file does not hold them itself.
  static let forbidden: [String] = [
    "/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/", "TO" + "DO", "FIX" + "ME", "XX" + "X",
    "file://" + "/",
  ]

  @Test(arguments: ["Sources", "Tests", "Scenes", "Scripts", "Examples", "Benchmarks"])
  func noFileHoldsAForbiddenWord(folder: String) throws {
    let files = Checkout.files(
      under: folder, endingIn: ["swift", "yaml", "json", "py", "sh", "md", "h", "modulemap", "txt", ""])
    if ["Sources", "Tests"].contains(folder) { #expect(files.count > 10) }
    for path in files {
      // Files that are not text, such as pictures without an ending, are not read.
      guard let text = try? Checkout.text(path) else { continue }
      for word in Self.forbidden where text.contains(word) {
        Issue.record("\(path) holds '\(word)'")
      }
    }
  }

  @Test(arguments: ["README.md", "CONVENTIONS.md", "CHANGELOG.md", "Package.swift"])
  func noPageHoldsAForbiddenWord(path: String) throws {
    let text = try Checkout.text(path)
    #expect(!text.isEmpty)
    for word in Self.forbidden where text.contains(word) {
      Issue.record("\(path) holds '\(word)'")
    }
  }
}
