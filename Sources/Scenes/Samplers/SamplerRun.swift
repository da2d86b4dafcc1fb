import DesignSamplers
import FieldIO

/// One `sample` from start to finish: drawing, guidance, tests, the simulator's word, polishing, files.
public struct SamplerRun {
  public let scene: SamplerScene
  /// Nil: what the scene names.
  public let weights: String?
  /// Problems that were not learned, on which a sample each is compared with the optimizer; 0 for none.
  public var heldOut = 0
  /// The folder of designs that were learned, for their distance from samples; nil where it is not at hand.
  public var data: String?

  public init(_ scene: SamplerScene, weights: String? = nil) {
    self.scene = scene
    self.weights = weights
  }

  /// - Parameters:
  ///   - directory: The run folder.
  ///   - progress: Told in words what goes on.
  ///   - stops: Asked between steps; what is drawn by then is lost.
  /// - Throws: `SceneErrors` for weights and conditions that do not fit, `SolveFailure` where no sample is valid.
  public func execute(
    into directory: String, progress: @escaping (String) -> Void, stops: @escaping () -> Bool
  ) throws -> SampleResult {
    let start = ProcessUsage.wallSeconds
    let read = try scene.readWeights(weights)
    let request = try scene.request()
    let given = try data.map { try DesignDataSet.load(for: scene, from: $0).designs }
    let folder = try RunDirectory(directory)
    try folder.beginAnew()
    try folder.write(scene.file.resolvedText, to: "scene.yaml")
    let drawing = SampleDrawing(scene: scene, weights: read, request: request, progress: progress, stops: stops)
    let (cost, objectiveScale, notes) = try drawing.cost()

    var plain = DesignAssessment(try drawing.plain(), of: scene, cost: cost)
    plain.calls.gradients += scene.sketch
    var guided: DesignAssessment?
    let cuts = MoveCuts()
    if let steered = try drawing.guided(cost, cuts) {
      var assessed = DesignAssessment(steered.designs, of: scene, cost: cost)
      assessed.calls.values += steered.calls.values
      assessed.calls.gradients += steered.calls.gradients + scene.sketch
      assessed.calls.failures += steered.calls.failures
      guided = assessed
    }
    let chosen = guided ?? plain
    if chosen.valid.isEmpty { throw chosen.refusal() }
    let rows = read.scaling.rows(chosen.designs)
    // As far apart as a quarter of what two samples are on average.
    let best = BestOfMany.distinct(
      rows, costs: chosen.costs, count: scene.guidance.polish, distance: 0.25 * SetMeasures.meanDistance(rows))
    let sketch = AssessedSketch(request, of: scene, cost: cost)
    if let asked = sketch?.calls {
      plain.calls.values += asked.values
      plain.calls.failures += asked.failures
    }
    let better = sketch.flatMap { $0.isBetter(than: chosen) ? $0 : nil }
    var designs = best.map { (sample: $0, design: chosen.designs[$0]) }
    if let better, scene.guidance.polish > 0 { designs.insert((SampleResult.Polished.ofSketch, better.design), at: 0) }
    let starts = try scene.finer?.refined(designs.map(\.design)) ?? designs.map(\.design)
    let (polisher, alone) = scene.finer.map { ($0.polisher, $0.scene) } ?? (scene.polisher, scene.scene)
    let space = scene.finer?.space ?? scene.space
    var polished: [DesignPolish.Outcome] = []
    for (place, start) in starts.enumerated() {
      progress("polishing \(place + 1) of \(starts.count)")
      if stops() { throw CommandFailure(.interrupted, "interrupted") }
      guard let outcome = try? DesignPolish(polisher, in: space).run(from: start, sample: designs[place].sample) else {
        continue
      }
      polished.append(outcome)
    }
    polished.sort { $0.rank < $1.rank }
    let optima = DistinctOptima(polished, in: space)
    progress("comparing with the scene's own start")
    let reference =
      scene.guidance.reference
      ? try? DesignPolish(alone, in: space).run(from: nil, sample: SampleResult.Polished.ofScene) : nil

    var (learned, others) = comparison()
    if let given { learned = given }
    let compared =
      heldOut == 0
      ? nil
      : try HeldOutComparison(scene: scene, weights: read, progress: progress, stops: stops).measured(
        count: heldOut, learned: learned)
    let result = SampleResult(
      title: scene.scene.title, sampler: read.recipe,
      asked: Dictionary(zip(scene.family.conditions.map(\.name), request.numbers)) { first, _ in first },
      plain: plain.summary(of: scene, scaling: read.scaling, data: others, learned: learned),
      guided: guided?.summary(of: scene, scaling: read.scaling, data: others, learned: learned),
      heldOut: compared, cutMoves: cuts.cut, droppedMoves: cuts.dropped, polished: polished.map(\.record),
      optima: optima.record, reference: reference?.record,
      objectiveScale: objectiveScale, wallSeconds: ProcessUsage.wallSeconds - start,
      cpuSeconds: ProcessUsage.cpuSeconds, peakMemoryBytes: ProcessUsage.peakMemoryBytes, threads: Threads.count,
      versions: .init(backsolve: Version.backsolve, swift: Version.swift, system: Version.system),
      notes: notes + (scene.finer.map(Self.note) ?? [])
        + (better.map { [$0.note(beside: chosen, scene.scene.problem)] } ?? []))
    try SampleFiles(scene: scene, folder: folder).write(
      plain: plain, guided: guided, polished: polished, optima: optima, reference: reference, result)
    return result
  }

  private static func note(_ finer: FinerDesigns) -> [String] {
    func words(_ cells: [Int]) -> String { cells.map(String.init).joined(separator: " x ") }
    return [
      "samples are drawn on \(words(finer.refinement.coarse)) cells, where their objectives, measures and calls are of; "
        + "shown, written and polished they are interpolated to \(words(finer.refinement.fine)) cells"
    ]
  }

  /// Members of the family learned from, and as many not learned from as there are samples; where they cost nothing.
  private func comparison() -> (learned: [DenseVector], others: [DenseVector]) {
    guard scene.family.isCheap else { return ([], []) }
    let count = scene.family.count
    return (
      DesignDataSet.make(scene.family, 0..<count).designs,
      DesignDataSet.make(scene.family, count..<count + scene.sampler.count).designs
    )
  }
}
