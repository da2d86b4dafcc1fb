import SmoothedParticles

/// What a scene's designs may change of its inlets: the histories of their speeds, and how fast they may become.
struct InflowHistories {
  /// By the inlet's name.
  private(set) var histories: [String: InflowHistory] = [:]
  /// The greatest speed, by the inlet's name, m/s; those that no design changes are not among them.
  private(set) var fastest: [String: Double] = [:]

  /// - Parameters:
  ///   - design: the scene's.
  ///   - openings: inlets and outlets.
  ///   - end: of the simulation, s; nil where it is not known before the run.
  init(
    _ design: Located<any Scene.Design>?, of openings: [OpenFilling.Opening], end: Double?,
    _ diagnostics: inout DiagnosticList
  ) {
    let inlets = openings.filter { $0.kind == .inlet }
    for one in ToolFilling.designs(design) {
      let named: Located<String>?, limit: Double
      switch one.value {
      case let design as Scene.InflowDesign: (named, limit) = (design.inlet, design.limit)
      case let design as Scene.InflowHistoryDesign: (named, limit) = (design.inlet, design.limit.value)
      default: continue
      }
      let found = named.map { named in inlets.first { $0.name == named.value } } ?? inlets.first
      // A name that is none is reported where the variables are made.
      guard let inlet = found, let speed = inlet.declared.speed?.value else { continue }
      if fastest[inlet.name] != nil {
        diagnostics.add(
          one.error("the inflow through `\(inlet.name)` is designed twice", remedy: "leave out one of them"))
      }
      fastest[inlet.name] = speed + limit
      guard let design = one.value as? Scene.InflowHistoryDesign else { continue }
      guard let duration = design.duration?.value ?? end else {
        diagnostics.add(
          one.error("`inflow-history` lacks `duration`", remedy: "add it, or give the simulation an `end` in s"))
        continue
      }
      histories[inlet.name] = InflowHistory(
        coefficients: [Double](repeating: speed, count: design.knots), duration: duration)
    }
  }
}
