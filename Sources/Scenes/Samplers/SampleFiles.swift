import DesignSamplers
import FieldIO
import Pictures

/// Writes what a run of sampling leaves behind.
struct SampleFiles {
  let scene: SamplerScene
  let folder: RunDirectory

  /// More tiles than this make a sheet that nobody looks through.
  private static let mostTiles = 36
  private static let invalid = Color(hex: 0xD55E00)
  private static let constrained = Color(hex: 0xE69F00)

  func write(
    plain: DesignAssessment, guided: DesignAssessment?, polished: [DesignPolish.Outcome],
    optima: DistinctOptima, reference: DesignPolish.Outcome?, _ result: SampleResult
  ) throws {
    let chosen = guided ?? plain
    func array(_ designs: [DenseVector]) -> [UInt8] {
      NPYFile(shape: [designs.count, shownSpace.count], values: designs.flatMap(\.elements)).bytes
    }
    try folder.write(array(try shown(chosen.designs)), to: "samples.npy")
    if guided != nil { try folder.write(array(try shown(plain.designs)), to: "samples-plain.npy") }
    if !polished.isEmpty {
      try folder.write(array(polished.map(\.design)), to: "polished.npy")
      try folder.write(Self.table(of: result).bytes, to: "polished.csv")
    }
    try writeTable(chosen)

    var pictures: [ReportPage.Picture] = []
    func add(_ sheet: Raster, _ name: String, _ caption: String) throws {
      try folder.write(sheet.png, to: name)
      pictures.append(.init(caption, .png(sheet.png)))
    }
    if let guided {
      try add(
        try sheet(guided), "samples.png",
        "Samples with guidance, best first; orange where a constraint is violated, red where invalid")
      try add(try sheet(plain), "samples-plain.png", "Samples without guidance, best first")
    } else {
      try add(
        try sheet(plain), "samples.png", "Samples, best first; orange where a constraint is violated, red where invalid"
      )
    }
    if !polished.isEmpty {
      let tiles = polished.map { ContactSheet.Tile(shownSpace.picture($0.design)) }
      try add(
        ContactSheet(columns: 3).render(tiles), "polished.png", "Samples after the scene's own optimizer, best first")
    }
    if optima.designs.count > 1 {
      let tiles = optima.designs.prefix(Self.mostTiles).map { ContactSheet.Tile(shownSpace.picture($0)) }
      try add(
        ContactSheet(columns: 3).render(tiles), "optima.png", "The best of each distinct optimum, best first")
    }
    if let reference {
      try add(
        shownSpace.picture(reference.design), "reference.png", "What the optimizer finds from the scene's own start")
    }
    let plot = CostHistogram(
      [("plain", plain.costs)] + (guided.map { [("guided", $0.costs)] } ?? []), title: "Samples by cost",
      xLabel: "objective over its scale, with squared violations")
    try folder.write(plot.svg, to: "costs.svg")
    pictures.append(.init("How many samples have which cost; the last step counts all that are worse", .svg(plot.svg)))
    let best = Self.bestOfMany(result)
    try folder.write(best.svg, to: "best-of.svg")
    pictures.append(
      .init("The expected cost of the best of some samples, by the simulator's calls for them", .svg(best.svg)))
    let json = try result.json()
    if scene.file.scene.output.report {
      try folder.write(
        ReportPage(
          title: scene.scene.title, subtitle: scene.file.scene.description ?? "", summary: Self.summary(result),
          pictures: pictures, timings: Self.timings(result), sceneText: scene.file.resolvedText, resultJSON: json,
          footer: "Backsolve \(Version.backsolve)"
        ).html, to: "report.html")
    }
    // Last, so that a folder with a result is a complete one.
    try folder.write(json, to: "result.json")
  }

  /// The cost of the best of some samples against what they ask of the simulator: each its part of the calls.
  private static func bestOfMany(_ result: SampleResult) -> LinePlot {
    let sets = [("plain", result.plain)] + (result.guided.map { [("guided", $0)] } ?? [])
    let series = sets.map { name, set in
      let calls = Double(set.calls.values + set.calls.gradients) / Double(max(1, set.count))
      return LinePlot.Series(name, x: set.bestOf.map { calls * Double($0.designs) }, y: set.bestOf.map(\.cost))
    }
    return LinePlot(
      title: "The best of some samples", xLabel: "calls of the simulator, values and gradients", series: series)
  }

  /// The space of the designs that the scene itself is about.
  private var shownSpace: any DesignSpace { scene.finer?.space ?? scene.space }

  private func shown(_ designs: [DenseVector]) throws -> [DenseVector] { try scene.finer?.refined(designs) ?? designs }

  /// The best first, the invalid last.
  private func sheet(_ assessed: DesignAssessment) throws -> Raster {
    let problem = scene.scene.problem
    let order = assessed.designs.indices.sorted { (assessed.costs[$0], $0) < (assessed.costs[$1], $1) }
    let first = Array(order.prefix(Self.mostTiles))
    let drawn = try shown(first.map { assessed.designs[$0] })
    let tiles = zip(first, drawn).map { index, design -> ContactSheet.Tile in
      let picture = shownSpace.picture(design)
      guard let values = assessed.values[index] else { return .init(picture, frame: Self.invalid) }
      return problem.nearlyKeepsConstraints(values) ? .init(picture) : .init(picture, frame: Self.constrained)
    }
    return ContactSheet(columns: 6).render(tiles)
  }

