import Foundation

/// Wall particles that move as one rigid tool, as a given function of time: a translation and an angle, each a uniform
/// cubic B-spline.
///
/// A particle given at x0 is at p + R(θ(t)) (x0 - p) + u(t), and moves accordingly; its `wall-velocity` is added as a
/// velocity in the frame of the tool. The coefficients are parameters of the simulation. After `duration` the tool rests.
/// The pressure on it is extrapolated as if it did not accelerate.
public struct PrescribedMotion: Sendable, Equatable {
  /// Which of the wall particles move.
  public var particles: Range<Int>
  /// p, m; the point about which they turn.
  public var pivot: [Double]
  /// The unit vector in space about which they turn; z in the plane.
  public var axis: [Double]
  /// m, `[knots, dimension]`
  public var translation: [Double]
  /// rad, `[knots]`
  public var rotation: [Double]
  /// Time from the first to the last knot, s.
  public let duration: Double

  /// - Precondition: at least four knots, and as many of the translation as of the rotation.
  public init(
    of particles: Range<Int>, pivot: [Double], axis: [Double] = [0, 0, 1], translation: [Double], rotation: [Double],
    duration: Double
  ) {
    precondition(rotation.count >= 4 && translation.count == rotation.count * pivot.count && duration > 0)
    let length = axis.reduce(0) { $0 + $1 * $1 }.squareRoot()
    precondition(axis.count == 3 && length > 0)
    self.particles = particles
    self.pivot = pivot
    self.axis = axis.map { $0 / length }
    self.translation = translation
    self.rotation = rotation
    self.duration = duration
  }

  public var knots: Int { rotation.count }
  var spline: UniformSpline { UniformSpline(count: knots, duration: duration) }

  /// The tool at a time.
  struct Frame {
    var rotation: Matrix3
    var axis: SIMD3<Double>
    var pivot: SIMD3<Double>
    /// u and u'
    var shift: SIMD3<Double>
    var velocity: SIMD3<Double>
    /// θ'
    var spin: Double
  }

  func frame(_ translation: UnsafePointer<Double>, _ rotation: UnsafePointer<Double>, time: Double) -> Frame {
    let dimension = pivot.count, spline = spline
    let (first, weights) = spline.weights(time), slopes = spline.slopes(time)
    let angle = UniformSpline.sum(rotation, first, weights)
    let axis = SIMD3(axis[0], axis[1], axis[2])
    var frame = Frame(
      rotation: Quaternion.matrix(SIMD4(axis * sin(angle / 2), cos(angle / 2))), axis: axis, pivot: .zero, shift: .zero,
      velocity: .zero, spin: UniformSpline.sum(rotation, first, slopes))
    for k in 0..<dimension {
      frame.pivot[k] = pivot[k]
      frame.shift[k] = UniformSpline.sum(translation + k, first, weights, stride: dimension)
      frame.velocity[k] = UniformSpline.sum(translation + k, first, slopes, stride: dimension)
    }
    return frame
  }

  /// Seeds on u, θ, u' and θ'.
  struct Seed {
    var shift = SIMD3<Double>.zero
    var angle = 0.0
    var velocity = SIMD3<Double>.zero
    var spin = 0.0
  }

  /// Adds a seed to the gradient by the coefficients.
  func pull(
    _ seed: Seed, time: Double, translation: UnsafeMutablePointer<Double>, rotation: UnsafeMutablePointer<Double>
  ) {
    let dimension = pivot.count
    let (first, weights) = spline.weights(time), slopes = spline.slopes(time)
    for k in 0..<4 {
      rotation[first + k] += weights[k] * seed.angle + slopes[k] * seed.spin
      for axis in 0..<dimension {
        translation[(first + k) * dimension + axis] += weights[k] * seed.shift[axis] + slopes[k] * seed.velocity[axis]
      }
    }
  }
}

extension PrescribedMotion.Frame {
  typealias Vector = SIMD3<Double>

  /// Where a point of the tool is, and how it moves.
  func place(_ point: Vector, sliding: Vector) -> (position: Vector, velocity: Vector) {
    let arm = rotation * (point - pivot)
    return (pivot + shift + arm, velocity + spin * cross(axis, arm) + rotation * sliding)
  }

  /// From a seed on the position to that on the point; adds to the seed on the tool.
  func pull(position s: Vector, _ point: Vector, into seed: inout PrescribedMotion.Seed) -> Vector {
    seed.shift += s
    seed.angle += (s * cross(axis, rotation * (point - pivot))).sum()
    return rotation.transposedTimes(s)
  }

  /// From a seed on the velocity to those on the point and on its sliding velocity; adds to the seed on the tool.
  func pull(velocity s: Vector, _ point: Vector, sliding: Vector, into seed: inout PrescribedMotion.Seed) -> (
    point: Vector, sliding: Vector
  ) {
    let arm = rotation * (point - pivot), armSeed = spin * cross(s, axis)
    seed.velocity += s
    seed.spin += (s * cross(axis, arm)).sum()
    seed.angle += (armSeed * cross(axis, arm)).sum() + (s * cross(axis, rotation * sliding)).sum()
    return (rotation.transposedTimes(armSeed), rotation.transposedTimes(s))
  }
}
