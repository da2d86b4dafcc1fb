import DesignSamplers
import FieldIO
import Pictures

/// Trains the sampler of a scene on designs that the project made itself.
public struct SamplerTrainingRun {
  /// How training ended.
  public struct Outcome: Sendable {
    public let step: Int
    public let isComplete: Bool
    public let seconds: Double
    public let designs: Int
    /// The mean of the last losses.
    public let loss: Double
    /// Of the weights as written.
    public let checksum: String
    public let bytes: Int
  }

  public let scene: SamplerScene
  private let source: Source

  /// What is learned from.
  private enum Source {
    case set(DesignDataSet)
    case stream(DesignStream)
  }

  /// With all designs at hand.
  public init(_ scene: SamplerScene, _ data: DesignDataSet) throws {
    guard data.count >= 2 else {
      throw SolveFailure(
        .unsupported, "\(data.count) designs to learn from, of \(data.count + data.failures) that were tried")
    }
    self.scene = scene
    source = .set(data)
  }

  /// With designs made on the way: a reservoir of the size that the scene says is filled now, the rest comes in training.
  ///
  /// - Parameters:
  ///   - scene: With `reservoir` in its training.
  ///   - path: Weights whose run goes on: the reservoir beside them is taken up; nil to begin.
  ///   - stops: Asked while the reservoir is filled.
  ///   - progress: Told how many of how many designs are made.
  /// - Throws: `SolveFailure` where there are fewer than two designs, `FileFailure` where the reservoir is of another scene,
  ///   `CommandFailure` where `stops` says so.
  public init(
    streaming scene: SamplerScene, resuming path: String?, stops: () -> Bool = { false },
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    precondition(scene.isStreamed, "the scene says no `reservoir`")
    self.scene = scene
    let size = min(scene.sampler.training.reservoir ?? 2, scene.family.count)
    source = .stream(
      try path.map { try DesignStream(resuming: Self.reservoirPath($0), scene, size: size) }
        ?? DesignStream(scene, size: size, stops: stops, progress: progress))
  }

  private static func reservoirPath(_ path: String) -> String { path + ".reservoir" }

  /// Designs as the network sees them, and what it is told with each.
  private struct Lessons {
    let designs: Tensor<Float>
    let conditions: Tensor<Float>?

    init(_ scene: SamplerScene, _ members: [FamilyMember], _ requests: [SamplerRequest], _ scaling: DesignScaling) {
      designs = scaling.scaled(members.map(\.design), shape: scene.space.shape)
      conditions = scene.conditions(requests, scaling)
    }

    init(_ scene: SamplerScene, _ stream: DesignStream) {
      let kept = stream.reservoir.kept
      self.init(scene, kept.map(\.member), kept.map(\.request), stream.scaling)
    }
  }

  /// Trains until the steps are taken or `stops` says so; the checkpoint `path + ".checkpoint"` is taken up where
  /// `resumes` asks for it, and written every hundred steps and at the end. The loss is drawn beside the weights.
  ///
  /// - Throws: `SolveFailure` where the loss is not a number: the last good weights and their checkpoint are written first.
  public func run(
    to path: String, resumes: Bool, stops: () -> Bool, progress: (TrainingProgress) -> Void
  ) throws -> Outcome {
    let start = ProcessUsage.wallSeconds
    let options = scene.sampler.training
    let trainer = trainer(options)
    var state = trainer.start(seed: UInt64(options.seed))
    let checkpoint = path + ".checkpoint", method = trainer.optimizer.name
    if resumes { state = try state.resumed(from: checkpoint, method: method) }
    var stream: DesignStream?
    var lessons: Lessons
    let scaling: DesignScaling, held: Int
    switch source {
    case .set(let data):
      (scaling, held) = (scene.space.scaling(of: data.designs), data.count)
      lessons = Lessons(scene, data.members, try scene.requests(of: data.members), scaling)
    case .stream(let begun):
      (scaling, held) = (begun.scaling, begun.reservoir.kept.count)
      lessons = Lessons(scene, begun)
      stream = begun
    }
    let loss = DenoisingLoss(
      scene.sampler.schedule, scene.sampler.prediction, droppedConditions: options.droppedConditions)
    var loader = DataLoader(count: held, batch: min(options.batch, held), seed: UInt64(options.seed))
    let first = state.step
    // The reservoir last: where only the state was written, it catches up with the state.
    func save() throws {
      try state.write(to: checkpoint, method: method)
      try stream?.write(to: Self.reservoirPath(path))
    }
    func finish() throws -> Outcome {
      try save()
      return try write(
        trainer.answer(state), state, scaling, learned: stream?.reservoir.seen ?? held, to: path,
        seconds: ProcessUsage.wallSeconds - start)
    }
    while !trainer.isDone(state), !stops() {
      if try stream?.advance(toStep: state.step, of: options.steps, stops: stops) == true, let stream {
        lessons = Lessons(scene, stream)
      }
      if stream != nil, stops() { break }
      let (designs, conditions) = (lessons.designs, lessons.conditions)
      do {
        try trainer.advance(&state) { p, part in
          let rows = loader.samples(ofStep: part.step)
          return loss(scene.network, designs.rows(rows), conditions: conditions?.rows(rows), p, using: &part.generator)
        }
      } catch {
        _ = try finish()
        throw error
      }
      progress(
        TrainingProgress(
          state, of: options.steps, seconds: ProcessUsage.wallSeconds - start, taken: state.step - first))
      if state.step % 100 == 0 { try save() }
    }
    return try finish()
  }

  private func trainer(_ training: Scene.SamplerTraining) -> Trainer {
    var options = Trainer.Options()
    options.steps = training.steps
    options.rate = RateSchedule(training.rate, warmup: min(100, training.steps / 10), decay: .cosine(final: 0.01))
    options.averageDecay = 0.995
    options.largestGradient = 1
    options.seed = UInt64(training.seed)
    return Trainer(scene.network.layout, AdamW(), options)
  }

  private func write(
    _ parameters: Tensor<Float>, _ state: TrainingState, _ scaling: DesignScaling, learned: Int, to path: String,
    seconds: Double
  ) throws -> Outcome {
    let minutes = NumberFormat.significant(seconds / 60, digits: 2)
    let weights = SamplerWeights(
      parameters, scaling: scaling,
      recipe: [
        "scene": scene.scene.title, "seed": "\(scene.sampler.training.seed)", "steps": "\(state.step)",
        "learned from": "\(learned) designs", "minutes": minutes,
      ])
    try weights.write(scene.network, space: scene.words, to: path)
    let stem = path.hasSuffix(".safetensors") ? String(path.dropLast(12)) : path
    try AtomicFile.write(LossPlot([("in training", state.losses)]).svg, to: stem + ".loss.svg")
    let written = try AtomicFile.read(path)
    let last = state.losses.suffix(50)
    return Outcome(
      step: state.step, isComplete: state.step >= scene.sampler.training.steps, seconds: seconds, designs: learned,
      loss: last.reduce(0) { $0 + Double($1) } / Double(max(1, last.count)),
      checksum: try SafetensorsFile(bytes: written, path: path).metadata["checksum"] ?? "", bytes: written.count)
  }
}
