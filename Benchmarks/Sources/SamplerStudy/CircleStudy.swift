import DesignSamplers
import Foundation

/// Physics-informed training on the toy of Bastek et al. (2025): points of the unit circle, whose equation is x² + y² = 1. One
/// line a model: the mean of |x² + y² - 1| over samples, and how evenly their angles lie.
struct CircleStudy {
  var steps = 3000
  var samples = 1000
  /// Of a point's number, so that designs have deviation one.
  private static let deviation = 0.5.squareRoot()

  func run(seeds: Int) throws {
    print("| model | c | mean residual | 1-NN accuracy of angles | most uneven part of the circle | CPU s |")
    print("|---|---|---|---|---|---|")
    for (name, estimation, strength) in [
      ("plain", .mean, 0), ("mean", .mean, 0.1), ("mean", .mean, 1), ("mean", .mean, 10), ("mean", .mean, 100),
      ("sample, 4 steps", .sample(steps: 4), 1), ("sample, 4 steps", .sample(steps: 4), 10),
      ("sample, 4 steps", .sample(steps: 4), 100),
    ] as [(String, PhysicsInformedLoss.Estimation, Double)] {
      var (residuals, accuracies, unevenness) = ([Double](), [Double](), [Double]())
      let start = ProcessUsage.cpuSeconds
      for seed in 0..<seeds {
        let points = try sampled(estimation, strength, seed: UInt64(seed))
        residuals.append(points.reduce(0) { $0 + abs($1[0] * $1[0] + $1[1] * $1[1] - 1) } / Double(points.count))
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
      func mean(_ values: [Double]) -> String {
        String(format: "%.3g", values.reduce(0, +) / Double(values.count))
      }
      let seconds = (ProcessUsage.cpuSeconds - start) / Double(seeds)
      print(
        "| \(name) | \(strength) | \(mean(residuals)) | \(mean(accuracies)) | \(mean(unevenness)) | "
          + String(format: "%.1f |", seconds))
    }
  }

  private static func circle(_ count: Int, seed: UInt64) -> [DenseVector] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let angle = 2 * Double.pi * generator.uniform()
      return [cos(angle), sin(angle)]
    }
  }

  private func sampled(_ estimation: PhysicsInformedLoss.Estimation, _ strength: Double, seed: UInt64) throws
    -> [DenseVector]
  {
    let scaling = DesignScaling(
      mean: [0, 0], deviation: [Self.deviation, Self.deviation])
    let data = scaling.scaled(Self.circle(10_000, seed: 1 + seed))
    let network = DenoisingPerceptron(size: 2, width: 64, blocks: 2)
    var options = Trainer.Options()
    options.steps = steps
    options.rate = RateSchedule(2e-3, warmup: 100, decay: .cosine(final: 0.01))
    options.averageDecay = 0.995
    options.largestGradient = 1
    options.seed = seed
    let trainer = Trainer(network.layout, AdamW(), options)
    var state = trainer.start(seed: 2 + seed)
    var loader = DataLoader(count: 10_000, batch: 128, seed: 3 + seed)
    let square = Float(Self.deviation * Self.deviation)
    let loss = PhysicsInformedLoss(DenoisingLoss(.cosine, .velocity), estimation, strength: strength) { x in
      let (a, b) = (x.columns(0..<1), x.columns(1..<2))
      return (a * a + b * b).scaled(by: square).shifted(by: -1)
    }
    while !trainer.isDone(state) {
      try trainer.advance(&state) {
        loss(network, data.rows(loader.samples(ofStep: $1.step)), $0, using: &$1.generator)
      }
    }
    let denoiser = NetworkDenoiser(network, parameters: trainer.answer(state), prediction: .velocity, shape: [2])
    let sampling = Sampling(denoiser, .cosine, AncestralSampler(steps: 100))
    return scaling.designs(try sampling.designs(count: samples, seed: 5 + seed))
  }
}
