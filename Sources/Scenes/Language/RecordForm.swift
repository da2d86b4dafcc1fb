/// One key of a record: its name, its form, whether it must be there, and its documentation.
struct Field<Value: Sendable>: Sendable {
  let key: String
  let doc: String
  let shape: Shape
  let isRequired: Bool
  let defaultText: String?
  let form: @Sendable (SceneNode, inout Decoding) -> Value?
  /// The value where the key is absent; nil where it is required.
  let absent: (@Sendable () -> Value)?

  var description: Shape.Key {
    Shape.Key(key: key, doc: doc, isRequired: isRequired, defaultText: defaultText, shape: shape)
  }
}

/// A key that must be there.
func required<Value>(_ key: String, _ form: Form<Value>, _ doc: String) -> Field<Value> {
  Field(key: key, doc: doc, shape: form.shape, isRequired: true, defaultText: nil, form: form.read, absent: nil)
}

/// A key that may be left out.
func optional<Value>(_ key: String, _ form: Form<Value>, _ doc: String) -> Field<Value?> {
  Field<Value?>(
    key: key, doc: doc, shape: form.shape, isRequired: false, defaultText: nil,
    form: { node, decoding in form.read(node, &decoding).map(Optional.some) }, absent: { nil })
}

/// A key with a default, given as the value and as a scene would write it.
func defaulted<Value>(_ key: String, _ form: Form<Value>, _ value: Value, written: String? = nil, _ doc: String)
  -> Field<Value>
{
  let text = written ?? (value as? Double).map(shortestNumber) ?? "\(value)"
  return Field(
    key: key, doc: doc, shape: form.shape, isRequired: false, defaultText: text, form: form.read, absent: { value })
}

private func shortestNumber(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e6 ? String(Int(value)) : "\(value)"
}

/// A map with declared keys; `build` makes the value out of the fields' values, in order.
func record<each Value: Sendable, Result: Sendable>(
  _ doc: String, _ field: repeat Field<each Value>, needsOneOf: [String] = [],
  build: @escaping @Sendable (repeat each Value) -> Result
) -> Form<Result> {
  var keys: [Shape.Key] = []
  repeat keys.append((each field).description)
  let shape = Shape.Record(doc: doc, fields: keys, needsOneOf: needsOneOf)
  let fields = (repeat each field)
  return Form(.record(shape)) { node, decoding in
    guard case .map = node.content else {
      decoding.mismatch(node, expected: Shape.record(shape).expectation)
      return nil
    }
    guard checkKeys(of: node, shape, &decoding) else {
      // The known keys are still read, so that their mistakes are reported too.
      _ = (repeat readField(each fields, of: node, &decoding))
      return nil
    }
    let values = (repeat readField(each fields, of: node, &decoding))
    var isComplete = true
    repeat (isComplete = isComplete && (each values) != nil)
    guard isComplete else { return nil }
    return build(repeat (each values)!)
  }
}

/// Reports unknown and missing keys; true when there are none.
private func checkKeys(of node: SceneNode, _ shape: Shape.Record, _ decoding: inout Decoding) -> Bool {
  guard case .map(let entries) = node.content else { return false }
  let known = shape.fields.map(\.key)
  var isComplete = true
  for entry in entries where !known.contains(entry.key) {
    isComplete = false
    guard !decoding.isFull else { break }
    let near = nearestSpelling(of: entry.key, among: known).map { "did you mean `\($0)`?" }
    let expected = known.isEmpty ? "no keys at all" : listing(known)
    decoding.report(
      entry.keyMark, "`\(abbreviated(entry.key))` is not a key of \(decoding.currentSubject)",
      expected: near == nil ? expected : nil, remedy: near)
  }
  let present = Set(entries.map(\.key))
  for field in shape.fields where field.isRequired && !present.contains(field.key) {
    isComplete = false
    decoding.report(
      node.mark, "\(decoding.currentSubject) lacks `\(field.key)`",
      expected: field.shape.expectation(isNested: true), remedy: "add `\(field.key): ...`")
  }
  if isComplete, !shape.needsOneOf.isEmpty, present.isDisjoint(with: shape.needsOneOf) {
    isComplete = false
    decoding.report(
      node.mark, "\(decoding.currentSubject) says too little", expected: "at least one of \(listing(shape.needsOneOf))")
  }
  return isComplete
}

private func readField<Value: Sendable>(_ field: Field<Value>, of node: SceneNode, _ decoding: inout Decoding) -> Value?
{
  guard let value = node[field.key] else { return field.absent?() }
  return decoding.within(field.key) { field.form(value, &$0) }
}

/// A map that two records share: each reads its own keys.
func joined<First: Sendable, Second: Sendable>(_ first: Form<First>, _ second: Form<Second>) -> Form<(First, Second)> {
  guard case .record(let a) = first.shape, case .record(let b) = second.shape else {
    preconditionFailure("only records can be joined")
  }
  let shape = Shape.Record(doc: a.doc, fields: a.fields + b.fields, needsOneOf: a.needsOneOf + b.needsOneOf)
  return Form(.record(shape)) { node, decoding in
    guard case .map(let entries) = node.content else {
      decoding.mismatch(node, expected: Shape.record(shape).expectation)
      return nil
    }
    // Unknown keys are reported once, against the keys of both.
    let known = Set(shape.fields.map(\.key))
    let hasUnknown = entries.contains { !known.contains($0.key) }
    if hasUnknown {
      let optional = Shape.Record(
        doc: "",
        fields: shape.fields.map {
          Shape.Key(key: $0.key, doc: $0.doc, isRequired: false, defaultText: nil, shape: $0.shape)
        })
      _ = checkKeys(of: node, optional, &decoding)
    }
    func part(_ record: Shape.Record) -> SceneNode {
      let keys = Set(record.fields.map(\.key))
      return SceneNode(.map(entries.filter { keys.contains($0.key) }), at: node.mark)
    }
    let one = first.read(part(a), &decoding)
    let two = second.read(part(b), &decoding)
    guard let one, let two, !hasUnknown else { return nil }
    return (one, two)
  }
}
