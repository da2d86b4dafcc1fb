import DesignSamplers
import Foundation

/// A diffusion model of how two discs move over 24 stored steps, and one of how a single disc does. What more discs do over
/// more steps is composed of them when it is asked.
struct TrajectoryModel: Sendable {
  /// Stored states of a trajectory that models learn.
  static let window = 24
  /// x, y and their velocities.
  static let features = 4
  let pair: NetworkDenoiser
  let single: NetworkDenoiser

  /// Places have about this mean and deviation, and velocities that deviation, at all times.
  static func scaled(_ state: [Double], body: Int, of count: Int) -> [Float] {
    [
      Float((state[2 * body] - 100) / 46), Float((state[2 * body + 1] - 100) / 46),
      Float(state[2 * (count + body)] / 57.7), Float(state[2 * (count + body) + 1] / 57.7),
    ]
  }

  struct Options: Sendable {
    var trajectories = 20_000
    var width = 224
    var blocks = 3
    var steps = 4000
    var batch = 128
  }

  /// Trains both on the example's own simulations.
  static func trained(_ options: Options = Options()) throws -> TrajectoryModel {
    TrajectoryModel(pair: try denoiser(bodies: 2, options), single: try denoiser(bodies: 1, options))
  }

  private static func denoiser(bodies: Int, _ options: Options) throws -> NetworkDenoiser {
    let data = simulated(bodies: bodies, count: options.trajectories)
    let size = data.shape[1]
    let network = network(bodies: bodies, options)
    var training = Trainer.Options()
    training.steps = options.steps
    training.rate = RateSchedule(2e-3, warmup: 100, decay: .cosine(final: 0.01))
    training.averageDecay = 0.995
    training.largestGradient = 1
    let trainer = Trainer(network.layout, AdamW(), training)
    var state = trainer.start(seed: 2)
    var loader = DataLoader(count: data.shape[0], batch: options.batch, seed: 3)
    let loss = DenoisingLoss(.cosine, .velocity)
    while !trainer.isDone(state) {
      try trainer.advance(&state) {
        loss(network, data.rows(loader.samples(ofStep: $1.step)), $0, using: &$1.generator)
      }
    }
    return NetworkDenoiser(network, parameters: trainer.answer(state), prediction: .velocity, shape: [size])
  }

  private static func network(bodies: Int, _ options: Options) -> DenoisingPerceptron {
    DenoisingPerceptron(size: bodies * window * features, width: options.width, blocks: options.blocks)
  }

  /// Trajectories from random starts, `[count, window × bodies × features]`.
  static func simulated(bodies: Int, count: Int) -> Tensor<Float> {
    let rows = concurrentMap(count) { index in
      var generator = SeededGenerator(seed: 1000 + UInt64(bodies), generation: index)
      let task = MeetingTask(count: bodies, storedSteps: window - 1, seed: generator.next())
      return task.trajectory(task.randomDesign(using: &generator)).flatMap { state in
        (0..<bodies).flatMap { scaled(state, body: $0, of: bodies) }
      }
    }
    return Tensor(rows.flatMap { $0 }, shape: [count, window * bodies * features])
  }

  /// Reads weights that `write` left, so that they need not be trained again.
  static func read(from folder: String, _ options: Options = Options()) throws -> TrajectoryModel {
    func read(_ bodies: Int) throws -> NetworkDenoiser {
      let network = network(bodies: bodies, options), size = bodies * window * features
      let weights = try SamplerWeights.read(
        "\(folder)/discs-\(bodies).safetensors", network, space: space(bodies), designCount: size)
      return NetworkDenoiser(network, parameters: weights.parameters, prediction: .velocity, shape: [size])
    }
    return TrajectoryModel(pair: try read(2), single: try read(1))
  }

