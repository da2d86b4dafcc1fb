import Backsolve
import DesignSamplers
import NeuralNetworks
import Pictures

/// How few answers of a network make foils as well as many do: the energy distance of 2000 designs to 2000 foils that were
/// not learned, by the number of answers.
struct FewStepStudy {
  private let scene: SamplerScene
  private let scaling: DesignScaling
  private let teacher: CountedDenoiser
  private let learned: Tensor<Float>
  private let others: [DenseVector]
  private let count = 2000

  init() throws {
    scene = try SamplerScene.build(try SceneFile.load("Scenes/Samplers/foils-of-little-drag.yaml"))
    let model = try scene.model()
    teacher = CountedDenoiser(model.denoiser)
    scaling = model.scaling
    learned = scaling.scaled(scene.members(0..<scene.learned))
    others = Self.rows(scaling.scaled(scene.members(scene.learned..<scene.learned + count)))
  }

  func run(picture: String?) throws {
    let floor = SetMeasures.energyDistance(others, Self.rows(learned.rows(Array(0..<count))))
    print("energy distance of two sets of foils: \(short(floor, digits: 3))")
    let fine = FlowMidpointSampler(steps: 32)
    let couples = try Reflow(Sampling(teacher, .flow, fine), count: 4000, seed: 77)
    let reflowed = CountedDenoiser(
      try trained(DenoisingLoss(.flow, .flow), on: couples.designs, noise: couples.noise))
    let independent = CountedDenoiser(try trained(DenoisingLoss(.flow, .flow), on: learned, noise: nil))
    let coupled = try [1.0, 4].map { weight in (weight, CountedDenoiser(try self.coupled(weight))) }
    print("curvature: the scene's model \(try curvature(teacher)), independent noise \(try curvature(independent))")
    for (weight, model) in coupled { print("  learned coupling, weight \(weight): \(try curvature(model))") }
    print("  reflow: \(try curvature(reflowed))")
    var series: [LinePlot.Series] = []
    func follow(
      _ name: String, _ denoiser: CountedDenoiser, _ schedule: NoiseSchedule, _ steps: [Int],
      _ sampler: (Int) throws -> any DesignSampler
    ) throws {
      var curve = LinePlot.Series(name, x: [], y: [])
      for n in steps {
        let method = try sampler(n)
        denoiser.reset()
        let designs = try Sampling(denoiser, schedule, method).designs(count: count, seed: 5)
        curve.x.append(Double(denoiser.answers))
        curve.y.append(SetMeasures.energyDistance(Self.rows(designs), others))
      }
      series.append(curve)
      print("\(name): " + zip(curve.x, curve.y).map { "\(Int($0)) \(short($1, digits: 3))" }.joined(separator: ", "))
    }
    let each = [2, 4, 6, 8, 16, 32, 100], half = [1, 2, 3, 4, 8, 16, 50]
    try follow("ancestral", teacher, .cosine, each) { AncestralSampler(steps: $0) }
    try follow("DDIM", teacher, .cosine, each) { ImplicitSampler(steps: $0) }
    try follow("Heun, levels of Karras", teacher, .karras, half) { HeunSampler(steps: $0) }
    try follow("DPM-Solver++(2M)", teacher, .cosine, each) { MultistepSampler(steps: $0) }
    try follow("midpoint", teacher, .flow, half) { FlowMidpointSampler(steps: $0) }
    try follow("bespoke", teacher, .flow, [1, 2, 3, 4]) { steps in
      try BespokeSampler.fitted(to: teacher.denoiser, steps: steps).sampler
    }
    try follow("Euler, independent noise", independent, .flow, [1, 2, 4, 8, 16, 32, 100]) { ImplicitSampler(steps: $0) }
    for (weight, model) in coupled {
      try follow("Euler, coupled, weight \(short(weight))", model, .flow, [1, 2, 4, 8, 16, 32, 100]) {
        ImplicitSampler(steps: $0)
      }
    }
    try follow("Euler, reflow", reflowed, .flow, [1, 2, 4, 8, 16, 32, 100]) { ImplicitSampler(steps: $0) }
    guard let picture else { return }
    let plot = LinePlot(
      title: "Energy distance to foils not learned", xLabel: "answers of the network", isLogarithmic: true,
      series: series)
    try AtomicFile.write(LinePlot.svg([plot], isXLogarithmic: true), to: picture)
  }

  private static func rows(_ designs: Tensor<Float>) -> [DenseVector] {
    let size = designs.shape[1], values = designs.elements
    return (0..<designs.shape[0]).map { row in DenseVector(values[row * size..<(row + 1) * size].map(Double.init)) }
  }

  private func curvature(_ model: CountedDenoiser) throws -> String {
    short(try Reflow.curvature(model, count: 500, steps: 50, seed: 3), digits: 3)
  }

  /// The scene's network trained anew, as the scene's own was.
  private func trained(
    _ loss: DenoisingLoss, on designs: Tensor<Float>, noise: Tensor<Float>?
  ) throws -> NetworkDenoiser {
    try train(network.layout, designs) { rows, p, generator in
      loss(network, designs.rows(rows), noise: noise?.rows(rows), p, using: &generator)
    }
  }

  private func coupled(_ weight: Double) throws -> NetworkDenoiser {
    let coupling = LearnedCoupling(network, size: learned.shape[1], divergenceWeight: weight)
    return try train(coupling.layout, learned) { rows, p, generator in
      coupling(learned.rows(rows), p, using: &generator)
    }
  }

  private var network: DenoisingPerceptron {
    DenoisingPerceptron(size: learned.shape[1], width: 96, blocks: 3)
  }

  private func train(
    _ layout: ParameterLayout, _ designs: Tensor<Float>,
    _ loss: ([Int], BoundParameters<Float>, inout SeededGenerator) -> Variable<Float>
  ) throws -> NetworkDenoiser {
    var options = Trainer.Options()
    options.steps = 2000
    options.rate = RateSchedule(2e-3, warmup: 100, decay: .cosine(final: 0.01))
    options.averageDecay = 0.995
    options.largestGradient = 1
    options.seed = 2
    let trainer = Trainer(layout, AdamW(), options)
    var state = trainer.start(seed: 2)
    var loader = DataLoader(count: designs.shape[0], batch: 256, seed: 2)
    while !trainer.isDone(state) {
      try trainer.advance(&state) { p, part in loss(loader.samples(ofStep: part.step), p, &part.generator) }
    }
    let count = network.layout.count
    return NetworkDenoiser(
      network, parameters: Tensor(trainer.answer(state).elements.prefix(count), shape: [count]), prediction: .flow,
      shape: [designs.shape[1]])
  }
}
