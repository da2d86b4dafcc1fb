/// Which particles belong to which fluid.
struct FluidNames: Sendable {
  /// In order.
  var all: [(name: String, particles: Range<Int>)]

  /// The particles of a fluid; nil after reporting that there is none of that name.
  func particles(of fluid: Located<String>, _ diagnostics: inout DiagnosticList) -> Range<Int>? {
    if let found = all.first(where: { $0.name == fluid.value }) { return found.particles }
    let names = all.map(\.name)
    diagnostics.add(
      fluid.error(
        "there is no fluid `\(fluid.value)`", expected: "one of \(names.joined(separator: ", "))",
        remedy: nearestSpelling(of: fluid.value, among: names).map { "did you mean `\($0)`?" }))
    return nil
  }
}
