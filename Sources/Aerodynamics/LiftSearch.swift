import DifferentiableCore
import Foundation

/// Finds the angle at which a foil has a lift, one flow after the other.
///
/// Newton's method in the angle, kept on the rising side of lift. Where a flow fails, the step from the last one that did
/// not is shortened. Where lift has a maximum below what is asked, the tangents on both sides bound it from above, lift
/// over angle being concave about stall; as soon as that bound is too low, one look is taken well beyond, because a
/// transition that jumps makes dips too, and the search ends where lift still falls there.
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
  /// The flows on both sides of a maximum beyond which the search is looking.
  private var maximum: (Point, Point)?
  private var hasLookedBeyond = false

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
    // In the frame in which the lift asked is positive.
    let point = Point(angle: side * lastAngle, lift: side * value, slope: slope)
    let isShort = side * miss < 0
    if slope <= 0 && !isShort {
      // Enough lift, beyond its maximum: the angle asked is the one before.
      angle = side * (rising.map { ($0.angle + point.angle) / 2 } ?? point.angle - Self.largestStep)
      return
    }
    if let (before, after) = maximum {
      if slope <= 0 { throw noSuchLift(before, after) }
      maximum = nil
    }
    // From the falling side Newton's method would find the angle beyond stall.
    angle -= slope > 0 ? min(max(miss / slope, -Self.largestStep), Self.largestStep) : side * Self.largestStep
    guard isShort else { return }
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
      try looksBeyond(rising, falling)
      return
    }
    if slope <= 0 || side * angle >= falling.angle - 0.1 * width {
      angle = side * min(max(meeting, rising.angle + 0.2 * width), falling.angle - 0.2 * width)
    }
  }

  private mutating func looksBeyond(_ rising: Point, _ falling: Point) throws(SolveFailure) {
    guard !hasLookedBeyond else { throw noSuchLift(rising, falling) }
    hasLookedBeyond = true
    (maximum, self.rising, self.falling) = ((rising, falling), nil, nil)
    angle = side * (falling.angle + Self.largestStep)
  }

  private func noSuchLift(_ rising: Point, _ falling: Point) -> SolveFailure {
    SolveFailure(
      .stalled,
      "no angle of attack with a lift of \(lift) was found: lift has its maximum between \(degrees(rising.angle)) and "
        + "\(degrees(falling.angle)) degrees, \(rounded(side * max(rising.lift, falling.lift))) there")
  }

  /// Shortens the step after a flow that was not found.
  /// - Throws: The failure, where that has not helped.
  mutating func fails(with failure: SolveFailure) throws(SolveFailure) {
    if let (before, after) = maximum { throw noSuchLift(before, after) }
    guard hasFlow else { throw failure }
    failures += 1
    let step = (angle - lastAngle) / 3
    guard failures <= Self.mostFailures, abs(step) > Self.resolution else {
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
