import DesignSamplers
import Foundation

/// Physics-informed training on pairs of permeability and pressure (Bastek et al. 2025, section 4.2). One line a model: the
/// mean of |div(K grad p) + f| over samples, how far p is from the solution for the sample's own K, and how well samples pass
/// for fields that were not learned.
struct DarcyStudy {
  var cells = 16
  var steps = 1500
  var learned = 2000
  var samples = 100
  var channels = [24, 48]

  func run() throws {
    let fields = DarcyFields(cells: cells)
    let data = pairs(fields, learned + samples, seed: 1)
    let size = cells * cells
    // ln K and p have one mean and one deviation each; a cell's two numbers lie together.
    func scale(_ channel: Int) -> (mean: Double, deviation: Double) {
      let values = data.prefix(learned).flatMap { pair in (0..<size).map { pair[2 * $0 + channel] } }
      let mean = values.reduce(0, +) / Double(values.count)
      let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      return (mean, square.squareRoot())
    }
    let scales = [scale(0), scale(1)]
    let scaling = DesignScaling(
      mean: DenseVector((0..<2 * size).map { scales[$0 % 2].mean }),
      deviation: DenseVector((0..<2 * size).map { scales[$0 % 2].deviation }))
    print("| model | prediction | c | mean residual | error of p | 1-NN accuracy | deviation of ln K | CPU s |")
    print("|---|---|---|---|---|---|---|---|")
    let held = Array(data.suffix(samples))
    line("fields not learned", "", "", held, against: pairs(fields, samples, seed: 2), scaling, fields, seconds: 0)
    for (name, estimation, prediction, strength) in [
      ("plain", .mean, .velocity, 0), ("plain", .mean, .sample, 0), ("mean", .mean, .sample, 0.01),
      ("mean", .mean, .sample, 0.1), ("mean", .mean, .sample, 1), ("sample, 2 steps", .sample(steps: 2), .sample, 0.1),
    ] as [(String, PhysicsInformedLoss.Estimation, Prediction, Double)] {
      let start = ProcessUsage.cpuSeconds
      let made = try sampled(
        scaling.scaled(Array(data.prefix(learned))), scales, scaling, fields, estimation, prediction, strength)
      line(
        name, prediction.rawValue, "\(strength)", made, against: held, scaling, fields,
        seconds: ProcessUsage.cpuSeconds - start)
    }
  }

  private func pairs(_ fields: DarcyFields, _ count: Int, seed: UInt64) -> [DenseVector] {
    (0..<count).map { index in
      var generator = SeededGenerator(seed: seed, generation: index)
      let logK = fields.permeability(&generator)
      return DenseVector(zip(logK, fields.pressure(logK)).flatMap { [$0, $1] })
    }
  }

  private func line(
    _ name: String, _ prediction: String, _ strength: String, _ made: [DenseVector], against held: [DenseVector],
    _ scaling: DesignScaling, _ fields: DarcyFields, seconds: Double
  ) {
    var (residual, error, deviation) = (0.0, 0.0, 0.0)
    for pair in made {
      let values = pair.elements
      let logK = stride(from: 0, to: values.count, by: 2).map { values[$0] }
      let p = stride(from: 1, to: values.count, by: 2).map { values[$0] }
      residual += zip(fields.divergence(logK, p), fields.source).reduce(0) { $0 + abs($1.0 + $1.1) } / Double(p.count)
      let right = fields.pressure(logK)
      let missed = zip(p, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      error += (missed / right.reduce(0) { $0 + $1 * $1 }).squareRoot()
      deviation += (logK.reduce(0) { $0 + $1 * $1 } / Double(logK.count)).squareRoot()
    }
    func rows(_ pairs: [DenseVector]) -> [DenseVector] {
      let values = scaling.scaled(pairs).elements, size = values.count / pairs.count
      return pairs.indices.map { DenseVector(values[$0 * size..<($0 + 1) * size].map { Double($0) }) }
    }
    let accuracy = SetMeasures.neighbourAccuracy(rows(made), rows(held))
    let count = Double(made.count)
    print(
      "| \(name) | \(prediction) | \(strength) | \(short(residual / count, digits: 3)) | \(short(error / count, digits: 3)) | "
        + "\(short(accuracy, digits: 3)) | \(short(deviation / count, digits: 3)) | \(short(seconds, digits: 3)) |")
    fflush(nil)
  }

  private func sampled(
    _ data: Tensor<Float>, _ scales: [(mean: Double, deviation: Double)], _ scaling: DesignScaling,
    _ fields: DarcyFields, _ estimation: PhysicsInformedLoss.Estimation, _ prediction: Prediction, _ strength: Double
  ) throws -> [DenseVector] {
    let shape = [cells, cells, 2]
    let data = Tensor(data.elements, shape: [learned] + shape)
    var net = UNet.Options()
    (net.inputs, net.outputs, net.channels) = (2, 2, channels)
    let network = UNet(net)
    var options = Trainer.Options()
    options.steps = steps
    options.rate = RateSchedule(1e-3, warmup: 100, decay: .cosine(final: 0.01))
    options.averageDecay = 0.995
    options.largestGradient = 1
    let trainer = Trainer(network.layout, AdamW(), options)
    var state = trainer.start(seed: 2)
    var loader = DataLoader(count: learned, batch: 16, seed: 3)
    let (ground, water) = (scales[0], scales[1])
    // In units of what one deviation of one cell's pressure leaves.
    let unit = Float(1 / (water.deviation * Double(cells * cells)))
    let loss = PhysicsInformedLoss(DenoisingLoss(.cosine, prediction), estimation, strength: strength) { x in
      let batch = x.shape[0], n = fields.cells
      let numbers = x.reshaped(to: [batch * n * n, 2])
      let logK = numbers.columns(0..<1).scaled(by: Float(ground.deviation)).shifted(by: Float(ground.mean))
      let p = numbers.columns(1..<2).scaled(by: Float(water.deviation)).shifted(by: Float(water.mean))
      return fields.residual(logK.reshaped(to: [batch, n, n]), p.reshaped(to: [batch, n, n])).scaled(by: unit)
    }
    while !trainer.isDone(state) {
      try trainer.advance(&state) {
        loss(network, data.rows(loader.samples(ofStep: $1.step)), $0, using: &$1.generator)
      }
    }
    let denoiser = NetworkDenoiser(network, parameters: trainer.answer(state), prediction: prediction, shape: shape)
    return scaling.designs(
      try Sampling(denoiser, .cosine, AncestralSampler(steps: 100)).designs(count: samples, seed: 5))
  }
}
