/// A line that says what goes on: rewritten in place on a terminal, one line a change otherwise.
struct StatusLine {
  let isTerminal = StandardError.isTerminal
  private let isQuiet: Bool

  init(isQuiet: Bool = false) { self.isQuiet = isQuiet }

  func show(_ words: String) {
    guard !isQuiet else { return }
    StandardError.write(isTerminal ? "\r\u{1B}[2K" + words : words + "\n")
  }

  func finish() { if isTerminal, !isQuiet { StandardError.write("\n") } }
}
