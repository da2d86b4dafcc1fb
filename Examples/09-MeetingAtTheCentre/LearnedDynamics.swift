import DesignSamplers
import Foundation

/// The usual way without a sampler: a network learns one stored step of two discs, is rolled out for more discs and a longer
/// time, and designs descend through it. A disc sees the walls by itself and each other disc through a message, which are
/// summed (the interaction network of Battaglia et al. 2016, 4 numbers a disc).
struct LearnedDynamics: Sendable {
  let layout: ParameterLayout
  let parameters: Tensor<Float>
  private let message: MultilayerPerceptron
  private let update: MultilayerPerceptron

  private static func parts(width: Int) -> (ParameterLayout, MultilayerPerceptron, MultilayerPerceptron) {
    var layout = ParameterLayout()
    let message = MultilayerPerceptron("message", widths: [8, width, width, width], in: &layout)
    let update = MultilayerPerceptron(
      "update", widths: [4 + width, width, width, 4], startsAtZero: true, in: &layout)
    return (layout, message, update)
  }

  init(trajectories: Int = 4000, width: Int = 64, steps: Int = 20_000, batch: Int = 256) throws {
    let (layout, message, update) = Self.parts(width: width)
    (self.layout, self.message, self.update) = (layout, message, update)
    let data = TrajectoryModel.simulated(bodies: 2, count: trajectories)
    let states = data.elements, window = TrajectoryModel.window
    var training = Trainer.Options()
    training.steps = steps
    training.rate = RateSchedule(2e-3, warmup: 100, decay: .cosine(final: 0.01))
    training.averageDecay = 0.995
    training.largestGradient = 1
    let trainer = Trainer(layout, AdamW(), training)
    var state = trainer.start(seed: 4)
    while !trainer.isDone(state) {
      try trainer.advance(&state) { p, part in
        var (before, after) = ([Float](), [Float]())
        for _ in 0..<batch {
          let row = Int(part.generator.uniform() * Double(trajectories))
          let step = Int(part.generator.uniform() * Double(window - 1))
          let start = (row * window + step) * 8
          before += states[start..<start + 8]
          after += states[start + 8..<start + 16]
        }
        let x = p.tape.constant(Tensor(before, shape: [2 * batch, 4]))
        let target = p.tape.constant(Tensor(after, shape: [2 * batch, 4]))
        return (Self.step(x, bodies: 2, message, update, p) - target).meanSquare()
      }
    }
    parameters = trainer.answer(state)
  }

  /// All discs of some designs, `[designs × bodies, 4]`, one stored step later.
  private static func step(
    _ x: Variable<Float>, bodies: Int, _ message: MultilayerPerceptron, _ update: MultilayerPerceptron,
    _ p: BoundParameters<Float>
  ) -> Variable<Float> {
    let count = x.shape[0]
    var (to, from) = ([Int32](), [Int32]())
    for i in 0..<count {
      let first = i / bodies * bodies
      for j in first..<first + bodies where j != i {
        to.append(Int32(i))
        from.append(Int32(j))
      }
    }
    let receiver = x.rows(to)
    let messages = message(.joined([receiver, x.rows(from) - receiver]), p).segmentSums(to, count: count)
    return x + update(.joined([x, messages]), p)
  }

  /// What it believes a design's value to be, and the gradient of that.
  func linearize(_ task: MeetingTask, _ design: DenseVector) -> (value: Double, gradient: DenseVector) {
    let n = task.discs.count, start = task.start(design)
    let tape = Tape<Float>()
    let input = tape.input(
      Tensor((0..<n).flatMap { TrajectoryModel.scaled(start.elements, body: $0, of: n) }, shape: [n, 4]))
    let p = BoundParameters(parameters, layout, on: tape, isTracked: false)
    var x = input
    for _ in 0..<task.storedSteps { x = Self.step(x, bodies: n, message, update, p) }
    let end = x.value.elements
    var (value, seed) = (0.0, [Float](repeating: 0, count: 4 * n))
    for i in 0..<n {
      let (a, b) = (Double(end[4 * i]), Double(end[4 * i + 1]))
      let length = max(1e-9, hypot(a, b))
      value += 46 * length / (200 * Double(n))
      seed[4 * i] = Float(46 * a / (length * 200 * Double(n)))
      seed[4 * i + 1] = Float(46 * b / (length * 200 * Double(n)))
    }
    let pulled = tape.pullback(Tensor(seed, shape: [n, 4]), from: x)[input].elements.map(Double.init)
    var gradient = DenseVector(zeros: 4 * n)
    for i in 0..<n {
      for axis in 0..<2 {
        gradient[2 * i + axis] = pulled[4 * i + axis] / 46
        gradient[2 * n + 2 * i + axis] = pulled[4 * i + 2 + axis] / 57.7
      }
    }
    return (value, task.ofDesign(gradient, start))
  }
}