  func write(to folder: String) throws {
    for (bodies, denoiser) in [(2, pair), (1, single)] {
      let size = denoiser.shape[0]
      let scaling = DesignScaling(mean: DenseVector(zeros: size), deviation: DenseVector(repeating: 1, count: size))
      try SamplerWeights(denoiser.parameters, scaling: scaling).write(
        denoiser.network, space: Self.space(bodies), to: "\(folder)/discs-\(bodies).safetensors")
    }
  }

  private static func space(_ bodies: Int) -> String { "trajectories of \(bodies) elastic discs" }

  struct SamplingOptions: Sendable {
    var steps = 20
    var overlap = 12
    /// Of the guidance to the centre.
    var strength = 40.0
    var recurrences = 0
    /// Takes off what single discs are counted too often.
    var takesSinglesOff = true
  }

  /// Designs for a task, each the beginning of a composed trajectory that ends near the centre.
  func designs(for task: MeetingTask, count: Int, seed: UInt64, _ options: SamplingOptions = .init()) throws
    -> [DenseVector]
  {
    let trajectories = try trajectories(for: task, count: count, seed: seed, options).elements
    let n = task.discs.count, size = trajectories.count / count
    return (0..<count).map { row in
      func number(_ body: Int, _ feature: Int) -> Double {
        Double(trajectories[row * size + body * Self.features + feature])
      }
      let places = (0..<n).flatMap { [100 + 46 * number($0, 0), 100 + 46 * number($0, 1)] }
      let directions = (0..<n).map { atan2(number($0, 3), number($0, 2)) }
      return task.allowed(DenseVector(places + directions))
    }
  }

  /// `[count, (storedSteps + 1) × bodies × features]`, in the models' scale.
  func trajectories(for task: MeetingTask, count: Int, seed: UInt64, _ options: SamplingOptions) throws
    -> Tensor<Float>
  {
    let layout = TrajectoryLayout(steps: task.storedSteps + 1, bodies: task.discs.count, features: Self.features)
    let denoiser = SummedDenoiser(
      layout, pair: pair, single: options.takesSinglesOff ? single : nil, window: Self.window, overlap: options.overlap)
    var sampling = Sampling(denoiser, .cosine, AncestralSampler(steps: options.steps))
    sampling.recurrences = options.recurrences
    let plain = DesignScaling(
      mean: DenseVector(zeros: layout.count), deviation: DenseVector(repeating: 1, count: layout.count))
    let speeds = task.speeds
    sampling.guidance = [
      CostGuidance(
        SeparateCost(plain) { Self.distanceAtEnd($0, layout) }, strength: options.strength, longestMove: 1,
        largestRatio: 10),
      // The speeds that discs start at are given.
      ProjectionGuidance(plain) { Self.starting($0, at: speeds, layout) },
    ]
    return try sampling.designs(count: count, seed: seed)
  }

  /// The mean distance to the centre at the end of a trajectory, over the side of the box.
  private static func distanceAtEnd(_ x: DenseVector, _ layout: TrajectoryLayout) -> (Double, DenseVector) {
    var gradient = DenseVector(zeros: x.count)
    var sum = 0.0
    let factor = 46 / (200 * Double(layout.bodies))
    for body in 0..<layout.bodies {
      let i = layout.number(step: layout.steps - 1, body: body)
      let length = hypot(x[i], x[i + 1])
      guard length > 0 else { continue }
      sum += factor * length
      gradient[i] = factor * x[i] / length
      gradient[i + 1] = factor * x[i + 1] / length
    }
    return (sum, gradient)
  }

  private static func starting(_ x: DenseVector, at speeds: [Double], _ layout: TrajectoryLayout) -> DenseVector {
    var x = x
    for (body, speed) in speeds.enumerated() {
      let i = layout.number(step: 0, body: body, feature: 2)
      let length = hypot(x[i], x[i + 1])
      guard length > 0 else { continue }
      for axis in 0..<2 { x[i + axis] *= speed / 57.7 / length }
    }
    return x
  }
}
