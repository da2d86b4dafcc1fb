import Foundation
import NeuralNetworks
import Testing

@Suite("Training") struct TrainerTests {
  /// A perceptron that learns a wave of two variables.
  struct Task {
    let layout: ParameterLayout
    let network: MultilayerPerceptron
    var loader = DataLoader(count: 64, batch: 16, seed: 5)
    let inputs: [Float]

    init() {
      var layout = ParameterLayout()
      network = MultilayerPerceptron("network", widths: [2, 12, 1], .tanh, in: &layout)
      self.layout = layout
      var generator = SeededGenerator(seed: 1)
      inputs = (0..<128).map { _ in Float(2 * generator.uniform() - 1) }
    }

    mutating func loss(_ p: BoundParameters<Float>, _ part: inout Trainer.Part) -> Variable<Float> {
      let samples = loader.samples(ofStep: part.gradient)
      let x = samples.flatMap { [inputs[2 * $0], inputs[2 * $0 + 1]] }
      // Noise that a resumed run must draw again.
      let y = samples.map { inputs[2 * $0] * inputs[2 * $0 + 1] + 0.01 * Float(part.generator.normal()) }
      let answer = network(p.tape.constant(Tensor(x, shape: [samples.count, 2])), p)
      return (answer - p.tape.constant(Tensor(y, shape: [samples.count, 1]))).meanSquare()
    }
  }

  static func options(_ change: (inout Trainer.Options) -> Void = { _ in }) -> Trainer.Options {
    var options = Trainer.Options()
    options.steps = 40
    options.rate = RateSchedule(0.02, warmup: 5, decay: .cosine(final: 0.1))
    options.averageDecay = 0.9
    options.largestGradient = 1
    change(&options)
    return options
  }

  static func train(_ trainer: Trainer, _ task: inout Task, _ state: inout TrainingState, until step: Int) throws {
    while state.step < step { try trainer.advance(&state) { task.loss($0, &$1) } }
  }

  @Test("A perceptron learns a product")
  func learns() throws {
    var task = Task()
    let trainer = Trainer(task.layout, AdamW.adam, Self.options { $0.steps = 300 })
    var state = trainer.start(seed: 2)
    try Self.train(trainer, &task, &state, until: 300)
    #expect(trainer.isDone(state) && state.losses.count == 300)
    let (first, last) = (state.losses[0], state.losses.suffix(20).reduce(0, +) / 20)
    #expect(last < 0.1 * first, "from \(first) to \(last)")
    #expect(trainer.answer(state) == state.average)
  }

  @Test("A run taken up from a file has the bits of one that was not stopped")
  func resume() throws {
    let path = NSTemporaryDirectory() + "training-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var task = Task()
    let trainer = Trainer(task.layout, AdamW(), Self.options())
    var whole = trainer.start(seed: 2)
    try Self.train(trainer, &task, &whole, until: 40)
    var half = trainer.start(seed: 2)
    try Self.train(trainer, &task, &half, until: 23)
    try half.write(to: path, method: trainer.optimizer.name)

    var fresh = Task()
    var resumed = try trainer.start(seed: 9).resumed(from: path, method: "adamw")
    #expect(resumed == half)
    try Self.train(trainer, &fresh, &resumed, until: 40)
    #expect(resumed == whole)

    #expect(throws: FileFailure.self) { try trainer.start(seed: 9).resumed(from: path, method: "lion") }
    let unaveraged = Trainer(task.layout, AdamW(), Self.options { $0.averageDecay = nil })
    #expect(throws: FileFailure.self) { try unaveraged.start(seed: 9).resumed(from: path, method: "adamw") }
    var bytes = try AtomicFile.read(path)
    bytes[bytes.count / 2] ^= 1
    try AtomicFile.write(bytes, to: path)
    #expect(throws: FileFailure.self) { try trainer.start(seed: 9).resumed(from: path, method: "adamw") }
  }

  @Test("The same bits for any number of threads")
  func threads() throws {
    defer { Threads.limit(to: 2) }
    let states = try [1, 2].map { count in
      Threads.limit(to: count)
      var task = Task()
      let trainer = Trainer(task.layout, AdamW(), Self.options())
      var state = trainer.start(seed: 2)
      try Self.train(trainer, &task, &state, until: 10)
      return state
    }
    #expect(states[0] == states[1])
  }

