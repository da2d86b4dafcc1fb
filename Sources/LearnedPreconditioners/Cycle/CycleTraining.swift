#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Trains a `LearnedCycle`.
///
/// The loss is what the cycle is for: the logarithm of the true reduction of the error's energy norm by some iterations
/// of preconditioned conjugate gradients from zero, per iteration, the mean over systems. Its gradient is estimated by
/// evolution strategies with mirrored samples (Salimans et al., arXiv:1703.03864): the loss needs no derivative of the
/// cycle, and the parameters are few. The directions of a step follow from its number and the seed.
public struct CycleTraining: Sendable {
  public var systems: [TrainingSystem]
  /// Iterations that the loss looks at.
  public var iterations = 14
  /// Pairs of mirrored samples a step, and their spread.
  public var pairs = 8
  public var spread: Float = 0.05
  /// Systems a step.
  public var batch = 6
  public var options = MultigridOptions()
  /// What is learned. Widths learned on small bodies made whole design runs of larger ones dearer, so they are left out
  /// unless asked for.
  public var learnsCoefficients = true
  public var learnsWidths = false
  public let network = LearnedCycle.Network()

  public init(_ systems: [TrainingSystem]) { self.systems = systems }

  /// The loss on one system: mean logarithm of the factor by which an iteration reduces the energy norm of the error.
  public func loss(_ rule: (any CycleRule)?, _ system: TrainingSystem) throws -> Double {
    let solver = MultigridCG(options, rule: rule)
    let prepared = try solver.prepare(system.matrix, reusing: nil)
    let x = solver.iterate(prepared, system.load, iterations: iterations)
    let error = system.solution - x
    // |e|² = eᵀ (f - A x)
    let image = DenseVector(count: x.count) { y in
      x.withUnsafeBufferPointer { system.matrix.apply($0.baseAddress!, into: y.baseAddress!) }
    }
    let energy = max(error.dot(system.load - image), 1e-20 * system.energy)
    return 0.5 * log(energy / system.energy) / Double(iterations)
  }

  /// The loss of a step for `Trainer`: its value at the parameters' neighbours, with the estimated gradient.
  public func loss(_ p: BoundParameters<Float>, _ parameters: Tensor<Float>, _ part: inout Trainer.Part) throws
    -> Variable<Float>
  {
    var generator = part.generator
    let chosen = (0..<batch).map { _ in
      systems[min(Int(generator.uniform() * Double(systems.count)), systems.count - 1)]
    }
    var gradient = [Float](repeating: 0, count: parameters.count)
    var total = 0.0
    for _ in 0..<pairs {
      var direction = Tensor<Float>(normal: [parameters.count], using: &generator)
      for i in 0..<direction.count where !(network.widths.range.contains(i) ? learnsWidths : learnsCoefficients) {
        direction[i] = 0
      }
      var sides: [Double] = []
      for sign: Float in [1, -1] {
        var moved = parameters
        for i in 0..<moved.count { moved[i] += sign * spread * direction[i] }
        let rule = LearnedCycle(moved, network: network)
        sides.append(try chosen.reduce(0) { $0 + (try loss(rule, $1)) } / Double(batch))
      }
      total += 0.5 * (sides[0] + sides[1])
      let slope = Float((sides[0] - sides[1]) / 2) / spread / Float(pairs)
      for i in gradient.indices { gradient[i] += slope * direction[i] }
    }
    return p.linearized(value: Float(total / Double(pairs)), gradient: gradient, at: parameters, network.layout)
  }
}

extension BoundParameters<Float> {
  /// A scalar with a given value and a given gradient with respect to the block.
  fileprivate func linearized(
    value: Float, gradient: [Float], at parameters: Tensor<Float>, _ layout: ParameterLayout
  ) -> Variable<Float> {
    var sum = tape.constant(Tensor<Float>([value], shape: []))
    for slot in layout.slots {
      let here = self[slot]
      let slope = tape.constant(Tensor(gradient[slot.range], shape: slot.shape))
      sum = sum + ((here - here.detached()) * slope).sum()
    }
    return sum
  }
}
