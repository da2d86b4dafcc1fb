import Foundation

/// A solver of few steps made for one model (Shaul et al., "Bespoke solvers for generative flow models", 2023): the midpoint rule along a
/// changed time and scale of the way, both learned. It asks the model twice a step and goes exactly where the model's
/// fine solution goes as far as its few numbers allow.
///
/// The way is x(t) along the straight levels of `NoiseSchedule.flow`, t from 1 to 0. With r from 0 to 1 the transformed
/// way is s(r) x(t(r)) (eq. 11); the rule sees t, s and their derivatives at 2 `steps` + 1 places.
public struct BespokeSampler: DesignSampler {
  /// t at r = 0, 1/(2n), 1/n, …: from 1 down to 0.
  public let times: [Double]
  /// s at the same places; the first and the last are one.
  public let scales: [Double]
  /// dt/dr and ds/dr at all places but the last.
  public let timeRates: [Double]
  public let scaleRates: [Double]

  public var steps: Int { (times.count - 1) / 2 }

  /// The midpoint rule itself, from which learning starts.
  public init(steps: Int) {
    precondition(steps > 0, "\(steps) steps")
    self.init(parameters: [Double](repeating: 0, count: Self.parameterCount(steps: steps)), steps: steps)
  }

  /// Numbers that are learned: 8 `steps` - 2.
  public static func parameterCount(steps: Int) -> Int { 8 * steps - 2 }

  /// - Parameters:
  ///   - parameters: `[8 steps - 2]`: logarithms of the pieces of time over equal ones, logarithms of dt/dr over -1, logarithms
  ///     of the inner scales, ds/dr. All zero is the midpoint rule.
  ///   - steps: At least one.
  public init(parameters: [Double], steps: Int) {
    let n = 2 * steps
    precondition(steps > 0 && parameters.count == Self.parameterCount(steps: steps), "\(parameters.count) numbers")
    let pieces = ([0] + parameters[0..<n - 1]).map { exp($0) }
    let total = pieces.reduce(0, +)
    var (times, rest) = ([1.0], total)
    for piece in pieces {
      rest -= piece
      times.append(max(0, rest / total))
    }
    times[n] = 0
    self.times = times
    timeRates = parameters[n - 1..<2 * n - 1].map { -exp($0) }
    scales = [1] + parameters[2 * n - 1..<3 * n - 2].map { exp($0) } + [1]
    scaleRates = Array(parameters[3 * n - 2..<4 * n - 2])
  }

  /// Straight levels at the learned times, one a step, whatever schedule the denoiser was trained with.
  public func levels(of schedule: NoiseSchedule) -> [NoiseLevel] {
    stride(from: 0, through: 2 * steps, by: 2).map { NoiseLevel(signal: 1 - times[$0], deviation: times[$0]) }
  }

  public func step(
    _ x: Tensor<Float>, _ step: SamplingStep, memory: inout SamplerMemory,
    clean: (Tensor<Float>, NoiseLevel) throws -> Tensor<Float>
  ) throws -> Tensor<Float> {
    let i = times.indices.last { times[$0] >= step.from.deviation && $0 % 2 == 0 } ?? 0
    let h = 1 / Double(steps)
    // d(s x)/dr = s'/s (s x) + t' s u(x, t) (eq. 12), at a place and a point of the transformed way.
    func rate(_ y: Tensor<Float>, _ place: Int) throws -> Tensor<Float> {
      let (t, s) = (times[place], scales[place])
      let x = Tensor.combined([(1 / s, y)])
      let design = try clean(x, NoiseLevel(signal: 1 - t, deviation: t))
      let slope = timeRates[place] * s / t
      return .combined([(scaleRates[place] / s, y), (slope, x), (-slope, design)])
    }
    let y = Tensor.combined([(scales[i], x)])
    let half = Tensor.combined([(1, y), (0.5 * h, try rate(y, i))])
    let next = Tensor.combined([(1, y), (h, try rate(half, i + 1))])
    return .combined([(1 / scales[i + 2], next)])
  }
}

extension BespokeSampler {
  /// Learns the numbers of a solver for a model: the mean square distance of its designs to those of `fine` from the same
  /// noise is made small by a quasi-Newton method with central differences, which costs two runs a number.
  ///
  /// - Parameters:
  ///   - denoiser: Whose solver it is.
  ///   - steps: Two answers of the model each.
  ///   - fine: What is right: a method along the straight levels, of many steps.
  ///   - count: Designs that are compared.
  ///   - seed: Of their noise.
  ///   - iterations: Of the quasi-Newton method, at most.
  /// - Returns: The solver, and the root of the mean square distance before and after.
  public static func fitted(
    to denoiser: some Denoiser, steps: Int, fine: FlowMidpointSampler = FlowMidpointSampler(steps: 64),
    count: Int = 64, seed: UInt64 = 0, iterations: Int = 40
  ) throws -> (sampler: BespokeSampler, before: Double, after: Double) {
    let right = try Sampling(denoiser, .flow, fine).designs(count: count, seed: seed)
    func miss(_ parameters: [Double]) -> Double {
      let sampler = BespokeSampler(parameters: parameters, steps: steps)
      guard let designs = try? Sampling(denoiser, .flow, sampler).designs(count: count, seed: seed) else {
        return .infinity
      }
      return zip(designs.elements, right.elements).reduce(0.0) { sum, pair in
        let difference = Double(pair.0) - Double(pair.1)
        return sum + difference * difference
      } / Double(right.count)
    }
    let size = parameterCount(steps: steps)
    let start = [Double](repeating: 0, count: size)
    let before = miss(start)
    let method = LBFGSB()
    let bounds = Bounds(-2...2, count: size)
    var state = method.start(at: DenseVector(start), within: bounds, layout: [Block("solver", shape: [size])])
    var best = (parameters: start, miss: before)
    // Single precision answers: steps much smaller would drown in their rounding.
    let step = 1e-2
    for _ in 0..<iterations {
      var answers: [Result<Evaluation, SolveFailure>] = []
      for request in method.propose(state) {
        let point = request.design.elements
        let value = miss(point)
        if value < best.miss { best = (point, value) }
        var evaluation = Evaluation(objective: log(max(value, 1e-12)))
        evaluation.objectiveGradient = DenseVector(
          (0..<size).map { i in
            var (up, down) = (point, point)
            up[i] += step
            down[i] -= step
            return (log(max(miss(up), 1e-12)) - log(max(miss(down), 1e-12))) / (2 * step)
          })
        answers.append(
          value.isFinite ? .success(evaluation) : .failure(SolveFailure(.nonFinite, "the solver's designs")))
      }
      if try method.update(&state, with: answers).stopped != nil { break }
    }
    return (BespokeSampler(parameters: best.parameters, steps: steps), before.squareRoot(), best.miss.squareRoot())
  }
}
