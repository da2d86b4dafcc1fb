#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Trains a network: one gradient of a loss a step, in single precision, until the steps are taken.
public struct Trainer: Sendable {
  public struct Options: Sendable {
    public var steps = 1000
    public var rate = RateSchedule(1e-3)
    /// Gradients longer than this are shortened to it; nil for none.
    public var largestGradient: Double?
    /// Of the exponential moving average of the parameters (0.999, say); nil for none.
    public var averageDecay: Double?
    /// Gradients whose mean is one step's, for batches beyond memory. They are added up in double.
    public var gradientsOfStep = 1
    /// Of what is drawn within the loss: noise levels, noise, dropped conditions.
    public var seed: UInt64 = 0
    public init() {}
  }

  /// One of the gradients of a step.
  public struct Part: Sendable {
    /// Steps count from 0, and gradients within all steps too.
    public let step: Int
    public let gradient: Int
    /// Draws the same numbers for the same gradient of a run, resumed or not.
    public var generator: SeededGenerator
  }

  public typealias Loss = (BoundParameters<Float>, inout Part) throws -> Variable<Float>

  public let layout: ParameterLayout
  public let optimizer: any StochasticOptimizer
  public var options: Options
  private let pool = TensorPool()

  public init(_ layout: ParameterLayout, _ optimizer: any StochasticOptimizer = AdamW(), _ options: Options = Options())
  {
    precondition(options.gradientsOfStep > 0, "a step of \(options.gradientsOfStep) gradients")
    self.layout = layout
    self.optimizer = optimizer
    self.options = options
  }

  public func start(seed: UInt64) -> TrainingState { start(at: layout.initialParameters(seed: seed)) }

  public func start(at parameters: Tensor<Float>) -> TrainingState {
    TrainingState(
      parameters: parameters, average: options.averageDecay.map { _ in parameters },
      memory: optimizer.start(at: parameters, layout: layout))
  }

  public func isDone(_ state: TrainingState) -> Bool { state.step >= options.steps }

  /// One step.
  ///
  /// - Throws: `SolveFailure` of the kind `nonFinite` where the loss or its gradient is not a number: the state stays as
  ///   it was before the step, so that the last good parameters are kept. What the loss throws is thrown on.
  public func advance(_ state: inout TrainingState, _ loss: Loss) throws {
    let step = state.step
    var total = 0.0
    var sum: Tensor<Float>?
    var wide: [Double] = []
    for part in 0..<options.gradientsOfStep {
      let index = step * options.gradientsOfStep + part
      var here = Part(
        step: step, gradient: index, generator: SeededGenerator(seed: options.seed, generation: index))
      let tape = Tape<Float>(pool: pool)
      let parameters = BoundParameters(state.parameters, layout, on: tape)
      let value = try loss(parameters, &here)
      let gradient = parameters.gradient(tape.gradient(of: value))
      total += Double(value.value[0])
      if options.gradientsOfStep == 1 {
        sum = gradient
      } else {
        if wide.isEmpty { wide = [Double](repeating: 0, count: gradient.count) }
        gradient.withUnsafeBufferPointer { g in for i in g.indices { wide[i] += Double(g[i]) } }
      }
    }
    let parts = Double(options.gradientsOfStep)
    var gradient = sum ?? Tensor(wide.map { Float($0 / parts) }, shape: [wide.count])
    let size = options.largestGradient.map { GradientClipping.clip(&gradient, toNorm: $0) } ?? norm(of: gradient)
    guard total.isFinite, size.isFinite else {
      throw SolveFailure(
        .nonFinite,
        "training met a loss of \(total / parts) with a gradient of norm \(size) in step \(step + 1); the parameters after "
          + "step \(step) are kept. Lower the rate, or limit the gradient")
    }
    optimizer.update(
      &state.memory, &state.parameters, gradient: gradient, rate: options.rate.rate(ofStep: step, of: options.steps))
    if let decay = options.averageDecay, state.average != nil { average(&state.average!, state.parameters, decay) }
    state.losses.append(Float(total / parts))
    state.step += 1
  }

  /// The parameters to use: the average where one is kept, else what the method answers.
  public func answer(_ state: TrainingState) -> Tensor<Float> {
    state.average ?? optimizer.answer(state.memory, state.parameters)
  }

  private func average(_ mean: inout Tensor<Float>, _ parameters: Tensor<Float>, _ decay: Double) {
    let share = Float(1 - decay)
    mean.withUnsafeMutableBufferPointer { mean in
      parameters.withUnsafeBufferPointer { x in
        let shared = UncheckedShared((mean: mean, x: x))
        concurrentlyForEach(count: x.count) { range in
          for i in range { shared.value.mean[i] += share * (shared.value.x[i] - shared.value.mean[i]) }
        }
      }
    }
  }
}
