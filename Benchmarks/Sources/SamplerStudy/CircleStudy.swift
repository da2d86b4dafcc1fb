import DesignSamplers
import Foundation

/// Physics-informed training on the toy of Bastek et al. (2025): points of the unit circle, whose equation is x² + y² = 1. One
/// line a model: the mean of |x² + y² - 1| over samples, what nine of ten stay below, and how evenly their angles lie.
struct CircleStudy {
  var steps = 3000
  var samples = 1000
  /// Of a point's number, so that designs have deviation one.
  private static let deviation = 0.5.squareRoot()

  /// A way of training and of sampling.
  private struct Way: Equatable {
    var name: String
    var strength = 0.0
    var estimation = PhysicsInformedLoss.Estimation.mean
    var width = 64
    var leastVariance = 1e-3
    /// c grows from nothing to `strength` with the square of the step.
    var grows = false
    /// Rounds of `CorrectedPoint` after a plain model; 0: one network.
    var rounds = 0
    var roundsOfSampling: Int?
    var samplingSteps = 100
  }

  private let ways =
    [
      Way(name: "plain"), Way(name: "mean", strength: 0.1), Way(name: "mean", strength: 1),
      Way(name: "mean", strength: 10), Way(name: "mean", strength: 100),
      Way(name: "sample, 4 steps", strength: 1, estimation: .sample(steps: 4)),
      Way(name: "sample, 4 steps", strength: 10, estimation: .sample(steps: 4)),
      Way(name: "sample, 4 steps", strength: 100, estimation: .sample(steps: 4)),
      Way(name: "plain, 256 wide", width: 256), Way(name: "mean, 256 wide", strength: 10, width: 256),
      Way(name: "mean, least variance 1e-5", strength: 10, leastVariance: 1e-5),
      Way(name: "mean, c grows", strength: 100, grows: true),
      Way(name: "plain, 400 steps of sampling", samplingSteps: 400),
      Way(name: "mean, 400 steps of sampling", strength: 10, samplingSteps: 400),
      Way(
        name: "mean, 256 wide, least variance 1e-5, 400 steps of sampling, c grows", strength: 100, width: 256,
        leastVariance: 1e-5, grows: true, samplingSteps: 400),
    ]
    + [0, 10, 100].flatMap { strength in
      [
        Way(name: "corrected, 2 rounds", strength: strength, rounds: 2),
        Way(name: "corrected, 2 rounds, 8 in sampling", strength: strength, rounds: 2, roundsOfSampling: 8),
      ]
    }

  var rows: Int { ways.count }
  /// Numbers of the rows to print, from 1; nil: all.
  var only: [Int]?

  func run(seeds: Int) throws {
    print(
      "| model | c | mean residual | 9 of 10 below | 1-NN accuracy of angles | most uneven part of the circle | CPU s |"
    )
    print("|---|---|---|---|---|---|---|")
    for way in only.map({ $0.map { ways[$0 - 1] } }) ?? ways {
      var (residuals, accuracies, unevenness) = ([EquationResidual](), [Double](), [Double]())
      let start = ProcessUsage.cpuSeconds
      for seed in 0..<seeds {
        let points = try sampled(way, seed: UInt64(seed))
        residuals.append(EquationResidual(of: points) { [$0[0] * $0[0] + $0[1] * $0[1] - 1] })
        let angles = points.map { atan2($0[1], $0[0]) }
        let onCircle = angles.map { DenseVector([cos($0), sin($0)]) }
        accuracies.append(SetMeasures.neighbourAccuracy(onCircle, Self.circle(points.count, seed: 99 + UInt64(seed))))
        // The largest difference of two distributions of the angle (Kolmogorov and Smirnov).
        let sorted = angles.sorted()
        unevenness.append(
          sorted.enumerated().reduce(0) { most, entry in
            let expected = 0.5 + entry.element / (2 * Double.pi)
            let (low, high) = (Double(entry.offset), Double(entry.offset + 1))
            return max(
              most, max(abs(low / Double(sorted.count) - expected), abs(high / Double(sorted.count) - expected)))
          })
      }
      func average(_ values: [Double]) -> String { String(format: "%.3g", mean(values)) }
      let seconds = (ProcessUsage.cpuSeconds - start) / Double(seeds)
      print(
        "| \(way.name) | \(way.strength) | \(average(residuals.map(\.mean))) | "
          + "\(average(residuals.map { $0.quantile(0.9) })) | \(average(accuracies)) | \(average(unevenness)) | "
          + String(format: "%.1f |", seconds))
      fflush(nil)
    }
  }

  private static func circle(_ count: Int, seed: UInt64) -> [DenseVector] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let angle = 2 * Double.pi * generator.uniform()
      return [cos(angle), sin(angle)]
    }
  }

  private func sampled(_ way: Way, seed: UInt64) throws -> [DenseVector] {
    let scaling = DesignScaling(
      mean: [0, 0], deviation: [Self.deviation, Self.deviation])
    let data = scaling.scaled(Self.circle(10_000, seed: 1 + seed))
    let first = DenoisingPerceptron(size: 2, width: way.width, blocks: 2)
    var (network, prediction): (any DenoisingNetwork, Prediction) = (first, .velocity)
    if way.rounds > 0 {
      let plain = try trained(first, .velocity, data, Way(name: "plain", width: way.width), seed: seed)
      network = CorrectedPoint(first, plain, .velocity, width: way.width, rounds: way.rounds, residual: Self.residual)
      prediction = .sample
    }
    let parameters = try trained(network, prediction, data, way, seed: seed)
    if var corrected = network as? CorrectedPoint, let rounds = way.roundsOfSampling {
      corrected.rounds = rounds
      network = corrected
    }
    let denoiser = NetworkDenoiser(network, parameters: parameters, prediction: prediction, shape: [2])
    let sampling = Sampling(denoiser, .cosine, AncestralSampler(steps: way.samplingSteps))
    return scaling.designs(try sampling.designs(count: samples, seed: 5 + seed))
  }

  @Sendable private static func residual(_ x: Variable<Float>) -> Variable<Float> {
    let (a, b) = (x.columns(0..<1), x.columns(1..<2))
    return (a * a + b * b).scaled(by: Float(deviation * deviation)).shifted(by: -1)
  }

  private func trained(
    _ network: some DenoisingNetwork, _ prediction: Prediction, _ data: Tensor<Float>, _ way: Way, seed: UInt64
  ) throws -> Tensor<Float> {
    var options = Trainer.Options()
    options.steps = steps
    options.rate = RateSchedule(2e-3, warmup: 100, decay: .cosine(final: 0.01))
    options.averageDecay = 0.995
    options.largestGradient = 1
    options.seed = seed
    let trainer = Trainer(network.layout, AdamW(), options)
    var state = trainer.start(seed: 2 + seed)
    var loader = DataLoader(count: 10_000, batch: 128, seed: 3 + seed)
    while !trainer.isDone(state) {
      let part = Double(state.step) / Double(steps)
      let loss = PhysicsInformedLoss(
        DenoisingLoss(.cosine, prediction), way.estimation, strength: way.strength * (way.grows ? part * part : 1),
        leastVariance: way.leastVariance, residual: Self.residual)
      try trainer.advance(&state) {
        loss(network, data.rows(loader.samples(ofStep: $1.step)), $0, using: &$1.generator)
      }
    }
    return trainer.answer(state)
  }
}
