import DesignSamplers
import Testing

/// What makes few steps enough: straighter flows, and solvers made for a model.
@Suite("Few steps") struct FewStepTests {
  @Test("A model trained on couples goes straight: one step of Euler's method suffices")
  func reflow() throws {
    let teacher = NormalDenoiser()
    let couples = try Reflow(Sampling(teacher, .flow, FlowMidpointSampler(steps: 32)), count: 256, seed: 1)
    let network = DenoisingPerceptron(size: 2, width: 16, blocks: 1)
    var options = Trainer.Options()
    options.steps = 300
    options.rate = RateSchedule(5e-3, warmup: 20, decay: .cosine(final: 0.02))
    let trainer = Trainer(network.layout, AdamW(), options)
    var state = trainer.start(seed: 1)
    var loader = DataLoader(count: 256, batch: 64, seed: 1)
    let loss = DenoisingLoss(.flow, .flow)
    while !trainer.isDone(state) {
      try trainer.advance(&state) {
        let rows = loader.samples(ofStep: $1.step)
        return loss(
          network, couples.designs.rows(rows), noise: couples.noise.rows(rows), $0, using: &$1.generator)
      }
    }
    let student = NetworkDenoiser(network, parameters: trainer.answer(state), prediction: .flow, shape: [2])
    func miss(_ denoiser: some Denoiser) throws -> Double {
      let fine = try Sampling(teacher, .flow, FlowMidpointSampler(steps: 64)).designs(count: 100, seed: 9)
      let one = try Sampling(denoiser, .flow, ImplicitSampler(steps: 1)).designs(count: 100, seed: 9)
      return zip(one.elements, fine.elements).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) } / 200
    }
    let (before, after) = (try miss(teacher), try miss(student))
    #expect(after < 0.05 * before, "\(before) to \(after)")
    let (curved, straight) = (
      try Reflow.curvature(teacher, count: 100, steps: 20, seed: 2),
      try Reflow.curvature(student, count: 100, steps: 20, seed: 2)
    )
    #expect(straight < 0.2 * curved, "\(curved) to \(straight)")
  }

  @Test("A learned coupling makes ways straighter than independent noise does")
  func coupling() throws {
    // Two clouds: ways to them cross unless each is given the noise on its side.
    var generator = SeededGenerator(seed: 4)
    let designs = Tensor<Float>(
      (0..<256).flatMap { i -> [Float] in
        [Float(i % 2 == 0 ? 1 : -1) + 0.1 * Float(generator.normal()), 0.3 * Float(generator.normal())]
      }, shape: [256, 2])
    func trained(_ weight: Double?) throws -> NetworkDenoiser {
      let network = DenoisingPerceptron(size: 2, width: 16, blocks: 1)
      let coupling = LearnedCoupling(network, size: 2, width: 16, divergenceWeight: weight ?? 0)
      var options = Trainer.Options()
      options.steps = 200
      options.rate = RateSchedule(5e-3, warmup: 20, decay: .cosine(final: 0.02))
      let trainer = Trainer(weight == nil ? network.layout : coupling.layout, AdamW(), options)
      var state = trainer.start(seed: 1)
      var loader = DataLoader(count: 256, batch: 64, seed: 1)
      let loss = DenoisingLoss(.flow, .flow)
      while !trainer.isDone(state) {
        try trainer.advance(&state) {
          let rows = designs.rows(loader.samples(ofStep: $1.step))
          return weight == nil
            ? loss(network, rows, $0, using: &$1.generator) : coupling(rows, $0, using: &$1.generator)
        }
      }
      let parameters = trainer.answer(state).elements
      let count = network.layout.count
      return NetworkDenoiser(
        network, parameters: Tensor(parameters.prefix(count), shape: [count]), prediction: .flow, shape: [2])
    }
    let (independent, coupled) = (try trained(nil), try trained(0.3))
    let (curved, straight) = (
      try Reflow.curvature(independent, count: 100, steps: 20, seed: 2),
      try Reflow.curvature(coupled, count: 100, steps: 20, seed: 2)
    )
    #expect(straight < 0.6 * curved, "\(curved) to \(straight)")
    // Both clouds are still reached.
    let drawn = try Sampling(coupled, .flow, FlowMidpointSampler(steps: 16)).designs(count: 200, seed: 5).elements
    let right = stride(from: 0, to: 400, by: 2).count { drawn[$0] > 0 }
    #expect((60...140).contains(right))
  }

  @Test("The energy distance is zero for one set, and that of two points twice their distance")
  func energyDistance() {
    let (a, b) = (DenseVector([0, 0]), DenseVector([3, 4]))
    #expect(SetMeasures.energyDistance([a, b], [a, b]) == 0)
    #expect(SetMeasures.energyDistance([a], [b]) == 10)
  }

  @Test("A bespoke solver begins as the midpoint rule")
  func startsAsMidpoint() throws {
    let midpoint = try Sampling(NormalDenoiser(), .flow, FlowMidpointSampler(steps: 3)).designs(count: 20, seed: 3)
    let bespoke = try Sampling(NormalDenoiser(), .flow, BespokeSampler(steps: 3)).designs(count: 20, seed: 3)
    for (a, b) in zip(midpoint.elements, bespoke.elements) { #expect(abs(a - b) < 1e-5) }
  }

  @Test("A bespoke solver comes nearer to the fine solution, for other noise too", arguments: [1, 2])
  func bespoke(steps: Int) throws {
    let denoiser = NormalDenoiser()
    let (sampler, before, after) = try BespokeSampler.fitted(to: denoiser, steps: steps, count: 16, iterations: 25)
    #expect(sampler.steps == steps && after < 0.1 * before, "\(before) to \(after)")
    func miss(_ sampler: any DesignSampler) throws -> Double {
      let fine = try Sampling(denoiser, .flow, FlowMidpointSampler(steps: 64)).designs(count: 50, seed: 11)
      let few = try Sampling(denoiser, .flow, sampler).designs(count: 50, seed: 11)
      return zip(few.elements, fine.elements).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    }
    let (plain, made) = (try miss(FlowMidpointSampler(steps: steps)), try miss(sampler))
    #expect(made < 0.05 * plain, "\(plain) to \(made)")
  }
}
