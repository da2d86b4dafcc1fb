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
  public let data: DesignDataSet

  public init(_ scene: SamplerScene, _ data: DesignDataSet) throws {
    guard data.count >= 2 else {
      throw SolveFailure(
        .unsupported, "\(data.count) designs to learn from, of \(data.count + data.failures) that were tried")
    }
    self.scene = scene
    self.data = data
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
    let scaling = scene.space.scaling(of: data.designs)
    let designs = scaling.scaled(data.designs, shape: scene.space.shape)
    let conditions = scene.conditions(try scene.requests(of: data.members), scaling)
    let loss = DenoisingLoss(
      scene.sampler.schedule, scene.sampler.prediction, droppedConditions: options.droppedConditions)
    var loader = DataLoader(count: data.count, batch: min(options.batch, data.count), seed: UInt64(options.seed))
    let first = state.step
    func finish() throws -> Outcome {
      try state.write(to: checkpoint, method: method)
      return try write(trainer.answer(state), state, scaling, to: path, seconds: ProcessUsage.wallSeconds - start)
    }
    while !trainer.isDone(state), !stops() {
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
      if state.step % 100 == 0 { try state.write(to: checkpoint, method: method) }
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
    _ parameters: Tensor<Float>, _ state: TrainingState, _ scaling: DesignScaling, to path: String, seconds: Double
  ) throws -> Outcome {
    let minutes = NumberFormat.significant(seconds / 60, digits: 2)
    let weights = SamplerWeights(
      parameters, scaling: scaling,
      recipe: [
        "scene": scene.scene.title, "seed": "\(scene.sampler.training.seed)", "steps": "\(state.step)",
        "learned from": "\(data.count) designs", "minutes": minutes,
      ])
    try weights.write(scene.network, space: scene.words, to: path)
    let stem = path.hasSuffix(".safetensors") ? String(path.dropLast(12)) : path
    try AtomicFile.write(LossPlot([("in training", state.losses)]).svg, to: stem + ".loss.svg")
    let written = try AtomicFile.read(path)
    let last = state.losses.suffix(50)
    return Outcome(
      step: state.step, isComplete: state.step >= scene.sampler.training.steps, seconds: seconds, designs: data.count,
      loss: last.reduce(0) { $0 + Double($1) } / Double(max(1, last.count)),
      checksum: try SafetensorsFile(bytes: written, path: path).metadata["checksum"] ?? "", bytes: written.count)
  }
}
