import DesignSamplers
import Foundation
import Testing

@Suite("Guidance") struct GuidanceTests {
  private let scaling = DesignScaling(mean: [0, 0], deviation: [1, 1])
  private let goal = DenseVector([0.6, -0.4])

  private var cost: SeparateCost {
    let goal = goal
    return SeparateCost(scaling) { x in
      let miss = x - goal
      return (miss.dot(miss), miss.scaled(by: 2))
    }
  }

  private func meanCost(_ change: (inout Sampling) -> Void = { _ in }) throws -> Double {
    var sampling = Sampling(NormalDenoiser(), .cosine, ImplicitSampler(steps: 20))
    change(&sampling)
    let designs = try sampling.designs(count: 200, seed: 1)
    return cost.costs(designs).reduce(0, +) / 200
  }

  @Test("Guidance by a cost lowers it, through the denoiser and past it", arguments: [false, true])
  func lowers(isThroughDenoiser: Bool) throws {
    let free = try meanCost()
    let guided = try meanCost {
      $0.guidance = [CostGuidance(cost, strength: isThroughDenoiser ? 4 : 0.4, isThroughDenoiser: isThroughDenoiser)]
    }
    #expect(guided < 0.6 * free, "\(free) to \(guided)")
  }

  @Test("A move is cut, and a cost that fails moves nothing")
  func cut() throws {
    let wild = SeparateCost(scaling) { _ in (1, [1e9, 0]) }
    let clean = Tensor<Float>([0, 0], shape: [1, 2])
    let level = NoiseLevel(signal: 1, deviation: 1)
    var guidance = CostGuidance(wild, strength: 1, longestMove: 0.5)
    let cuts = MoveCuts()
    guidance.cuts = cuts
    let moved = try guidance.steered(clean, at: level, pullback: nil)
    #expect(cuts.cut == 1 && cuts.dropped == 0)
    #expect(abs(moved.vector[0] + 0.5 * (2.0).squareRoot()) < 1e-6)
    let failing = SeparateCost(scaling) { _ in throw SolveFailure(.diverged, "no flow") }
    #expect(try CostGuidance(failing, strength: 1).steered(clean, at: level, pullback: nil) == clean)
    #expect(failing.costs(clean) == [.infinity])
  }

  @Test("Monte Carlo selection chooses cheap designs as often as their weights say")
  func selection() throws {
    let free = try meanCost { $0.sampler = AncestralSampler(steps: 20) }
    let selected = try meanCost {
      $0.sampler = AncestralSampler(steps: 20)
      $0.selection = MonteCarloSelection(cost, temperature: 0.1)
    }
    #expect(selected < 0.5 * free, "\(free) to \(selected)")
  }

  @Test("Densities are projected to their mean exactly")
  func projection() throws {
    var generator = SeededGenerator(seed: 4)
    let x = generator.vector(count: 50, in: -0.5...1.5)
    for fraction in [0, 0.3, 1] {
      let y = ProjectionGuidance.densities(x, ofMean: fraction)
      #expect(abs(y.elements.reduce(0, +) / 50 - fraction) < 1e-9)
      #expect(y.elements.allSatisfy { (0...1).contains($0) })
    }
    let held = ProjectionGuidance(scaling) { [$0[0], -$0[0]] }
    let sampling = try meanDifference(held)
    #expect(sampling < 1e-6)
  }

  @Test("Steps are taken where the noise is small, and left out where there is none")
  func steps() {
    let guidance = StepGuidance(DesignScaling(mean: [1, 1], deviation: [2, 2]), largestRatio: 1) { design in
      design[0] > 0 ? design.scaled(by: 0.5) : nil
    }
    let clean = Tensor<Float>([1, 0, -1, 0], shape: [2, 2])
    let (little, much) = (NoiseLevel(signal: 0.9, deviation: 0.4), NoiseLevel(signal: 0.4, deviation: 0.9))
    // 2 x + 1 is halved in the first row; the second has no step.
    #expect(guidance.steered(clean, at: little, pullback: nil).elements == [0.25, -0.25, -1, 0])
    #expect(guidance.steered(clean, at: much, pullback: nil) == clean)
  }

  private func meanDifference(_ guidance: any Guidance) throws -> Double {
    var sampling = Sampling(NormalDenoiser(), .cosine, ImplicitSampler(steps: 10))
    sampling.guidance = [guidance]
    let designs = try sampling.designs(count: 20, seed: 2).elements
    return stride(from: 0, to: 40, by: 2).map { Double(abs(designs[$0] + designs[$0 + 1])) }.max() ?? .infinity
  }

  @Test("A condition is asked for more strongly the larger its weight")
  func condition() throws {
    // A network that answers the condition itself, so that the design with weight w is (1 + w) times it.
    let network = ConditionAnswer()
    let asked = NetworkDenoiser(
      network, parameters: Tensor(zeros: [network.layout.count]), prediction: .sample, shape: [2],
      condition: [0.3, -0.2])
    for weight in [0.0, 1.5] {
      let designs = try Sampling(ConditionGuidance(asked, weight: weight), .cosine, ImplicitSampler(steps: 3))
        .designs(count: 2, seed: 1)
      #expect(abs(Double(designs[0]) - 0.3 * (1 + weight)) < 1e-5)
      #expect(abs(Double(designs[3]) + 0.2 * (1 + weight)) < 1e-5)
    }
  }
}

/// Answers its condition.
private struct ConditionAnswer: DenoisingNetwork {
  let layout: ParameterLayout
  let conditions = 2
  init() {
    var layout = ParameterLayout()
    _ = layout.slot("unused", [1], .constant(0))
    self.layout = layout
  }
  func answer<S: TensorScalar>(
    _ x: Variable<S>, times: [Double], condition: Variable<S>?, _ p: BoundParameters<S>
  ) -> Variable<S> { condition ?? x }
}
