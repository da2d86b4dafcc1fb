/// The files of a scene: itself, what it includes, and what those include, merged into one map.
///
/// - `include:` names a file or a list of files, relative to the one that names them. What the including file says
///   wins over them; of a list, later files win over earlier ones.
/// - `defaults:` is a map like a scene. It holds where neither the scene nor anything it includes says otherwise, so
///   that a family of scenes can change the language's own defaults. Unlike an included map it may hold options of
///   several kinds: those of the kind that the scene chooses count.
struct SceneSources {
  typealias Reader = (_ path: String, _ mark: SourceMark) throws(SceneErrors) -> [UInt8]

  static let mostFiles = 100
  private let reading: Reader
  private(set) var files: [String] = []
  /// Mistakes that leave the rest of the scene readable.
  private(set) var mistakes: [SceneDiagnostic] = []

  init(reading: @escaping Reader) { self.reading = reading }

  /// The scene at a path, with everything it includes worked in.
  mutating func merged(_ path: String) throws(SceneErrors) -> SceneNode {
    let start = SourceMark(source: path, line: 1, column: 1)
    let layers = try layers(of: path, namedAt: start, above: [])
    var root = layers.body
    for layer in layers.defaults { root = SceneMerging.merged(root, over: layer, shape: Scene.form.shape) }
    return root
  }

  /// What a file says, and its defaults from strongest to weakest.
  private mutating func layers(of path: String, namedAt mark: SourceMark, above: [String]) throws(SceneErrors)
    -> (body: SceneNode, defaults: [SceneNode])
  {
    let identity = Self.normalized(path)
    if above.contains(identity) {
      throw SceneErrors([
        SceneDiagnostic(
          mark: mark,
          problem:
            "`include` goes in a circle: \((above + [identity]).drop { $0 != identity }.joined(separator: " -> "))",
          remedy: "remove one of these includes")
      ])
    }
    guard files.count < Self.mostFiles else {
      throw SceneErrors([
        SceneDiagnostic(
          mark: mark, problem: "the scene includes more than \(Self.mostFiles) files", remedy: "include fewer")
      ])
    }
    let bytes = try reading(path, mark)
    files.append(path)
    var (root, formal) = try YAMLReading.root(of: SceneText(bytes: bytes, source: path))
    mistakes += formal
    let (names, defaults, problems) = Self.takeDirectives(from: &root)
    var failures = problems
    var included: [(body: SceneNode, defaults: [SceneNode])] = []
    for name in names {
      do {
        included.append(try layers(of: name.path, namedAt: name.mark, above: above + [identity]))
      } catch {
        failures += error.diagnostics
      }
    }
    guard failures.isEmpty else { throw SceneErrors(mistakes + failures) }
    var allDefaults = defaults.map { [$0] } ?? []
    for layer in included.reversed() {
      root = SceneMerging.merged(root, over: layer.body, shape: Scene.form.shape)
      allDefaults += layer.defaults
    }
    return (root, allDefaults)
  }

  /// Removes `include` and `defaults` from a file's map and reads them.
  private static func takeDirectives(from root: inout SceneNode)
    -> (names: [SceneFilePath], defaults: SceneNode?, problems: [SceneDiagnostic])
  {
    guard case .map(var entries) = root.content else { return ([], nil, []) }
    var decoding = Decoding()
    let names = root[includeKey].flatMap { node in
      decoding.within(includeKey) { Composites.oneOrMore(Scalars.file).read(node, &$0) }
    }
    var defaults = root[defaultsKey]
    if let node = defaults {
      if case .map = node.content {
      } else {
        decoding.within(defaultsKey) { $0.mismatch(node, expected: "a map like a scene") }
        defaults = nil
      }
    }
    entries.removeAll { $0.key == includeKey || $0.key == defaultsKey }
    root.content = .map(entries)
    return (names ?? [], defaults, decoding.diagnostics)
  }

  static let includeKey = "include"
  static let defaultsKey = "defaults"

  /// A path without `.` and `..`, to recognize a file that is named in two ways.
  static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !path.hasPrefix("/") {
        parts.append(part)
      }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}
