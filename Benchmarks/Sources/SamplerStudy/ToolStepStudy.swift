import Backsolve
import DesignSamplers
import Foundation
import NeuralNetworks
import Pictures

/// How few answers of a network make tools as well as many do, for a task that was not learned: the middle objective of 64
/// tools, and the energy distance of 2000 to 2000 of the model's own by many answers.
struct ToolStepStudy {
  private let name: String
  private let scene: SamplerScene
  private let scaling: DesignScaling
  private let teacher: NetworkDenoiser
  private let right: [DenseVector]
  private let count = 2000
  /// Couples of noise and design for each learned task.
  private let couples = 64

  static func run(picture: String?) throws {
    var plots: [LinePlot] = []
    for name in ["cups", "ramps"] {
      let study = try ToolStepStudy(name)
      plots.append(
        LinePlot(
          title: "Energy distance to many answers: \(name)", xLabel: "answers of the network", isLogarithmic: true,
          series: try study.run()))
    }
    guard let picture else { return }
    try AtomicFile.write(LinePlot.svg(plots, isXLogarithmic: true), to: picture)
  }

  private init(_ name: String) throws {
    self.name = name
    scene = try SamplerScene.build(try SceneFile.load("Scenes/Samplers/\(name).yaml"))
    let model = try scene.model()
    scaling = model.scaling
    teacher = try Self.network(model.denoiser)
    right = try Self.fine(teacher, count, seed: 50)
  }

  private struct NotANetwork: Error, CustomStringConvertible {
    let description = "the scene's model is led by its condition; write `guidance: { condition-weight: 0 }`"
  }

  private static func network(_ denoiser: any Denoiser) throws -> NetworkDenoiser {
    guard let network = denoiser as? NetworkDenoiser else { throw NotANetwork() }
    return network
  }

  /// By 200 answers, a method without fresh noise.
  private static func fine(_ denoiser: NetworkDenoiser, _ count: Int, seed: UInt64) throws -> [DenseVector] {
    rows(try Sampling(denoiser, .flow, FlowMidpointSampler(steps: 100)).designs(count: count, seed: seed))
  }

  private func run() throws -> [LinePlot.Series] {
    let floor = SetMeasures.energyDistance(right, try Self.fine(teacher, count, seed: 51))
    print("\(name): energy distance of two sets of many answers: \(short(floor, digits: 3))")
    let reflowed = try reflowed()
    print(
      "curvature: the scene's model \(short(try Reflow.curvature(teacher, count: 500, steps: 50, seed: 3), digits: 3)), "
        + "after reflow \(short(try Reflow.curvature(reflowed, count: 500, steps: 50, seed: 3), digits: 3))")
    var series: [LinePlot.Series] = []
    func follow(
      _ way: String, _ network: NetworkDenoiser, _ schedule: NoiseSchedule, _ steps: [Int],
      _ sampler: (Int) throws -> any DesignSampler
    ) throws {
      let denoiser = CountedDenoiser(network)
      var curve = LinePlot.Series(way, x: [], y: [])
      var values: [Double] = []
      for n in steps {
        let method = try sampler(n)
        denoiser.reset()
        let designs = try Sampling(denoiser, schedule, method).designs(count: count, seed: 5)
        curve.x.append(Double(denoiser.answers))
        curve.y.append(SetMeasures.energyDistance(Self.rows(designs), right))
        values.append(middle(designs.rows(Array(0..<64))))
      }
      series.append(curve)
      print(
        "\(way): "
          + curve.x.indices.map {
            "\(Int(curve.x[$0])) \(short(curve.y[$0], digits: 3)) (\(short(values[$0], digits: 4)))"
          }.joined(separator: ", "))
      fflush(nil)
    }
    let each = [1, 2, 4, 8, 16, 100], half = [1, 2, 4, 8, 50]
    try follow("ancestral", teacher, .cosine, each) { AncestralSampler(steps: $0) }
    try follow("DDIM", teacher, .cosine, each) { ImplicitSampler(steps: $0) }
    try follow("Heun, levels of Karras", teacher, .karras, half) { HeunSampler(steps: $0) }
    try follow("DPM-Solver++(2M)", teacher, .cosine, each) { MultistepSampler(steps: $0) }
    try follow("midpoint", teacher, .flow, half) { FlowMidpointSampler(steps: $0) }
    try follow("bespoke", teacher, .flow, [1, 2, 4]) { try BespokeSampler.fitted(to: teacher, steps: $0).sampler }
    try follow("Euler, reflow", reflowed, .flow, each) { ImplicitSampler(steps: $0) }
    return series
  }

  /// The objective in the middle of some tools; those that the simulator refuses, as where they lie in the fluid, are left out.
  private func middle(_ designs: Tensor<Float>) -> Double {
    let problem = scene.scene.problem
    let tools = scaling.designs(designs).map { problem.bounds.project($0) }
    return median(
      tools.compactMap { tool in
        guard let found = try? problem.responses.makeSession().evaluate(tool, gradientsOf: []) else { return nil }
        return problem.objectiveValue(found.values)
      })
  }

  /// The scene's network trained anew on couples that its own model makes for the learned tasks.
  private func reflowed() throws -> NetworkDenoiser {
    var (noise, designs, conditions) = ([Float](), [Float](), [Float]())
    for task in 0..<scene.learned {
      guard let variant = try scene.variant(task) else { throw NotANetwork() }
      let model = try Self.network(try variant.model().denoiser)
      let made = try Reflow(
        Sampling(model, .flow, FlowMidpointSampler(steps: 32)), count: couples, seed: 77 + UInt64(task))
      noise += made.noise.elements
      designs += made.designs.elements
      for _ in 0..<couples { conditions += model.condition ?? [] }
    }
    let count = scene.learned * couples, size = designs.count / count, asked = conditions.count / count
    let all = (
      noise: Tensor(noise, shape: [count, size]), designs: Tensor(designs, shape: [count, size]),
      conditions: Tensor(conditions, shape: [count, asked])
    )
    let network = DenoisingPerceptron(size: size, width: 64, blocks: 2, conditions: asked)
    var options = Trainer.Options()
    options.steps = 3000
    options.rate = RateSchedule(2e-3, warmup: 100, decay: .cosine(final: 0.01))
    options.averageDecay = 0.995
    options.largestGradient = 1
    let trainer = Trainer(network.layout, AdamW(), options)
    var state = trainer.start(seed: 2)
    var loader = DataLoader(count: count, batch: 256, seed: 2)
    let loss = DenoisingLoss(.flow, .flow)
    while !trainer.isDone(state) {
      try trainer.advance(&state) { p, part in
        let rows = loader.samples(ofStep: part.step)
        return loss(
          network, all.designs.rows(rows), conditions: all.conditions.rows(rows), noise: all.noise.rows(rows), p,
          using: &part.generator)
      }
    }
    return NetworkDenoiser(
      network, parameters: trainer.answer(state), prediction: .flow, shape: teacher.shape, condition: teacher.condition)
  }

  private static func rows(_ designs: Tensor<Float>) -> [DenseVector] {
    let size = designs.shape[1], values = designs.elements
    return (0..<designs.shape[0]).map { row in DenseVector(values[row * size..<(row + 1) * size].map(Double.init)) }
  }
}
