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
    var trajectories = 10_000
    /// Of the layers of the pair's network; half of it serves a single disc.
    var width = 160
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
    DenoisingPerceptron(size: bodies * window * features, width: bodies * options.width / 2, blocks: options.blocks)
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

  struct SamplingOptions: Sendable {
    var steps = 20
    var overlap = 12
    /// Of the guidance of the trajectory's end to the centre.
    var strength = 1000.0
    /// Of the guidance of its beginning by the simulator's gradient; asked in the last steps, where there is little noise.
    var simulatorStrength = 10.0
    /// Of deviation to signal, up to which the simulator is asked.
    var largestRatio = 1.0
    /// That a sample asks for.
    var simulatorGradients: Int {
      guard simulatorStrength > 0 else { return 0 }
      return AncestralSampler(steps: steps).levels(of: .cosine).dropLast().count {
        $0.deviation <= largestRatio * $0.signal
      }
    }
    /// Takes off what single discs are counted too often.
    var takesSinglesOff = false
  }

  /// Designs for a task, each the beginning of a composed trajectory that ends near the centre.
  func designs(for task: MeetingTask, count: Int, seed: UInt64, _ options: SamplingOptions = .init()) throws
    -> [DenseVector]
  {
    let trajectories = try trajectories(for: task, count: count, seed: seed, options).elements
    let size = trajectories.count / count
    return (0..<count).map { row in
      let x = DenseVector(trajectories[row * size..<(row + 1) * size].map(Double.init))
      return task.allowed(Self.design(x, task.discs.count))
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
    let plain = DesignScaling(
      mean: DenseVector(zeros: layout.count), deviation: DenseVector(repeating: 1, count: layout.count))
    let speeds = task.speeds
    sampling.guidance = [
      CostGuidance(
        SeparateCost(plain) { Self.distanceAtEnd($0, layout) }, strength: options.strength, longestMove: 1,
        largestRatio: 10),
      CostGuidance(
        SeparateCost(plain) { try Self.valueOfStart($0, task, layout) }, strength: options.simulatorStrength,
        longestMove: 0.1, largestRatio: options.largestRatio),
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

  /// What the simulator makes of a trajectory's beginning, and its gradient there. With m and m/s in the models' scale, and
  /// times the size of a design: of a cost of about one.
  private static func valueOfStart(_ x: DenseVector, _ task: MeetingTask, _ layout: TrajectoryLayout)
    throws(SolveFailure)
    -> (Double, DenseVector)
  {
    let n = layout.bodies
    let design = design(x, n)
    let (value, slope) = try task.linearize(task.allowed(design))
    var gradient = DenseVector(zeros: x.count)
    for body in 0..<n {
      let i = layout.number(step: 0, body: body)
      for axis in 0..<2 { gradient[i + axis] = max(-1, min(1, 46 * slope[2 * body + axis])) }
      // A direction turns the velocity across itself.
      let turn = max(-1, min(1, slope[2 * n + body]))
      let square = max(1e-3, x[i + 2] * x[i + 2] + x[i + 3] * x[i + 3])
      gradient[i + 2] = -turn * x[i + 3] / square
      gradient[i + 3] = turn * x[i + 2] / square
    }
    return (value, gradient)
  }

  /// Places and directions at the beginning of a trajectory.
  private static func design(_ x: DenseVector, _ bodies: Int) -> DenseVector {
    var (places, directions) = ([Double](), [Double]())
    for body in 0..<bodies {
      let i = body * features
      places += [100 + 46 * x[i], 100 + 46 * x[i + 1]]
      directions.append(atan2(x[i + 3], x[i + 2]))
    }
    return DenseVector(places + directions)
  }

  /// How far, in m, discs of sampled pairs are in the median from where the simulator takes them from the same start: after
  /// half a window, and at its end.
  func error(samples: Int = 128) throws -> (half: Double, end: Double) {
    let x = try Sampling(pair, .cosine, AncestralSampler(steps: 20)).designs(count: samples, seed: 11).elements
    let size = Self.window * 2 * Self.features
    var (half, end) = ([Double](), [Double]())
    for row in 0..<samples {
      let numbers: [Double] = x[row * size..<(row + 1) * size].map { Double($0) }
      let discs = ElasticDiscs(count: 2)
      let places: [Double] = [0, 1, 4, 5].map { 100 + 46 * numbers[$0] }
      let velocities: [Double] = [2, 3, 6, 7].map { 57.7 * numbers[$0] }
      var state = DenseVector(places + velocities)
      var workspace = discs.makeWorkspace()
      for step in 1..<Self.window {
        for _ in 0..<MeetingTask.stepsOfStored {
          try discs.advance(&state, .zero, StepContext(index: 0, time: 0, timeStep: discs.step), in: &workspace)
        }
        guard step == Self.window / 2 || step == Self.window - 1 else { continue }
        for body in 0..<2 {
          let i = step * 8 + 4 * body
          let x = 100 + 46 * numbers[i] - state[2 * body]
          let y = 100 + 46 * numbers[i + 1] - state[2 * body + 1]
          let miss = hypot(x, y)
          if step == Self.window - 1 { end.append(miss) } else { half.append(miss) }
        }
      }
    }
    return (half.sorted()[samples], end.sorted()[samples])
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
