/// Collects mistakes while a scene is built, so that all are reported at once.
struct DiagnosticList {
  private(set) var diagnostics: [SceneDiagnostic] = []

  mutating func add(_ diagnostic: SceneDiagnostic) { diagnostics.append(diagnostic) }

  /// Throws everything collected, if there is anything.
  func throwIfAny() throws {
    if !diagnostics.isEmpty { throw SceneErrors(diagnostics) }
  }
}
