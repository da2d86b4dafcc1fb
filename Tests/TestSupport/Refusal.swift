import Testing

/// Expects an error whose description contains some words.
///
/// - Parameters:
///   - words: that the description must contain.
///   - subject: what is refused, for the message of a failure.
///   - body: what must throw.
public func expectRefusal(
  _ words: String, of subject: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("\(subject) was not refused", sourceLocation: sourceLocation)
  } catch {
    #expect("\(error)".contains(words), "\(subject): \(error)", sourceLocation: sourceLocation)
  }
}
