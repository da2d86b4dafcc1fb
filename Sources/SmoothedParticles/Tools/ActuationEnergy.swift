import DifferentiableCore

/// What a history of accelerations costs: ∫ |a|² dt in m²/s³, of a uniform cubic B-spline, exactly.
public struct ActuationEnergy: FieldFunctional {
  /// Coefficients along an axis.
  public let count: Int
  /// Axes that have coefficients.
  public let axes: Int
  /// s
  public let duration: Double

  public init(count: Int, axes: Int, duration: Double) {
    precondition(count >= 4 && duration > 0)
    self.count = count
    self.axes = axes
    self.duration = duration
  }

  /// G c of each axis, with G the integrals of products of basis functions: of degree six, so that four Gauss points a span
  /// are exact.
  public func gradient(_ field: DenseVector) -> DenseVector {
    let spans = count - 3, length = duration / Double(spans)
    let history = AccelerationHistory(
      coefficients: field.elements, dimension: axes, duration: duration)
    var gradient = DenseVector(zeros: field.count)
    for span in 0..<spans {
      for (place, weight) in Self.gaussPoints {
        let (first, weights) = history.weights((Double(span) + place) * length)
        for axis in 0..<axes {
          let value = (0..<4).reduce(0.0) { $0 + weights[$1] * field[(first + $1) * axes + axis] }
          for k in 0..<4 { gradient[(first + k) * axes + axis] += 2 * weight * length * weights[k] * value }
        }
      }
    }
    return gradient
  }

  public func value(_ field: DenseVector) -> Double { 0.5 * gradient(field).dot(field) }

  /// On the unit interval.
  static let gaussPoints: [(place: Double, weight: Double)] = [
    (-0.861136311594053, 0.347854845137454), (-0.339981043584856, 0.652145154862546),
    (0.339981043584856, 0.652145154862546), (0.861136311594053, 0.347854845137454),
  ].map { ((1 + $0.0) / 2, $0.1 / 2) }
}
