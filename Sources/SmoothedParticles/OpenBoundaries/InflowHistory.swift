/// How fast fluid enters through an inlet over time: a uniform cubic B-spline, constant after its end.
///
/// Every particle beyond the plane of the inlet moves inward with the speed of the time, as a piston would push it, and
/// keeps what it crosses the plane with until the forces change it. Along the plane it moves as it began: were that to
/// change, the rows of particles would leave the opening. The coefficients are parameters of the simulation.
///
/// When a particle crosses depends on the speed, and a crossing belongs to a step. So a result jumps, by the
/// acceleration beside the plane times a step, where a crossing passes from one step to the next. The gradient is that
/// with the crossings held at their steps: exact between such jumps, and without what a later crossing by itself is
/// worth. That is little where the fluid accelerates alike on both sides of the plane, and is not for a jet that
/// falls freely once it has left its nozzle, where differences over many jumps show it.
public struct InflowHistory: Sendable, Equatable {
  /// Inward, positive, m/s; at least four, equal ones make a constant.
  public var coefficients: [Double]
  /// Time from the first to the last knot, s.
  public let duration: Double

  /// - Parameters:
  ///   - coefficients: inward, positive, m/s.
  ///   - duration: time from the first to the last knot, s.
  /// - Precondition: at least four coefficients.
  public init(coefficients: [Double], duration: Double) {
    precondition(coefficients.count >= 4 && duration > 0)
    self.coefficients = coefficients
    self.duration = duration
  }

  var spline: UniformSpline { UniformSpline(count: coefficients.count, duration: duration) }

  /// The inward speed in m/s.
  ///
  /// - Parameter time: s.
  public func speed(at time: Double) -> Double {
    let (first, weights) = spline.weights(time)
    return coefficients.withUnsafeBufferPointer { UniformSpline.sum($0.baseAddress!, first, weights) }
  }
}
