/// Gives the particles beyond inlets with a history the speed of the time, and takes a seed back through that.
struct InflowSteering {
  private struct Driven {
    /// Among the flow's boundaries.
    var boundary: Int
    var spline: UniformSpline
    /// Where its coefficients are among the parameters.
    var first: Int
  }

  private let flow: OpenFlow
  private let driven: [Driven]
  private let count: Int
  private let dimension: Int

  /// Nil where no inlet has a history.
  init?(_ system: ParticleSystem) {
    guard let flow = system.openFlow else { return nil }
    self.flow = flow
    count = system.particleCount
    dimension = system.dimension
    var next = ParameterOffsets(system).inflowHistory, driven: [Driven] = []
    for place in flow.driven {
      guard let history = flow.boundaries[place].history else { continue }
      driven.append(Driven(boundary: place, spline: history.spline, first: next))
      next += history.coefficients.count
    }
    if driven.isEmpty { return nil }
    self.driven = driven
  }

  /// - Parameters:
  ///   - state: after a step and the exchange of particles.
  ///   - time: at its end, s.
  func steer(_ state: UnsafeMutablePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double) {
    for inlet in driven {
      let (first, weights) = inlet.spline.weights(time)
      let velocity = inward(inlet) * UniformSpline.sum(parameters + inlet.first, first, weights)
      forEachVelocity(beyond: inlet, state) { state[$0] = velocity }
    }
  }

  /// From the seed after `steer` to the one before it.
  ///
  /// - Parameters:
  ///   - state: after the step, the exchange and the steering.
  ///   - time: at the end of the step, s.
  ///   - seed: on the state.
  ///   - gradient: of all parameters.
  func pull(
    _ state: UnsafePointer<Double>, time: Double, seed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) {
    for inlet in driven {
      let (first, weights) = inlet.spline.weights(time)
      var sum = 0.0
      forEachVelocity(beyond: inlet, state) {
        sum += seed[$0]
        seed[$0] = 0
      }
      for k in 0..<4 { gradient[inlet.first + first + k] += weights[k] * inward(inlet) * sum }
    }
  }

  private func inward(_ inlet: Driven) -> Double { flow.boundaries[inlet.boundary].isUpper ? -1 : 1 }

  private func forEachVelocity(beyond inlet: Driven, _ state: UnsafePointer<Double>, _ body: (_ entry: Int) -> Void) {
    let axis = flow.boundaries[inlet.boundary].axis, densities = 2 * count * dimension
    for i in 0..<count where state[densities + i] != 0 {
      if flow.boundaries.firstIndex(where: { $0.holds(state + i * dimension) }) != inlet.boundary { continue }
      body((count + i) * dimension + axis)
    }
  }
}
