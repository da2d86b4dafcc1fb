import DifferentiableCore

/// Lets particles enter and leave after each step, and takes a seed back through that.
final class ParticleExchange {
  typealias Vector = UnsafeMutablePointer<Double>
  typealias Values = UnsafePointer<Double>

  private let flow: OpenFlow
  private let box: ParticleBox
  private let count: Int
  private let dimension: Int
  /// Positions, velocities and densities before the step.
  private var before: [Double]
  private var held: [(parent: Int, velocitySeed: [Double])] = []

  init(_ flow: OpenFlow, _ system: ParticleSystem) {
    self.flow = flow
    box = system.box
    count = system.particleCount
    dimension = system.dimension
    before = [Double](repeating: 0, count: (2 * dimension + 1) * count)
  }

  private var densities: Int { 2 * count * dimension }

  /// Where parked particles are.
  private var parking: [Double] { box.upper }

  func park(_ particle: Int, in state: Vector) {
    for axis in 0..<dimension {
      state[particle * dimension + axis] = parking[axis]
      state[(count + particle) * dimension + axis] = 0
    }
    state[densities + particle] = 0
  }

  func remember(_ state: Values) {
    before.withUnsafeMutableBufferPointer {
      _ = $0.update(fromContentsOf: UnsafeBufferPointer(start: state, count: $0.count))
    }
  }

  /// After the step: particles enter, then others leave.
  func exchange(_ state: Vector, time: Double) throws(SolveFailure) {
    try before.withUnsafeBufferPointer { (before) throws(SolveFailure) in
      let before = before.baseAddress!
      var free = 0
      for boundary in flow.boundaries where boundary.kind == .inlet {
        for i in 0..<count where before[densities + i] != 0 {
          let wasBeyond = boundary.holds(before + i * dimension)
          if !wasBeyond, boundary.holds(state + i * dimension) {
            throw SolveFailure(
              .diverged,
              "the fluid flows back through the inlet `\(boundary.name)`: particle \(i) at \(place(i, state)) m, time \(short(time)) s"
            )
          }
          if !wasBeyond || boundary.beyond(state + i * dimension) > 0 { continue }
          while free < count && state[densities + free] != 0 { free += 1 }
          if free == count {
            throw SolveFailure(
              .diverged,
              "no particle is left to enter through the inlet `\(boundary.name)` at time \(short(time)) s: all \(count) are in the flow"
            )
          }
          for axis in 0..<dimension {
            state[free * dimension + axis] = state[i * dimension + axis]
            state[(count + free) * dimension + axis] = before[(count + i) * dimension + axis]
          }
          state[free * dimension + boundary.axis] += boundary.isUpper ? boundary.depth : -boundary.depth
          state[densities + free] = state[densities + i]
        }
      }
      for boundary in flow.boundaries where boundary.kind == .outlet {
        for i in 0..<count where state[densities + i] != 0 {
          if boundary.holds(state + i * dimension, deeperThan: boundary.depth) { park(i, in: state) }
        }
      }
    }
  }

  /// From the seed after `exchange` to the one before it; `pullVelocities` adds what belongs to the state before the step.
  ///
  /// - Parameters:
  ///   - from: the state before the step.
  ///   - after: the state after it and the exchange.
  ///   - seed: on the latter.
  func pull(from: Values, after: Values, seed: Vector) {
    held = []
    var born = (0..<count).lazy.filter { [densities] in from[densities + $0] == 0 && after[densities + $0] != 0 }
      .makeIterator()
    for boundary in flow.boundaries where boundary.kind == .inlet {
      for i in 0..<count where from[densities + i] != 0 {
        // One that entered and left in the same step would have crossed the whole box.
        guard boundary.holds(from + i * dimension), boundary.beyond(after + i * dimension) <= 0,
          let child = born.next()
        else { continue }
        for axis in 0..<dimension { seed[i * dimension + axis] += seed[child * dimension + axis] }
        seed[densities + i] += seed[densities + child]
        held.append((i, (0..<dimension).map { seed[(count + child) * dimension + $0] }))
        clear(child, seed)
      }
    }
    for i in 0..<count where after[densities + i] == 0 { clear(i, seed) }
  }

  func pullVelocities(into seed: Vector) {
    for (parent, velocitySeed) in held {
      for axis in 0..<dimension { seed[(count + parent) * dimension + axis] += velocitySeed[axis] }
    }
  }

  private func clear(_ particle: Int, _ seed: Vector) {
    for axis in 0..<dimension {
      seed[particle * dimension + axis] = 0
      seed[(count + particle) * dimension + axis] = 0
    }
    seed[densities + particle] = 0
  }

  private func place(_ particle: Int, _ state: Values) -> String {
    "(" + (0..<dimension).map { short(state[particle * dimension + $0]) }.joined(separator: ", ") + ")"
  }

  private func short(_ value: Double) -> String { value.isFinite ? "\((value * 1e4).rounded() / 1e4)" : "\(value)" }
}
