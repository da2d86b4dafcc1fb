/// A uniform cubic B-spline of time: constant in value before its first and after its last knot.
struct UniformSpline: Sendable, Equatable {
  /// Coefficients: at least four; equal ones make a constant.
  let count: Int
  /// Time from the first to the last knot, s.
  let duration: Double

  /// The first of the four coefficients that count at a time, and their weights.
  func weights(_ time: Double) -> (first: Int, weights: SIMD4<Double>) {
    let (first, t) = place(time), s = 1 - t
    let middle = (3 * t - 6) * t * t + 4, next = (3 * s - 6) * s * s + 4
    return (first, SIMD4(s * s * s, middle, next, t * t * t) / 6)
  }

  /// The derivatives of the weights by time, 1/s; zero outside the knots.
  func slopes(_ time: Double) -> SIMD4<Double> {
    if time < 0 || time > duration { return .zero }
    let (_, t) = place(time), s = 1 - t
    let pace = Double(count - 3) / duration
    return SIMD4(-s * s, (3 * t - 4) * t, (4 - 3 * s) * s, t * t) * (pace / 2)
  }

  private func place(_ time: Double) -> (first: Int, t: Double) {
    let spans = count - 3
    let place = min(max(time / duration, 0), 1) * Double(spans)
    let first = min(Int(place), spans - 1)
    return (first, place - Double(first))
  }

  /// Σ w c of coefficients that stand `stride` apart.
  static func sum(
    _ coefficients: UnsafePointer<Double>, _ first: Int, _ weights: SIMD4<Double>, stride: Int = 1
  ) -> Double {
    (0..<4).reduce(0.0) { $0 + weights[$1] * coefficients[(first + $1) * stride] }
  }
}
