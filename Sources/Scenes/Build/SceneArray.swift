import FieldIO

extension SceneFilePath {
  /// The array of a `.npy` file; nil after reporting why it cannot be read.
  func array(_ diagnostics: inout DiagnosticList) -> NPYFile? {
    do {
      return try NPYFile(bytes: try AtomicFile.read(path), path: path)
    } catch {
      diagnostics.add(SceneDiagnostic(mark: mark, problem: "\(error)"))
      return nil
    }
  }
}
