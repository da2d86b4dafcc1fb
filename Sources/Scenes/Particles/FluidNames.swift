/// Which particles belong to which fluid.
struct FluidNames: Sendable {
  /// In order.
  var all: [(name: String, particles: Range<Int>)]

  /// The particles of a fluid; nil after reporting that there is none of that name.
  func particles(of fluid: Located<String>, _ diagnostics: inout DiagnosticList) -> Range<Int>? {
    particlesNamed(fluid, among: all, "fluid", &diagnostics)
  }
}

/// Which particles, of walls and after them of bodies, belong to which solid, tool or body.
struct SolidNames: Sendable {
  var all: [(name: String, particles: Range<Int>)]

  /// The particles of a solid; nil after reporting that there is none of that name.
  func particles(of solid: Located<String>, _ diagnostics: inout DiagnosticList) -> Range<Int>? {
    particlesNamed(solid, among: all, "solid, body or tool", &diagnostics)
  }
}

private func particlesNamed(
  _ wanted: Located<String>, among all: [(name: String, particles: Range<Int>)], _ kind: String,
  _ diagnostics: inout DiagnosticList
) -> Range<Int>? {
  if let found = all.first(where: { $0.name == wanted.value }) { return found.particles }
  let names = all.map(\.name)
  diagnostics.add(
    wanted.error(
      "there is no \(kind) `\(wanted.value)`",
      expected: names.isEmpty ? "one, and there is none" : "one of \(names.joined(separator: ", "))",
      remedy: nearestSpelling(of: wanted.value, among: names).map { "did you mean `\($0)`?" }))
  return nil
}
