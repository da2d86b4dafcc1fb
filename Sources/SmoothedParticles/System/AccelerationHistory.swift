/// An acceleration of everything in the box that changes in time, added to gravity: a uniform cubic B-spline. It is what
/// the fluid of a shaken tank feels in the frame of the tank.
public struct AccelerationHistory: Sendable, Equatable {
  /// m/s², `[count, dimension]`; equal ones make a constant acceleration.
  public var coefficients: [Double]
  /// Time from the first to the last knot, s; the acceleration stays as it is afterwards.
  public var duration: Double
  public let count: Int

  /// - Precondition: at least four coefficients an axis.
  public init(coefficients: [Double], dimension: Int, duration: Double) {
    precondition(coefficients.count % dimension == 0 && coefficients.count / dimension >= 4 && duration > 0)
    self.coefficients = coefficients
    self.duration = duration
    count = coefficients.count / dimension
  }

  func weights(_ time: Double) -> (first: Int, weights: SIMD4<Double>) {
    UniformSpline(count: count, duration: duration).weights(time)
  }

  /// The acceleration along each axis at a time, in m/s².
  public func acceleration(at time: Double) -> [Double] {
    let dimension = coefficients.count / count
    return coefficients.withUnsafeBufferPointer { entries in
      (0..<dimension).map { value(entries.baseAddress!, time, axis: $0, dimension) }
    }
  }

  func value(_ coefficients: UnsafePointer<Double>, _ time: Double, axis: Int, _ dimension: Int) -> Double {
    let (first, weights) = weights(time)
    return (0..<4).reduce(0.0) { $0 + weights[$1] * coefficients[(first + $1) * dimension + axis] }
  }
}

/// What pulls at all particles at a time: gravity and, if any, the history of accelerations.
struct BodyForce: Sendable {
  private let offsets: ParameterOffsets
  private let history: AccelerationHistory?
  private let dimension: Int

  init(_ system: ParticleSystem) {
    offsets = ParameterOffsets(system)
    history = system.accelerationHistory
    dimension = system.dimension
  }

  /// m/s², three entries.
  func value(_ parameters: UnsafePointer<Double>, time: Double) -> [Double] {
    var value = [0.0, 0.0, 0.0]
    for axis in 0..<dimension {
      value[axis] = parameters[offsets.gravity + axis]
      if let history {
        value[axis] += history.value(parameters + offsets.accelerationHistory, time, axis: axis, dimension)
      }
    }
    return value
  }

  /// Adds the seed on `value` to what it depends on.
  func pull(_ seed: [Double], time: Double, into gradient: UnsafeMutablePointer<Double>) {
    for axis in 0..<dimension { gradient[offsets.gravity + axis] += seed[axis] }
    guard let history else { return }
    let (first, weights) = history.weights(time)
    for k in 0..<4 {
      for axis in 0..<dimension {
        gradient[offsets.accelerationHistory + (first + k) * dimension + axis] += weights[k] * seed[axis]
      }
    }
  }
}
