import DifferentiableCore
import Foundation

/// Finds the angle at which a foil has a lift, one flow after the other.
///
/// Newton's method in the angle. Where a flow fails, the step from the last one that did not is shortened. Where the lift
/// has its maximum below what is asked, the tangents on both sides of the maximum bound it from above, lift over angle
/// being concave about stall, and the search ends as soon as that bound is too low.
struct LiftSearch {
  /// The angle to analyse next, or the one found, in radians.
  private(set) var angle: Double
  /// True once an angle has had a flow.
  private(set) var hasFlow = false

  private let lift: Double
  /// Lift and lift's slope are those of a foil upside down for a negative lift.
  private let side: Double
  private var attempts = 0
  private var failures = 0
  private var miss = Double.infinity
  private var lastAngle = 0.0
  /// The flows next to the maximum: the one on the rising side at the largest angle, and on the falling side at the smallest.
  private var rising: Point?
  private var falling: Point?

  private struct Point {
    var angle: Double
    var lift: Double
    var slope: Double
  }

  /// Radians an attempt may change the angle by.
  private static let largestStep = 0.05
  private static let mostAttempts = 25
  /// Failed flows after which no more steps are shortened.
  private static let mostFailures = 5
  /// The width of an interval of angles, in radians, in which nothing more is to be found.
  private static let resolution = 1e-3

  init(for lift: Double, from angle: Double) {
    self.lift = lift
    self.angle = angle
    side = lift < 0 ? -1 : 1
  }

  /// True for a lift that is near enough: the equations are solved to a residual of their own, below which a lift cannot
  /// always be met.
  mutating func accepts(_ value: Double) -> Bool {
    hasFlow = true
    lastAngle = angle
    miss = value - lift
    return abs(miss) < (attempts < 10 ? 1e-11 : 1e-8)
  }

  /// Chooses the next angle from the lift at the present one and its derivative with respect to the angle.
  /// - Throws: Where the foil does not have the lift.
  mutating func goesOn(lift value: Double, slope: Double) throws(SolveFailure) {
    attempts += 1
    guard attempts < Self.mostAttempts else {
      throw SolveFailure(
        .stalled, "no angle of attack with a lift of \(lift) was found; the last one missed by \(miss)")
    }
    let step = min(max(miss / slope, -Self.largestStep), Self.largestStep)
    angle -= step
    guard side * miss < 0 else { return }
    // In the frame in which the lift asked is positive and too little was found.
    let point = Point(angle: side * lastAngle, lift: side * value, slope: slope)
    if slope > 0 {
      if rising.map({ $0.angle < point.angle }) ?? true { rising = point }
    } else if falling.map({ $0.angle > point.angle }) ?? true {
      falling = point
    }
    guard let rising, let falling, rising.angle < falling.angle else { return }
    // Where the tangents meet, they bound the lift of a concave curve.
    let meeting =
      (falling.lift - rising.lift + rising.slope * rising.angle - falling.slope * falling.angle)
      / (rising.slope - falling.slope)
    let bound = rising.lift + rising.slope * (meeting - rising.angle)
    let width = falling.angle - rising.angle
    guard bound >= side * lift && width > Self.resolution else {
      let (best, other) = rising.lift > falling.lift ? (rising, falling) : (falling, rising)
      throw SolveFailure(
        .stalled,
        "no angle of attack with a lift of \(lift) was found: lift has its maximum between "
          + "\(degrees(best.angle)) and \(degrees(other.angle)) degrees, \(rounded(side * best.lift)) at the first")
    }
    if side * angle <= rising.angle + 0.1 * width || side * angle >= falling.angle - 0.1 * width {
      angle = side * min(max(meeting, rising.angle + 0.2 * width), falling.angle - 0.2 * width)
    }
  }

  /// Shortens the step after a flow that was not found.
  /// - Throws: The failure, where that has not helped.
  mutating func fails(with failure: SolveFailure) throws(SolveFailure) {
    failures += 1
    let step = (angle - lastAngle) / 3
    guard hasFlow, failures <= Self.mostFailures, abs(step) > Self.resolution else {
      guard hasFlow else { throw failure }
      var failure = failure
      failure.message =
        "no angle of attack with a lift of \(lift) was found: \(rounded(lift + miss)) at \(degrees(side * lastAngle)) "
        + "degrees, and beyond: " + failure.message
      throw failure
    }
    angle = lastAngle + step
  }

  private func degrees(_ angle: Double) -> String { rounded(side * angle * 180 / .pi) }

  private func rounded(_ value: Double) -> String { String(format: "%.3f", value) }
}
