/// Forms made of other forms.
enum Composites {
  static let mostItems = 50_000

  static func list<Item: Sendable>(_ item: Form<Item>, count: ClosedRange<Int> = 0...mostItems) -> Form<[Item]> {
    let shape = Shape.list(item.shape, count: count)
    let read = item.read
    return Form(shape) { node, decoding in
      guard case .list(let nodes) = node.content else {
        decoding.mismatch(node, expected: shape.expectation, remedy: "write it in brackets, as in `[...]`")
        return nil
      }
      guard count.contains(nodes.count) else {
        let expected =
          count.lowerBound == count.upperBound
          ? "\(count.lowerBound)"
          : nodes.count < count.lowerBound ? "at least \(count.lowerBound)" : "at most \(count.upperBound)"
        decoding.report(
          node.mark, "\(decoding.currentSubject) has the wrong number of items", found: node.found, expected: expected)
        return nil
      }
      var items: [Item] = []
      items.reserveCapacity(nodes.count)
      for item in nodes {
        if let value = read(item, &decoding) { items.append(value) }
      }
      return items.count == nodes.count ? items : nil
    }
  }

  /// A list, or one item without brackets.
  static func oneOrMore<Item: Sendable>(_ item: Form<Item>) -> Form<[Item]> {
    let several = list(item, count: 1...mostItems)
    return Form(.either([item.shape, several.shape])) { node, decoding in
      if case .list = node.content { return several.read(node, &decoding) }
      return item.read(node, &decoding).map { [$0] }
    }
  }

  /// Alternatives told apart by what is written: a scalar, a list or a map.
  static func either<Value: Sendable>(
    scalar: Form<Value>? = nil, list: Form<Value>? = nil, map: Form<Value>? = nil
  ) -> Form<Value> {
    let shape = Shape.either([scalar?.shape, list?.shape, map?.shape].compactMap(\.self))
    return Form(shape) { node, decoding in
      let form: Form<Value>? =
        switch node.content {
        case .nothing: nil
        case .scalar: scalar
        case .list: list
        case .map: map
        }
      guard let form else {
        decoding.mismatch(node, expected: shape.expectation)
        return nil
      }
      return form.read(node, &decoding)
    }
  }

  /// A map from names chosen by the user to values of one form.
  static func named<Value: Sendable>(_ value: Form<Value>, _ doc: String)
    -> Form<[(name: Located<String>, value: Value)]>
  {
    let shape = Shape.dictionary(value.shape, doc: doc)
    return Form(shape) { node, decoding in
      guard case .map(let entries) = node.content else {
        decoding.mismatch(node, expected: shape.expectation)
        return nil
      }
      var values: [(name: Located<String>, value: Value)] = []
      for entry in entries {
        guard let read = decoding.within(entry.key, { value.read(entry.value, &$0) }) else { continue }
        values.append((Located(entry.key, at: entry.keyMark), read))
      }
      return values.count == entries.count ? values : nil
    }
  }

  /// A map with exactly one of several words as its key, or that word alone.
  static func kind<Value: Sendable>(_ name: String, _ doc: String, _ choices: [Choice<Value>]) -> Form<Value> {
    let shape = Shape.kind(
      Shape.Kind(
        name: name, doc: doc, cases: choices.map { Shape.Choice(word: $0.word, doc: $0.doc, shape: $0.form.shape) }))
    let words = choices.map(\.word)
    @Sendable func choice(_ word: String, _ node: SceneNode, at mark: SourceMark, _ decoding: inout Decoding) -> Choice<
      Value
    >? {
      if let choice = choices.first(where: { $0.word == word }) { return choice }
      let near = nearestSpelling(of: word, among: words).map { "did you mean `\($0)`?" }
      decoding.report(
        mark, "`\(abbreviated(word))` is not a \(name)", expected: near == nil ? listing(words) : nil,
        remedy: near)
      return nil
    }
    return Form(shape) { node, decoding in
      switch node.content {
      case .scalar(let word, _):
        guard let choice = choice(word, node, at: node.mark, &decoding) else { return nil }
        guard choice.form.shape.acceptsEmptyMap else {
          decoding.report(
            node.mark, "`\(word)` needs more than its name", expected: choice.form.shape.expectation,
            remedy: "write it as `\(word): {...}`")
          return nil
        }
        return decoding.within(word) { choice.form.read(SceneNode(.map([]), at: node.mark), &$0) }
      case .map(let entries):
        guard let entry = entries.first else {
          decoding.report(node.mark, "\(decoding.currentSubject) is empty", expected: shape.expectation)
          return nil
        }
        guard entries.count == 1 else {
          decoding.report(
            entries[1].keyMark, "\(decoding.currentSubject) takes one \(name)",
            found: listing(entries.prefix(4).map { abbreviated($0.key) }, conjunction: "and"),
            expected: "one of \(listing(words))",
            remedy: "keep one of them")
          return nil
        }
        guard let choice = choice(entry.key, node, at: entry.keyMark, &decoding) else { return nil }
        var value = entry.value
        // `mma:` with nothing after it means its defaults.
        if case .nothing = value.content, choice.form.shape.acceptsEmptyMap { value.content = .map([]) }
        return decoding.within(entry.key) { choice.form.read(value, &$0) }
      case .list, .nothing:
        decoding.mismatch(node, expected: shape.expectation)
        return nil
      }
    }
  }
}

/// One word of a kind, and what may follow it.
struct Choice<Value: Sendable>: Sendable {
  let word: String
  let doc: String
  let form: Form<Value>

  init(_ word: String, _ doc: String, _ form: Form<Value>) {
    self.word = word
    self.doc = doc
    self.form = form
  }

  func map<Other: Sendable>(_ transform: @escaping @Sendable (Value) -> Other) -> Choice<Other> {
    Choice<Other>(word, doc, form.map(transform))
  }
}