  private func writeTable(_ assessed: DesignAssessment) throws {
    let problem = scene.scene.problem
    var table = CSVFile(columns: ["sample", "failed_test", "objective", "worst_violation", "cost"])
    for index in assessed.designs.indices {
      let values = assessed.values[index]
      table.append([
        .integer(index), .text(assessed.failedTests[index] ?? ""),
        values.map { .real(problem.objectiveValue($0)) } ?? .text(""),
        values.map { .real(problem.worstViolation($0)) } ?? .text(""),
        assessed.costs[index].isFinite ? .real(assessed.costs[index]) : .text(""),
      ])
    }
    try folder.write(table.bytes, to: "samples.csv")
  }

  /// Polished designs in the order of `polished.npy`; optima are counted from 1.
  private static func table(of result: SampleResult) -> CSVFile {
    var table = CSVFile(columns: ["sample", "objective", "worst_violation", "iterations", "reason", "optimum"])
    for entry in result.polished {
      let optimum = result.optima?.found.firstIndex { $0.samples.contains(entry.sample) }
      table.append([
        .integer(entry.sample), .real(entry.objective), .real(entry.violation), .integer(entry.iterations),
        .text(entry.reason), optimum.map { .integer($0 + 1) } ?? .text(""),
      ])
    }
    return table
  }

  private static func number(_ value: Double) -> String { NumberFormat.significant(value, digits: 5) }

  private static func summary(_ result: SampleResult) -> [ReportPage.Row] {
    var rows: [ReportPage.Row] = []
    func add(_ name: String, _ set: SampleResult.DesignSet) {
      rows.append(.init("\(name) samples valid", "\(number(100 * set.valid)) % of \(set.count)"))
      for (test, count) in set.failedTests.sorted(by: { $0.key < $1.key }) {
        rows.append(.init("\(name): \(test)", "\(count)"))
      }
      if let best = set.bestObjective { rows.append(.init("\(name): best objective", number(best))) }
      if let median = set.medianObjective { rows.append(.init("\(name): median objective", number(median))) }
      if let accuracy = set.neighbourAccuracy { rows.append(.init("\(name): told apart from data", number(accuracy))) }
      if let novelty = set.novelty { rows.append(.init("\(name): distance to the nearest learned", number(novelty))) }
      if let coverage = set.coverage { rows.append(.init("\(name): coverage of data", number(coverage))) }
      rows.append(.init("\(name): distance of two", number(set.meanDistance)))
      for (measure, value) in set.measures.sorted(by: { $0.key < $1.key }) {
        rows.append(.init("\(name): mean \(measure)", number(value)))
      }
      rows.append(.init("\(name): simulator calls", "\(set.calls.values) values, \(set.calls.gradients) gradients"))
    }
    add("plain", result.plain)
    if let guided = result.guided { add("guided", guided) }
    if let held = result.heldOut { rows += Self.rows(held) }
    if result.cutMoves + result.droppedMoves > 0 {
      rows.append(
        .init("moves of guidance", "\(result.cutMoves) cut as too long, \(result.droppedMoves) left out as no numbers"))
    }
    if let optima = result.optima {
      rows.append(.init("distinct optima", optima.words))
      rows.append(.init("told apart by", "\(optima.difference), more than \(number(optima.threshold))"))
    }
    for entry in result.polished {
      rows.append(
        .init("\(entry.origin) polished", "\(number(entry.objective)) in \(entry.iterations) iterations"))
      for (measure, value) in entry.measures.sorted(by: { $0.key < $1.key }) {
        rows.append(.init("\(entry.origin) polished: \(measure)", number(value)))
      }
    }
    if let reference = result.reference {
      rows.append(
        .init("the optimizer alone", "\(number(reference.objective)) in \(reference.iterations) iterations"))
    }
    return rows
  }

  private static func rows(_ held: SampleResult.HeldOut) -> [ReportPage.Row] {
    var rows: [ReportPage.Row] = []
    let name = "problems not learned"
    rows.append(.init("\(name): samples valid", "\(number(100 * held.valid)) % of \(held.count)"))
    rows.append(.init("\(name): samples that keep the constraints", "\(number(100 * held.feasible)) %"))
    if let median = held.medianExcess, let mean = held.meanExcess {
      rows.append(
        .init("\(name): objective behind the optimizer's", "\(number(100 * median)) %, mean \(number(100 * mean)) %"))
    }
    rows.append(.init("\(name): told apart from optimized designs", number(held.neighbourAccuracy)))
    if let accuracy = held.unpairedAccuracy {
      rows.append(.init("\(name): told apart from optimized designs of other problems", number(accuracy)))
    }
    rows.append(.init("\(name): coverage of optimized designs", number(held.coverage)))
    rows.append(
      .init(
        "\(name): distance of two",
        "\(number(held.meanDistance)), of optimized designs \(number(held.meanDistanceOfData))"))
    if let novelty = held.novelty { rows.append(.init("\(name): distance to the nearest learned", number(novelty))) }
    for (measure, value) in held.measures.sorted(by: { $0.key < $1.key }) {
      rows.append(.init("\(name): mean \(measure)", number(value)))
    }
    rows.append(
      .init("\(name): simulator calls", "\(held.calls.values) values, \(held.calls.gradients) gradients"))
    return rows
  }

  private static func timings(_ result: SampleResult) -> [ReportPage.Row] {
    [
      .init("wall time", "\(number(result.wallSeconds)) s"), .init("CPU time", "\(number(result.cpuSeconds)) s"),
      .init("peak memory", "\(number(Double(result.peakMemoryBytes) / 1e6)) MB"),
      .init("threads", "\(result.threads)"),
    ] + result.sampler.sorted { $0.key < $1.key }.map { .init("sampler: \($0.key)", $0.value) }
      + result.notes.map { .init("note", $0) }
  }
}
