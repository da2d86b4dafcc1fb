import DifferentiableCore

/// How far, or how fast, something is at the end that is moved so that what is inside feels a history of accelerations: a tank
/// whose acceleration is the opposite one. -∫ (T - t) a dt in m, or -∫ a dt in m/s, along one axis of a uniform cubic B-spline,
/// exactly.
public struct TankTravel: FieldFunctional {
  public enum Measure: Sendable, Hashable {
    case distance
    case speed
  }

  let weights: DenseVector

  /// - Parameters:
  ///   - measure: what is computed.
  ///   - axis: which of the axes with coefficients.
  ///   - count: coefficients along an axis.
  ///   - axes: axes that have coefficients.
  ///   - duration: of the spline, s.
  public init(_ measure: Measure, axis: Int, count: Int, axes: Int, duration: Double) {
    let spans = count - 3, length = duration / Double(spans)
    let history = AccelerationHistory(
      coefficients: [Double](repeating: 0, count: count), dimension: 1, duration: duration)
    var weights = DenseVector(zeros: count * axes)
    for span in 0..<spans {
      for (place, weight) in ActuationEnergy.gaussPoints {
        let time = (Double(span) + place) * length
        let (first, shares) = history.weights(time)
        let lever = measure == .distance ? duration - time : 1
        for k in 0..<4 { weights[(first + k) * axes + axis] -= weight * length * lever * shares[k] }
      }
    }
    self.weights = weights
  }

  public func value(_ field: DenseVector) -> Double { weights.dot(field) }
  public func gradient(_ field: DenseVector) -> DenseVector { weights }
}
