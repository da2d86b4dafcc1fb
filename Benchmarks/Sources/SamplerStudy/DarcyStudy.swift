import DesignSamplers
import Foundation

/// Physics-informed training on pairs of permeability and pressure (after Bastek et al. 2025, section 4). One line a model: the
/// mean of |div(K grad p) + f| over samples, what nine of ten stay below, how far p is from the solution for the sample's own
/// K, and how well samples pass for fields that were not learned.
struct DarcyStudy {
  var cells = 16
  var steps = 1500
  var learned = 2000
  var samples = 100
  var channels = [24, 48]
  /// Of weights, batches and samples; the fields stay.
  var seed: UInt64 = 0
  /// Numbers of the rows to print, from 1; nil: all.
  var only: [Int]?
  var rows: Int { ways.count }

  /// A way of training.
  private struct Way: Equatable {
    var name: String
    var prediction = Prediction.sample
    var estimation = PhysicsInformedLoss.Estimation.mean
    var strength = 0.0
    /// K is a constant of the residual, which only p can lower then.
    var isOfPressure = false
    /// The residual's waves are divided by the Laplacian's eigenvalues to this power: 1/2 is the energy of p's error and 1 the
    /// error itself, where K is one.
    var smoothing = 0.0
    /// c grows from nothing to `strength` with the square of the step.
    var grows = false
    var leastVariance = 1e-3
    /// Rounds of `CorrectedPressure` after a plain model; 0: one network answers both.
    var rounds = 0
    /// What the plain model before the rounds answers.
    var ofFirst = Prediction.velocity
    /// Rounds while sampling, where not as in training.
    var roundsOfSampling: Int?

    var title: String {
      rounds == 0 ? name : "\(name), \(rounds) rounds in training, \(roundsOfSampling ?? rounds) in sampling"
    }

    func isTrained(as other: Way) -> Bool {
      var other = other
      other.roundsOfSampling = roundsOfSampling
      return self == other
    }
  }

  private let ways = [
    Way(name: "plain", prediction: .velocity),
    Way(name: "plain"),
    Way(name: "mean", strength: 0.01),
    Way(name: "mean", strength: 0.1),
    Way(name: "mean", strength: 1),
    Way(name: "sample, 2 steps", estimation: .sample(steps: 2), strength: 0.1),
    Way(name: "p alone", strength: 0.01, isOfPressure: true),
    Way(name: "p alone", strength: 0.1, isOfPressure: true),
    Way(name: "p alone", strength: 1, isOfPressure: true),
    Way(name: "p alone, energy", strength: 1, isOfPressure: true, smoothing: 0.5),
    Way(name: "p alone, c grows", strength: 1, isOfPressure: true, grows: true),
    Way(name: "p alone, least variance 1e-5", strength: 0.01, isOfPressure: true, leastVariance: 1e-5),
    Way(name: "corrected", rounds: 2),
    Way(name: "corrected", rounds: 2, roundsOfSampling: 8),
    Way(name: "corrected", strength: 100, rounds: 2),
    Way(name: "corrected", strength: 100, rounds: 2, roundsOfSampling: 8),
    Way(name: "corrected from designs", strength: 100, rounds: 2, ofFirst: .sample),
    Way(name: "corrected from designs", strength: 100, rounds: 2, ofFirst: .sample, roundsOfSampling: 8),
  ]

  /// What was trained so far.
  private var known: [(way: Way, parameters: Tensor<Float>)] = []

