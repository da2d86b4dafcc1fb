/// One mistake in a scene: where it is, what was found, what was expected and what to do about it.
public struct SceneDiagnostic: Error, Sendable, Hashable, CustomStringConvertible {
  public let mark: SourceMark
  /// What is wrong, in a few words: "`youngs-modulus` has the wrong dimension".
  public let problem: String
  public let found: String?
  public let expected: String?
  /// What the reader can do: "did you mean `radius`?".
  public let remedy: String?

  public init(
    mark: SourceMark, problem: String, found: String? = nil, expected: String? = nil, remedy: String? = nil
  ) {
    self.mark = mark
    self.problem = problem
    self.found = found
    self.expected = expected
    self.remedy = remedy
  }

  /// The sentence without the place.
  public var message: String {
    var text = problem
    switch (found, expected) {
    case (let found?, let expected?): text += ": found \(found), expected \(expected)"
    case (let found?, nil): text += ": found \(found)"
    case (nil, let expected?): text += ": expected \(expected)"
    case (nil, nil): break
    }
    if let remedy { text += "; \(remedy)" }
    return text
  }

  /// `file:line:column: error: message`, one line whatever the file holds.
  public var description: String { "\(singleLine(mark.description)): error: \(singleLine(message))" }

  private func singleLine(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate: line += "\u{FFFD}"
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line
  }
}

/// Every mistake found in a scene, in the order of the file. Prints one per line.
public struct SceneErrors: Error, Sendable, CustomStringConvertible {
  public let diagnostics: [SceneDiagnostic]
  /// How many of them are printed: a broken file of a megabyte should not print ten.
  public static let mostPrinted = 50

  /// Sorts by place and drops repetitions.
  public init(_ diagnostics: [SceneDiagnostic]) {
    var seen = Set<SceneDiagnostic>()
    let unique = diagnostics.filter { seen.insert($0).inserted }
    self.diagnostics = unique.enumerated().sorted { a, b in
      let (left, right) = (a.element.mark, b.element.mark)
      if left.source != right.source {
        return a.offset < b.offset && left.source < right.source || left.source < right.source
      }
      return (left.line, left.column, a.offset) < (right.line, right.column, b.offset)
    }.map(\.element)
  }

  public var description: String {
    var lines = diagnostics.prefix(Self.mostPrinted).map(\.description)
    if diagnostics.count > Self.mostPrinted, let last = diagnostics.last {
      lines.append("\(last.mark.source): error: and \(diagnostics.count - Self.mostPrinted) more")
    }
    return lines.joined(separator: "\n")
  }
}