  @Test("Two gradients of half a batch are one of the whole")
  func accumulation() throws {
    func first(_ gradients: Int, batch: Int) throws -> Tensor<Float> {
      var task = Task()
      task.loader = DataLoader(count: 64, batch: batch, seed: 5)
      let trainer = Trainer(
        task.layout, ScheduleFreeSGD(),
        Self.options {
          $0.gradientsOfStep = gradients
          $0.largestGradient = nil
        })
      var state = trainer.start(seed: 2)
      try trainer.advance(&state) { p, part in
        // Without noise, which is drawn apart for each gradient.
        let samples = task.loader.samples(ofStep: part.gradient)
        let x = samples.flatMap { [task.inputs[2 * $0], task.inputs[2 * $0 + 1]] }
        return task.network(p.tape.constant(Tensor(x, shape: [samples.count, 2])), p).meanSquare()
      }
      return state.parameters
    }
    let (whole, halves) = (try first(1, batch: 16), try first(2, batch: 8))
    #expect(zip(whole.elements, halves.elements).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("A loss that is not a number ends the run and keeps the last good parameters")
  func nonFinite() throws {
    var task = Task()
    let trainer = Trainer(task.layout, AdamW(), Self.options())
    var state = trainer.start(seed: 2)
    try Self.train(trainer, &task, &state, until: 3)
    let good = state
    let failure = #expect(throws: SolveFailure.self) {
      try trainer.advance(&state) { p, part in task.loss(p, &part).scaled(by: .nan) }
    }
    #expect(state == good)
    #expect(failure?.kind == .nonFinite && failure?.message.contains("step 4") == true)
  }

  @Test("A gradient is shortened, not turned")
  func clipping() {
    var gradient = Tensor<Float>([3, -4], shape: [2])
    #expect(GradientClipping.clip(&gradient, toNorm: 1) == 5)
    #expect(abs(gradient[0] - 0.6) < 1e-6 && abs(gradient[1] + 0.8) < 1e-6)
    #expect(GradientClipping.clip(&gradient, toNorm: 2) <= 1.0001)
    #expect(abs(gradient[0] - 0.6) < 1e-6)
  }

  @Test("Every sample once an epoch, epochs without a gap, orders by the seed")
  func loader() {
    var loader = DataLoader(count: 10, batch: 4, seed: 3)
    let seen = (0..<5).flatMap { loader.samples(ofStep: $0) }
    #expect(seen[..<10].sorted() == Array(0..<10) && seen[10...].sorted() == Array(0..<10))
    #expect(Array(seen[..<10]) != Array(seen[10...]))
    // Asked for out of order, the same.
    var other = DataLoader(count: 10, batch: 4, seed: 3)
    #expect(other.samples(ofStep: 4) == Array(seen[16...]))
    #expect(other.samples(ofStep: 0) == Array(seen[..<4]))
    var reseeded = DataLoader(count: 10, batch: 4, seed: 4)
    #expect(reseeded.samples(ofStep: 0) + reseeded.samples(ofStep: 1) != Array(seen[..<8]))
  }

  @Test("Rates rise and fall as they are told")
  func rates() {
    let cosine = RateSchedule(2, warmup: 4, decay: .cosine(final: 0.1))
    #expect(cosine.rate(ofStep: 0, of: 104) == 0.5 && cosine.rate(ofStep: 3, of: 104) == 2)
    #expect(abs(cosine.rate(ofStep: 54, of: 104) - 1.1) < 1e-12 && abs(cosine.rate(ofStep: 104, of: 104) - 0.2) < 1e-12)
    #expect(RateSchedule(2, decay: .linear(final: 0)).rate(ofStep: 25, of: 100) == 1.5)
    #expect(abs(RateSchedule(2, decay: .exponential(final: 0.01)).rate(ofStep: 50, of: 100) - 0.2) < 1e-12)
    #expect(RateSchedule(2, warmup: 4, decay: .inverseSquareRoot).rate(ofStep: 16, of: 100) == 1)
    #expect(RateSchedule(2).rate(ofStep: 99, of: 100) == 2)
  }

  @Test("A line on the progress")
  func progress() throws {
    var task = Task()
    let trainer = Trainer(task.layout, AdamW(), Self.options())
    var state = trainer.start(seed: 2)
    try Self.train(trainer, &task, &state, until: 10)
    let line = TrainingProgress(state, of: 40, seconds: 0.05, taken: 10).line
    #expect(line.hasPrefix("step 10/40  loss 0.") && line.hasSuffix("  5 ms a step  1 s left"), "\(line)")
  }
}
