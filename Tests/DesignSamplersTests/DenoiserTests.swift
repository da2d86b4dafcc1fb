import DesignSamplers
import Foundation
import Testing

@Suite("Denoisers") struct DenoiserTests {
  @Test("The exact denoiser of a set samples the set")
  func nearest() throws {
    let designs = Tensor<Float>([1, 0, -1, 0.5, 0, -1], shape: [3, 2])
    let samples = try Sampling(NearestDenoiser(designs), .karras, HeunSampler(steps: 30)).designs(count: 60, seed: 1)
    var seen = Set<Int>()
    for row in 0..<60 {
      let distances = (0..<3).map { k in
        abs(samples[2 * row] - designs[2 * k]) + abs(samples[2 * row + 1] - designs[2 * k + 1])
      }
      let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
      #expect(distances[nearest] < 0.01)
      seen.insert(nearest)
    }
    #expect(seen == [0, 1, 2])
  }

  @Test("A perceptron learns where the designs of a family lie")
  func learns() throws {
    // Two numbers that are the same; of pure noise they would differ by 0.95 in the median.
    var generator = SeededGenerator(seed: 3)
    let data = (0..<32).flatMap { _ in
      let x = Float(generator.normal())
      return [x, x]
    }
    let network = DenoisingPerceptron(size: 2, width: 8, blocks: 1)
    var options = Trainer.Options()
    options.steps = 150
    options.rate = RateSchedule(2e-2, decay: .cosine(final: 0.05))
    let trainer = Trainer(network.layout, AdamW.adam, options)
    var state = trainer.start(seed: 1)
    let loss = DenoisingLoss(.cosine, .velocity), designs = Tensor(data, shape: [32, 2])
    while !trainer.isDone(state) {
      try trainer.advance(&state) { loss(network, designs, $0, using: &$1.generator) }
    }
    let denoiser = NetworkDenoiser(network, parameters: trainer.answer(state), prediction: .velocity, shape: [2])
    let samples = try Sampling(denoiser, .cosine, MultistepSampler(steps: 10)).designs(count: 50, seed: 2).elements
    let misses = (0..<50).map { abs(samples[2 * $0] - samples[2 * $0 + 1]) }.sorted()
    #expect(misses[25] < 0.25, "median difference \(misses[25])")
    let mean = samples.reduce(0, +) / 100, square = samples.reduce(0) { $0 + $1 * $1 } / 100
    #expect(abs(mean) < 0.5 && square > 0.4, "mean \(mean), mean square \(square)")
  }

  @Test("What several models say of a number is weighed")
  func summed() throws {
    let designs = NearestDenoiser(Tensor<Float>([1], shape: [1, 1]))
    let others = NearestDenoiser(Tensor<Float>([3, 5], shape: [1, 2]))
    let sum = SummedDenoiser(
      count: 2, [.init(designs, numbers: [0]), .init(others, numbers: [0, 1], weight: 3)])
    let clean = try sum.denoise(Tensor([0, 0], shape: [1, 2]), at: NoiseLevel(signal: 0.6, deviation: 0.8))
    #expect(clean.elements == [0.25 * 1 + 0.75 * 3, 5])
  }

  @Test("Measures tell sets apart")
  func measures() {
    var generator = SeededGenerator(seed: 7)
    let a = (0..<100).map { _ in generator.vector(count: 3) }
    let b = (0..<100).map { _ in generator.vector(count: 3) }
    let far = b.map { $0 + DenseVector([10, 0, 0]) }
    #expect(abs(SetMeasures.neighbourAccuracy(a, b) - 0.5) < 0.15)
    #expect(SetMeasures.neighbourAccuracy(a, far) == 1)
    #expect(SetMeasures.neighbourAccuracy(a, a) < 0.1)
    #expect(SetMeasures.coverage(of: a, by: a) == 1)
    #expect(SetMeasures.coverage(of: a, by: [a[3]]) == 0.01)
    #expect(SetMeasures.novelty([a[5]], beside: a) == [0])
    #expect(SetMeasures.meanDistance([[0, 0], [3, 4]]) == 5)
  }
}