  mutating func run() throws {
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
    print(
      "| model | prediction | c | mean residual | 9 of 10 below | error of p | 1-NN accuracy | deviation of ln K | CPU s |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    let held = Array(data.suffix(samples))
    line("fields not learned", "", "", held, against: pairs(fields, samples, seed: 2), scaling, fields, seconds: 0)
    for way in only.map({ $0.map { ways[$0 - 1] } }) ?? ways {
      let start = ProcessUsage.cpuSeconds
      let made = try sampled(scaling.scaled(Array(data.prefix(learned))), scales, scaling, fields, way)
      line(
        way.title, way.prediction.rawValue, "\(way.strength)", made, against: held, scaling, fields,
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
    let fieldsMade = made.map { pair in
      let values = pair.elements
      return (
        logK: stride(from: 0, to: values.count, by: 2).map { values[$0] },
        p: stride(from: 1, to: values.count, by: 2).map { values[$0] }
      )
    }
    let residual = EquationResidual(of: fieldsMade) { zip(fields.divergence($0.logK, $0.p), fields.source).map(+) }
    var (error, deviation) = (0.0, 0.0)
    for (logK, p) in fieldsMade {
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
      "| \(name) | \(prediction) | \(strength) | \(short(residual.mean, digits: 3)) | "
        + "\(short(residual.quantile(0.9), digits: 3)) | \(short(error / count, digits: 3)) | "
        + "\(short(accuracy, digits: 3)) | \(short(deviation / count, digits: 3)) | \(short(seconds, digits: 3)) |")
    fflush(nil)
  }

  private mutating func sampled(
    _ data: Tensor<Float>, _ scales: [(mean: Double, deviation: Double)], _ scaling: DesignScaling,
    _ fields: DarcyFields, _ way: Way
  ) throws -> [DenseVector] {
    let shape = [cells, cells, 2]
    let data = Tensor(data.elements, shape: [learned] + shape)
    let (ground, water) = (scales[0], scales[1])
    let residual = { @Sendable (x: Variable<Float>) in
      let batch = x.shape[0], n = fields.cells
      let numbers = x.reshaped(to: [batch * n * n, 2])
      let logK = numbers.columns(0..<1).scaled(by: Float(ground.deviation)).shifted(by: Float(ground.mean))
      let p = numbers.columns(1..<2).scaled(by: Float(water.deviation)).shifted(by: Float(water.mean))
      return fields.residual(
        (way.isOfPressure ? logK.detached() : logK).reshaped(to: [batch, n, n]), p.reshaped(to: [batch, n, n]))
    }
    var net = UNet.Options()
    (net.inputs, net.outputs, net.channels) = (2, 2, channels)
    let first = UNet(net)
    var network: any DenoisingNetwork = first
    if way.rounds > 0 {
      let plain = try trained(
        first, data, Way(name: "plain", prediction: way.ofFirst), fields, residual, water.deviation)
      network = CorrectedPressure(first, plain, way.ofFirst, rounds: way.rounds, residual: residual) { logK in
        let values = logK.elements.map { Double($0) * ground.deviation + ground.mean },
          size = fields.cells * fields.cells
        let all = stride(from: 0, to: values.count, by: size).flatMap { fields.diagonal(Array(values[$0..<$0 + size])) }
        return Tensor(all.map { Float($0 * water.deviation) }, shape: logK.shape)
      }
    }
    let parameters = try trained(network, data, way, fields, residual, water.deviation)
    if var corrected = network as? CorrectedPressure, let rounds = way.roundsOfSampling {
      corrected.rounds = rounds
      network = corrected
    }
    let denoiser = NetworkDenoiser(network, parameters: parameters, prediction: way.prediction, shape: shape)
    return scaling.designs(
      try Sampling(denoiser, .cosine, AncestralSampler(steps: 100)).designs(count: samples, seed: 5 + 100 * seed))
  }

  private mutating func trained(
    _ network: some DenoisingNetwork, _ data: Tensor<Float>, _ way: Way, _ fields: DarcyFields,
    _ residual: @escaping PhysicsInformedLoss.Residual, _ deviation: Double
  ) throws -> Tensor<Float> {
    if let known = known.first(where: { $0.way.isTrained(as: way) }) { return known.parameters }
    var options = Trainer.Options()
    options.steps = steps
    options.rate = RateSchedule(1e-3, warmup: 100, decay: .cosine(final: 0.01))
    options.averageDecay = 0.995
    options.largestGradient = 1
    options.seed += seed
    let trainer = Trainer(network.layout, AdamW(), options)
    var state = trainer.start(seed: 2 + 100 * seed)
    var loader = DataLoader(count: learned, batch: 16, seed: 3 + 100 * seed)
    // In units of what one deviation of one cell's pressure leaves.
    let unit = Float(1 / (deviation * Double(cells * cells)))
    func loss(_ strength: Double) -> PhysicsInformedLoss {
      PhysicsInformedLoss(
        DenoisingLoss(.cosine, way.prediction), way.estimation, strength: strength, leastVariance: way.leastVariance
      ) { x in
        let left = residual(x)
        return (way.smoothing > 0 ? fields.smoothed(left, way.smoothing) : left).scaled(by: unit)
      }
    }
    while !trainer.isDone(state) {
      let part = Double(state.step) / Double(steps)
      let loss = loss(way.strength * (way.grows ? part * part : 1))
      try trainer.advance(&state) {
        loss(network, data.rows(loader.samples(ofStep: $1.step)), $0, using: &$1.generator)
      }
    }
    known.append((way, trainer.answer(state)))
    return trainer.answer(state)
  }
}
