/// A change of a scene given on the command line: `optimizer.mma.move-limit=0.1`, `constraints.0.volume-fraction.at-most=0.3`.
struct SceneOverride {
  private let text: String
  private let steps: [String]
  private let value: SceneNode
  private let mark: SourceMark

  init(_ text: String) throws(SceneErrors) {
    self.text = abbreviated(text)
    mark = .override(self.text)
    guard let equals = text.firstIndex(of: "=") else {
      throw Self.failed(mark, "there is no `=`", expected: "a path and a value, as in `optimizer.mma.move-limit=0.1`")
    }
    steps = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map { String($0).trimmingSpaces() }
    guard steps.count <= YAMLReading.deepestNesting, steps.allSatisfy({ !$0.isEmpty }) else {
      throw Self.failed(
        mark, "the path before `=` has an empty or too deep step",
        expected: "keys separated by points, as in `optimizer.mma.move-limit`")
    }
    if steps[0] == SceneSources.includeKey || steps[0] == SceneSources.defaultsKey {
      throw Self.failed(
        mark, "`\(steps[0])` cannot be set from the command line", remedy: "write a scene that includes the other")
    }
    var node: SceneNode?
    do throws(SceneErrors) {
      let body = try SceneText(bytes: Array(text[text.index(after: equals)...].utf8), source: mark.source)
      let (read, mistakes) = try YAMLReading.read(body.text, source: mark.source)
      guard mistakes.isEmpty else { throw SceneErrors(mistakes) }
      node = read
    } catch {
      // The value has no lines of its own.
      let mark = self.mark
      throw SceneErrors(
        error.diagnostics.map {
          SceneDiagnostic(mark: mark, problem: $0.problem, found: $0.found, expected: $0.expected, remedy: $0.remedy)
        })
    }
    value = Self.marked(node ?? SceneNode(.nothing(written: false), at: mark), mark)
  }

  private static func failed(_ mark: SourceMark, _ problem: String, expected: String? = nil, remedy: String? = nil)
    -> SceneErrors
  {
    SceneErrors([SceneDiagnostic(mark: mark, problem: problem, expected: expected, remedy: remedy)])
  }

  private static func marked(_ node: SceneNode, _ mark: SourceMark) -> SceneNode {
    switch node.content {
    case .nothing, .scalar: return SceneNode(node.content, at: mark)
    case .list(let items): return SceneNode(.list(items.map { marked($0, mark) }), at: mark)
    case .map(let entries):
      return SceneNode(
        .map(entries.map { SceneNode.Entry(key: $0.key, keyMark: mark, value: marked($0.value, mark)) }), at: mark)
    }
  }

  /// The scene with this change.
  func applied(to root: SceneNode, shape: Shape) throws(SceneErrors) -> SceneNode {
    try changed(root, steps[...], shape)
  }

  private func changed(_ node: SceneNode, _ rest: ArraySlice<String>, _ shape: Shape?) throws(SceneErrors) -> SceneNode
  {
    guard let step = rest.first else {
      // A map is merged into what is there, anything else replaces it.
      return SceneMerging.merged(value, over: node, shape: shape)
    }
    if case .list(var items) = node.content {
      guard let index = Int(step), items.indices.contains(index) else {
        let count = items.count
        throw Self.failed(
          mark, "`\(abbreviated(step))` is not an item of the list here",
          expected: count == 0 ? "no index, because the list is empty" : "an index from 0 to \(count - 1)")
      }
      items[index] = try changed(items[index], rest.dropFirst(), shape?.item)
      return SceneNode(.list(items), at: node.mark)
    }
    if Int(step) != nil, case .list? = shape?.resolved {
      throw Self.failed(
        mark, "there is no list at `\(steps.dropLast(rest.count).joined(separator: "."))` to index",
        remedy: "set the whole list")
    }
    var overlayValue = value
    var path = rest.dropFirst()
    if case .map = node.content, let below = node[step] {
      overlayValue = try changed(below, path, shape?.child(step))
      // `below` is merged already.
      path = []
      return replacing(step, by: overlayValue, in: node, shape)
    }
    for step in path.reversed() {
      overlayValue = SceneNode(.map([SceneNode.Entry(key: step, keyMark: mark, value: overlayValue)]), at: mark)
    }
    let overlay = SceneNode(.map([SceneNode.Entry(key: step, keyMark: mark, value: overlayValue)]), at: mark)
    return SceneMerging.merged(overlay, over: node, shape: shape)
  }

  private func replacing(_ key: String, by value: SceneNode, in node: SceneNode, _ shape: Shape?) -> SceneNode {
    guard case .map(var entries) = node.content, let index = entries.firstIndex(where: { $0.key == key }) else {
      return node
    }
    if case .nothing(written: true) = value.content, value.mark == mark {
      entries.remove(at: index)
    } else {
      entries[index].value = value
    }
    return SceneNode(.map(entries), at: node.mark)
  }
}
