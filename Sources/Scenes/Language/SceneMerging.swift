/// Merging of maps: the upper one wins, at every level.
///
/// A kind is replaced as a whole when the upper map chooses another: an `optimizer: mma` above an
/// `optimizer: {optimality-criteria: ...}` leaves no trace of the latter. Lists are replaced, never joined. `~` above
/// a key removes it.
enum SceneMerging {
  static func merged(_ upper: SceneNode, over lower: SceneNode, shape: Shape?) -> SceneNode {
    let shape = shape?.resolved
    if let kind = shape?.kind { return mergedKind(upper, over: lower, kind) }
    guard case .map(let upperEntries) = upper.content, case .map(let lowerEntries) = lower.content else { return upper }
    var result: [SceneNode.Entry] = []
    let keys = Set(lowerEntries.map(\.key))
    for entry in upperEntries {
      guard keys.contains(entry.key), let below = lower[entry.key] else {
        result.append(entry)
        continue
      }
      if case .nothing(written: true) = entry.value.content { continue }
      var merged = entry
      merged.value = Self.merged(entry.value, over: below, shape: shape?.child(entry.key))
      result.append(merged)
    }
    let upperKeys = Set(upperEntries.map(\.key))
    for entry in lowerEntries where !upperKeys.contains(entry.key) { result.append(entry) }
    return SceneNode(.map(result), at: upper.mark)
  }

  /// The upper map chooses the word; the lower one gives the options of that word.
  private static func mergedKind(_ upper: SceneNode, over lower: SceneNode, _ kind: Shape.Kind) -> SceneNode {
    let upper = spelledOut(upper)
    guard case .map(let upperEntries) = upper.content, let chosen = upperEntries.first, upperEntries.count == 1,
      let below = spelledOut(lower)[chosen.key]
    else { return upper }
    var entry = chosen
    if case .nothing = entry.value.content { entry.value.content = .map([]) }
    entry.value = merged(entry.value, over: below, shape: kind.cases.first { $0.word == chosen.key }?.shape)
    return SceneNode(.map([entry]), at: upper.mark)
  }

  /// `mma` as `{mma: {}}`.
  private static func spelledOut(_ node: SceneNode) -> SceneNode {
    guard case .scalar(let word, _) = node.content else { return node }
    let options = SceneNode(.map([]), at: node.mark)
    return SceneNode(.map([SceneNode.Entry(key: word, keyMark: node.mark, value: options)]), at: node.mark)
  }
}

extension Shape {
  /// The shape under a key of a map.
  func child(_ key: String) -> Shape? {
    switch resolved {
    case .record(let record): return record.fields.first { $0.key == key }?.shape
    case .kind(let kind): return kind.cases.first { $0.word == key }?.shape
    case .dictionary(let value, _): return value
    case .either(let shapes): return shapes.lazy.compactMap { $0.child(key) }.first
    default: return nil
    }
  }

  /// The kind that a map of this shape is.
  var kind: Kind? {
    switch resolved {
    case .kind(let kind): return kind
    case .either(let shapes): return shapes.lazy.compactMap(\.kind).first
    default: return nil
    }
  }

  /// The shape of a list's items.
  var item: Shape? {
    switch resolved {
    case .list(let item, _): return item
    case .either(let shapes): return shapes.lazy.compactMap(\.item).first
    default: return nil
    }
  }
}
