import Foundation

/// A scene read from a file: what it declares, and its text as resolved.
public struct SceneFile: Sendable {
  /// As the user named it.
  public let path: String
  public let scene: Scene
  /// The whole scene as one YAML text, with included files, defaults and overrides worked in.
  public let resolvedText: String
  /// The same without what only says when a run stops, what it writes, on how many threads, and what a sampler does: two scenes with the same
  /// text go through the same designs.
  let runText: String
  /// Every file that was read, the scene first.
  public let files: [String]

  /// Reads, merges, overrides and decodes a scene.
  ///
  /// - Parameters:
  ///   - path: the scene, as the user named it; messages repeat it.
  ///   - overrides: texts such as `optimizer.mma.move-limit=0.1`, applied in order.
  /// - Throws: every mistake that was found.
  public static func load(_ path: String, overrides: [String] = []) throws(SceneErrors) -> SceneFile {
    try load(path, overrides: overrides, reading: readFile)
  }

  /// The same for a text that is not in a file; files it includes are relative to `name`.
  public static func parse(_ text: String, name: String = "scene.yaml", overrides: [String] = [])
    throws(SceneErrors) -> SceneFile
  {
    try parse(bytes: Array(text.utf8), name: name, overrides: overrides)
  }

  /// The same for bytes that may not even be text.
  public static func parse(bytes: [UInt8], name: String = "scene.yaml", overrides: [String] = [])
    throws(SceneErrors) -> SceneFile
  {
    try load(name, overrides: overrides) { path, mark throws(SceneErrors) in
      path == name ? bytes : try readFile(path, mark)
    }
  }

  private static func load(
    _ path: String, overrides: [String], reading: @escaping SceneSources.Reader
  ) throws(SceneErrors) -> SceneFile {
    var sources = SceneSources(reading: reading)
    var root = try sources.merged(path)
    var decoding = Decoding()
    for text in overrides {
      do {
        root = try SceneOverride(text).applied(to: root, shape: Scene.form.shape)
      } catch {
        for diagnostic in error.diagnostics { decoding.add(diagnostic) }
      }
    }
    let scene = Scene.form.read(root, &decoding)
    let mistakes = sources.mistakes + decoding.diagnostics
    guard let scene, mistakes.isEmpty else { throw SceneErrors(mistakes) }
    return SceneFile(
      path: path, scene: scene, resolvedText: ResolvedYAML.text(of: root, shape: Scene.form.shape),
      runText: ResolvedYAML.text(of: withoutLimits(root), shape: Scene.form.shape), files: sources.files)
  }

  private static func withoutLimits(_ root: SceneNode) -> SceneNode {
    var root = root.without(["title", "description", "threads", "output", "sampler", "guidance"])
    guard case .map(var entries) = root.content else { return root }
    for index in entries.indices where entries[index].key == "optimizer" {
      guard case .map(var methods) = entries[index].value.content else { continue }
      for method in methods.indices { methods[method].value = methods[method].value.without(["iterations"]) }
      entries[index].value.content = .map(methods)
    }
    root.content = .map(entries)
    return root
  }

  /// The bytes of a regular file of bearable size.
  private static func readFile(_ path: String, _ mark: SourceMark) throws(SceneErrors) -> [UInt8] {
    func failed(_ problem: String, remedy: String? = nil) -> SceneErrors {
      SceneErrors([SceneDiagnostic(mark: mark, problem: problem, remedy: remedy)])
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      switch errno {
      case ENOENT, ENOTDIR: throw failed("there is no file `\(abbreviated(path, to: 400))`", remedy: similarFile(path))
      case EACCES:
        throw failed("the file `\(abbreviated(path, to: 400))` may not be read", remedy: "check its permissions")
      default:
        throw failed("the file `\(abbreviated(path, to: 400))` cannot be opened: \(String(cString: strerror(errno)))")
      }
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw failed("`\(abbreviated(path, to: 400))` is a folder", remedy: "name the scene file in it")
    default: throw failed("`\(abbreviated(path, to: 400))` is not a regular file")
    }
    guard let file = fopen(path, "rb") else {
      throw failed("the file `\(abbreviated(path, to: 400))` cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    // One byte beyond the limit, so that a larger file is recognized by its reader.
    var bytes = [UInt8](repeating: 0, count: min(SceneText.largestFile, max(0, Int(status.st_size))) + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0 else { throw failed("the file `\(abbreviated(path, to: 400))` cannot be read") }
    if count > SceneText.largestFile {
      throw failed(
        "the file holds \(status.st_size) bytes, more than the \(SceneText.largestFile) a scene may have",
        remedy: "put meshes and masks in files of their own")
    }
    return Array(bytes[..<count])
  }

  private static func similarFile(_ path: String) -> String? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.dropLast().joined(separator: "/")
    guard let name = parts.last, !name.isEmpty,
      let names = try? FileManager.default.contentsOfDirectory(
        atPath: folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder)
    else { return nil }
    let near = nearestSpelling(
      of: String(name), among: names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted())
    return near.map { "did you mean `\(folder.isEmpty ? "" : folder + "/")\($0)`?" }
  }
}
