/// How one kind of value is read from a scene, and what it may look like: decoding, schema and reference all follow
/// from the same declaration.
public struct Form<Value: Sendable>: Sendable {
  public let shape: Shape
  /// Reads a node; nil after reporting why not.
  let read: @Sendable (SceneNode, inout Decoding) -> Value?

  init(_ shape: Shape, read: @escaping @Sendable (SceneNode, inout Decoding) -> Value?) {
    self.shape = shape
    self.read = read
  }

  /// The same form with its value turned into another.
  func map<Other: Sendable>(_ transform: @escaping @Sendable (Value) -> Other) -> Form<Other> {
    let read = self.read
    return Form<Other>(shape) { node, decoding in read(node, &decoding).map(transform) }
  }

  /// The same form, keeping the place.
  var located: Form<Located<Value>> {
    let read = self.read
    return Form<Located<Value>>(shape) { node, decoding in read(node, &decoding).map { Located($0, at: node.mark) } }
  }

  /// The same form with one more condition; `check` returns the problem, if any.
  func checked(_ check: @escaping @Sendable (Value) -> (problem: String, remedy: String?)?) -> Form<Value> {
    let read = self.read
    return Form(shape) { node, decoding in
      guard let value = read(node, &decoding) else { return nil }
      guard let (problem, remedy) = check(value) else { return value }
      decoding.report(node.mark, problem, remedy: remedy)
      return nil
    }
  }

  /// The same form under a name, so that the schema describes it once.
  func named(_ name: String) -> Form<Value> {
    let shape = self.shape
    return Form(.named(name) { shape }, read: read)
  }

  /// A form that may be used within its own declaration.
  static func deferred(_ name: String, _ form: @escaping @Sendable () -> Form<Value>) -> Form<Value> {
    Form(.named(name) { form().shape.resolved }) { node, decoding in form().read(node, &decoding) }
  }
}

/// What reading a scene collects: the mistakes so far and where in the scene it is.
struct Decoding {
  private(set) var diagnostics: [SceneDiagnostic] = []
  /// Keys from the root to the value being read, for messages.
  private(set) var path: [String] = []
  /// After so many it stops to collect.
  static let mostDiagnostics = 1000

  /// The key whose value is being read: `youngs-modulus`.
  private var subject: String { path.last.map { "`\($0)`" } ?? "the scene" }

  var isFull: Bool { diagnostics.count >= Self.mostDiagnostics }

  mutating func report(
    _ mark: SourceMark, _ problem: String, found: String? = nil, expected: String? = nil, remedy: String? = nil
  ) {
    guard !isFull else { return }
    diagnostics.append(
      SceneDiagnostic(mark: mark, problem: problem, found: found, expected: expected, remedy: remedy))
  }

  mutating func add(_ diagnostic: SceneDiagnostic) { diagnostics.append(diagnostic) }

  /// The value is of the wrong shape.
  mutating func mismatch(_ node: SceneNode, expected: String, remedy: String? = nil) {
    if case .nothing(written: false) = node.content {
      report(node.mark, "\(subject) has no value", expected: expected, remedy: remedy)
    } else {
      report(node.mark, "\(subject) cannot be read", found: node.found, expected: expected, remedy: remedy)
    }
  }

  /// Reads with one more key on the path.
  mutating func within<Value>(_ key: String, _ body: (inout Decoding) -> Value) -> Value {
    path.append(key)
    defer { path.removeLast() }
    return body(&self)
  }

  var currentPath: String { path.joined(separator: ".") }
  var currentSubject: String { subject }
}
