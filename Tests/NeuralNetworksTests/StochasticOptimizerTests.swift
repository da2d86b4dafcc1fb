import NeuralNetworks
import Testing

/// Every method, with a rate that suits the problem below.
struct MethodCase: Sendable, CustomTestStringConvertible {
  let method: any StochasticOptimizer
  let rate: Double
  var decay = RateSchedule.Decay.none
  var testDescription: String { method.name }

  static var all: [MethodCase] {
    var amsgrad = OptimisticAMSGrad()
    amsgrad.isOptimistic = false
    return [
      MethodCase(method: AdamW.adam, rate: 0.02), MethodCase(method: AdamW(), rate: 0.02),
      MethodCase(method: amsgrad, rate: 0.02), MethodCase(method: OptimisticAMSGrad(), rate: 0.02),
      // Steps of one length circle the answer; they must shrink to reach it.
      MethodCase(method: Lion(), rate: 0.015, decay: .cosine(final: 0.05)), MethodCase(method: Grams(), rate: 0.02),
      MethodCase(method: CoRe(), rate: 1), MethodCase(method: ScheduleFreeSGD(), rate: 0.3),
      MethodCase(method: DistanceOverGradients(), rate: 1), MethodCase(method: Shampoo(), rate: 0.1),
    ]
  }
}

@Suite("Methods of stochastic training") struct StochasticOptimizerTests {
  /// Least squares for a matrix [3, 2] and a row of two, from noisy samples: the answer is `solution`.
  static let layout = {
    var layout = ParameterLayout()
    _ = layout.slot("matrix", [3, 2], .constant(0))
    _ = layout.slot("row", [2], .constant(0))
    return layout
  }()
  static let solution: [Float] = [0.5, -0.3, 0.8, 0.1, -0.6, 0.4, 0.2, -0.7]

  static func run(
    _ each: MethodCase, steps: Int, from memory: OptimizerMemory? = nil, at start: Tensor<Float>? = nil, first: Int = 0
  ) -> (OptimizerMemory, Tensor<Float>) {
    var parameters = start ?? Tensor(zeros: [8])
    var memory = memory ?? each.method.start(at: parameters, layout: layout)
    for step in first..<(first + steps) {
      var generator = SeededGenerator(seed: 7, generation: step)
      var gradient = Tensor<Float>(zeros: [8])
      for _ in 0..<8 {
        let x = (0..<3).map { _ in Float(generator.normal()) }
        for j in 0..<2 {
          let error = (0..<3).reduce(parameters[6 + j] - solution[6 + j]) {
            $0 + x[$1] * (parameters[2 * $1 + j] - solution[2 * $1 + j])
          }
          let noisy = error + 0.1 * Float(generator.normal())
          for i in 0..<3 { gradient[2 * i + j] += noisy * x[i] / 8 }
          gradient[6 + j] += noisy / 8
        }
      }
      each.method.update(
        &memory, &parameters, gradient: gradient,
        rate: RateSchedule(each.rate, decay: each.decay).rate(ofStep: step, of: 400))
    }
    return (memory, parameters)
  }

  @Test("Each finds the answer of a noisy least-squares problem", arguments: MethodCase.all)
  func convergence(_ each: MethodCase) {
    let (memory, parameters) = Self.run(each, steps: 400)
    let answer = each.method.answer(memory, parameters)
    let error = zip(answer.elements, Self.solution).map { abs($0 - $1) }.max() ?? .infinity
    #expect(error < 0.08, "\(each.method.name): \(error)")
  }

  @Test("A run taken up has the bits of one that was not stopped", arguments: MethodCase.all)
  func resume(_ each: MethodCase) throws {
    let whole = Self.run(each, steps: 24)
    let (memory, parameters) = Self.run(each, steps: 11)
    let saved = try NamedArrays(decoding: memory.save().encoded())
    let fresh = each.method.start(at: Tensor(zeros: [8]), layout: Self.layout)
    let restored = try #require(fresh.restored(from: saved))
    #expect(restored == memory)
    let resumed = Self.run(each, steps: 13, from: restored, at: parameters, first: 11)
    #expect(resumed.0 == whole.0 && resumed.1 == whole.1)
    #expect(fresh.restored(from: NamedArrays()) == nil)
  }

  @Test("First steps are those of the papers")
  func firstSteps() {
    let gradient = Tensor<Float>([2, -0.5, 0, 0.25, 0, 0, 0, 0], shape: [8])
    let start = Tensor<Float>(repeating: 1, shape: [8])
    func step(_ method: some StochasticOptimizer, rate: Double) -> [Float] {
      var (memory, x) = (method.start(at: start, layout: Self.layout), start)
      method.update(&memory, &x, gradient: gradient, rate: rate)
      return zip(x.elements, start.elements).map { $0 - $1 }
    }
    func expect(_ found: [Float], _ wanted: [Float], _ name: String, within: Float = 1e-5) {
      #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < within }, "\(name): \(found)")
    }
    // A first step of Adam is the rate in the direction of the sign, whatever the gradient's size.
    expect(step(AdamW.adam, rate: 0.1), [-0.1, 0.1, 0, -0.1], "adam")
    expect(step(AdamW(), rate: 0.1), [-0.101, 0.099, -0.001, -0.101], "adamw")
    expect(step(Grams(), rate: 0.1), [-0.1, 0.1, 0, -0.1], "grams")
    expect(step(Lion(), rate: 0.1), [-0.1, 0.1, 0, -0.1], "lion")
    // Twice the first step, since there was none before.
    expect(step(OptimisticAMSGrad(), rate: 0.1), [-0.2, 0.2, 0, -0.2], "optimistic amsgrad")
    // The step of its own begins at a thousandth; the decay takes a tenth of it off a weight of one.
    expect(step(CoRe(), rate: 1), [-1.1e-3, 0.9e-3, 0, -1.1e-3], "core")
    // z goes by the gradient, and the mean of one iterate is that iterate.
    expect(step(ScheduleFreeSGD(), rate: 0.1), [-0.2, 0.05, 0, -0.025], "schedule-free sgd")
    // The first distance over the norm of the gradient.
    let first = Float(1e-4 * (1 + 8.0.squareRoot()) / (4.3125).squareRoot())
    expect(step(DistanceOverGradients(), rate: 1).map { $0 / first }, [-2, 0.5, 0, -0.25], "dog", within: 1e-3)
  }

  @Test("Shampoo takes the root of a matrix from both sides")
  func shampoo() {
    // For one gradient of rank one, G = s u v^T: L^(-1/4) G R^(-1/4) = u v^T as epsilon vanishes.
    var method = Shampoo()
    (method.smallest, method.meanDecay) = (1e-6, 0)
    var layout = ParameterLayout()
    _ = layout.slot("matrix", [2, 3], .constant(0))
    var x = Tensor<Float>(zeros: [6])
    var memory = method.start(at: x, layout: layout)
    let (u, v): ([Float], [Float]) = ([0.6, 0.8], [2.0 / 3, -1.0 / 3, 2.0 / 3])
    let gradient = Tensor<Float>(u.flatMap { a in v.map { 5 * a * $0 } }, shape: [6])
    method.update(&memory, &x, gradient: gradient, rate: 1)
    for (found, wanted) in zip(x.elements, u.flatMap { a in v.map { -a * $0 } }) { #expect(abs(found - wanted) < 1e-3) }
  }
}
