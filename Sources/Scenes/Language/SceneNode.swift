/// A value of a scene file before it is decoded: nothing, a scalar, a list or a map, with its place.
public struct SceneNode: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public var key: String
    public var keyMark: SourceMark
    public var value: SceneNode
  }

  public enum Content: Sendable, Equatable {
    /// `~`, `null` or nothing at all. `written` is false where the value was left out.
    case nothing(written: Bool)
    case scalar(String, quoted: Bool)
    case list([SceneNode])
    case map([Entry])
  }

  public var content: Content
  public var mark: SourceMark

  public init(_ content: Content, at mark: SourceMark) {
    self.content = content
    self.mark = mark
  }

  public subscript(key: String) -> SceneNode? {
    guard case .map(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }

  /// The map without some of its keys; anything else as it is.
  func without(_ keys: Set<String>) -> SceneNode {
    guard case .map(let entries) = content else { return self }
    return SceneNode(.map(entries.filter { !keys.contains($0.key) }), at: mark)
  }

  /// The node as an error message names what it found: "the word `cone`", "a list of 2".
  var found: String {
    switch content {
    case .nothing: return "nothing"
    case .list(let items): return items.isEmpty ? "an empty list" : "a list of \(items.count)"
    case .map(let entries):
      return entries.isEmpty
        ? "an empty map" : "a map with \(listing(entries.prefix(3).map { abbreviated($0.key) }, conjunction: "and"))"
    case .scalar(let text, let quoted):
      if text.isEmpty { return "an empty text" }
      if quoted { return "the text `\(abbreviated(text))`" }
      if ["true", "false"].contains(text.lowercased()) { return "the truth value `\(text)`" }
      return "`\(abbreviated(text))`"
    }
  }
}

extension SceneNode {
  /// What to do about a number or a truth value in quotes.
  var unquotingRemedy: String? {
    if case .scalar(_, quoted: true) = content { return "remove the quotes" }
    return nil
  }
}

/// At most so many characters of a text that a user wrote, for an error message.
func abbreviated(_ text: String, to limit: Int = 60) -> String {
  let scalars = text.unicodeScalars
  return scalars.count <= limit ? text : String(String.UnicodeScalarView(scalars.prefix(limit - 3))) + "..."
}
