/// A line search for the strong Wolfe conditions that never calls the function: it is told value and slope at its
/// step and names the next.
///
/// Moré & Thuente, ACM Trans. Math. Softw. 20 (1994) 286: an interval that holds an acceptable step shrinks by safeguarded
/// cubic and quadratic interpolation.
struct MoreThuenteSearch: Sendable, Equatable {
  /// A step with the function's value and slope there.
  struct Point: Sendable, Equatable {
    var step: Double
    var value: Double
    var slope: Double
  }

  enum Outcome: Sendable, Equatable {
    case evaluate
    case accepted
    /// No acceptable step can be told apart from the start.
    case failed
  }

  /// Sufficient decrease: f(t) <= f(0) + mu t f'(0).
  static let sufficientDecrease = 1e-3
  /// Curvature: |f'(t)| <= eta |f'(0)|.
  static let curvature = 0.9
  static let mostEvaluations = 20

  let start: Point
  private(set) var longest: Double
  /// The step to evaluate.
  private(set) var step: Double
  /// The best end of the interval, and the other.
  private var best: Point
  private var other: Point
  private var bracketed = false
  private var modified = true
  private var width: Double
  private var widthBefore: Double
  private(set) var evaluations = 0

  /// - Parameter slope: the derivative along the direction at the start; negative.
  init(value: Double, slope: Double, firstStep: Double, longest: Double) {
    start = Point(step: 0, value: value, slope: slope)
    best = start
    other = start
    self.longest = longest
    step = min(firstStep, longest)
    width = longest
    widthBefore = 2 * longest
  }

  /// The evaluation failed: try a quarter of the step, and never that far again.
  mutating func retreat() -> Outcome {
    evaluations += 1
    guard evaluations < Self.mostEvaluations else { return .failed }
    longest = step
    step = best.step + 0.25 * (step - best.step)
    if step <= best.step { step = 0.5 * best.step }
    return step > 0 ? .evaluate : .failed
  }

  mutating func tell(value: Double, slope: Double) -> Outcome {
    evaluations += 1
    let trial = Point(step: step, value: value, slope: slope)
    let limit = Self.sufficientDecrease * start.slope
    let decreases = value <= start.value + step * limit
    if decreases, abs(slope) <= -Self.curvature * start.slope { return .accepted }
    if decreases, step == longest, slope <= limit { return .accepted }
    if evaluations >= Self.mostEvaluations { return decreases && value < start.value ? .accepted : .failed }
    if modified, decreases, slope >= 0 { modified = false }
    let next: Double
    if modified, value <= best.value, !decreases {
      // The auxiliary function f(t) - mu f'(0) t until a step with low value and positive slope was seen.
      next = update(trial, shift: limit)
    } else {
      next = update(trial, shift: 0)
    }
    step = next
    if bracketed {
      if abs(other.step - best.step) >= 0.66 * widthBefore { step = best.step + 0.5 * (other.step - best.step) }
      widthBefore = width
      width = abs(other.step - best.step)
    }
    step = min(max(step, 0), longest)
    if bracketed, abs(other.step - best.step) <= 1e-14 * max(best.step, other.step) {
      guard best.step > 0, best.step != trial.step else { return trial == best && decreases ? .accepted : .failed }
      step = best.step
      return .evaluate
    }
    return step > 0 ? .evaluate : .failed
  }

  /// Shrinks the interval with a trial (1994, section 4); returns the next step.
  private mutating func update(_ original: Point, shift: Double) -> Double {
    func shifted(_ point: Point) -> Point {
      Point(step: point.step, value: point.value - point.step * shift, slope: point.slope - shift)
    }
    let x = shifted(best)
    let y = shifted(other)
    let t = shifted(original)
    let previous = best
    let opposite = t.slope * (x.slope < 0 ? -1 : 1) < 0
    var next: Double
    var bounded = false
    if t.value > x.value {
      let cubic = Self.cubicMinimizer(x, t)
      let quadratic = x.step + x.slope / ((x.value - t.value) / (t.step - x.step) + x.slope) / 2 * (t.step - x.step)
      next = abs(cubic - x.step) < abs(quadratic - x.step) ? cubic : cubic + (quadratic - cubic) / 2
      bracketed = true
      bounded = true
    } else if opposite {
      let cubic = Self.cubicMinimizer(x, t)
      let secant = t.step + t.slope / (t.slope - x.slope) * (x.step - t.step)
      next = abs(cubic - t.step) > abs(secant - t.step) ? cubic : secant
      bracketed = true
    } else if abs(t.slope) < abs(x.slope) {
      bounded = true
      let cubic = Self.cubicMinimizer(x, t)
      let secant = t.step + t.slope / (t.slope - x.slope) * (x.step - t.step)
      let ahead = cubic.isFinite && (cubic - t.step) * (t.step - x.step) > 0
      if bracketed {
        next = ahead && abs(cubic - t.step) < abs(secant - t.step) ? cubic : secant
        let cap = t.step + 0.66 * (y.step - t.step)
        next = t.step > x.step ? min(cap, next) : max(cap, next)
      } else {
        next = ahead && abs(cubic - t.step) > abs(secant - t.step) ? cubic : secant
        next = min(max(next, t.step + 1.1 * (t.step - x.step)), t.step + 4 * (t.step - x.step))
      }
    } else {
      next = bracketed ? Self.cubicMinimizer(t, y) : (t.step > x.step ? t.step + 4 * (t.step - x.step) : 0)
    }
    if t.value > x.value {
      other = original
    } else {
      if opposite { other = previous }
      best = original
    }
    if !next.isFinite || bounded && bracketed && (next - best.step) * (next - other.step) > 0 {
      next = bracketed ? 0.5 * (best.step + other.step) : 2 * original.step
    }
    return next
  }

  /// The minimizer of the cubic through two points with their slopes.
  private static func cubicMinimizer(_ a: Point, _ b: Point) -> Double {
    let theta = 3 * (a.value - b.value) / (b.step - a.step) + a.slope + b.slope
    let scale = max(abs(theta), abs(a.slope), abs(b.slope))
    let ratio = theta / scale
    let gamma = scale * max(0, ratio * ratio - (a.slope / scale) * (b.slope / scale)).squareRoot()
    let signed = b.step < a.step ? -gamma : gamma
    let r = (signed - a.slope + theta) / (signed - a.slope + signed + b.slope)
    return a.step + r * (b.step - a.step)
  }
}

extension MoreThuenteSearch {
  func save() -> [Double] {
    let points = [start, best, other].flatMap { [$0.step, $0.value, $0.slope] }
    return points + [longest, step, bracketed ? 1 : 0, modified ? 1 : 0, width, widthBefore, Double(evaluations)]
  }

  init?(restoring numbers: [Double]) {
    guard numbers.count == 16, numbers[15] >= 0, numbers[15] < 1e6 else { return nil }
    func point(_ i: Int) -> Point { Point(step: numbers[i], value: numbers[i + 1], slope: numbers[i + 2]) }
    start = point(0)
    best = point(3)
    other = point(6)
    longest = numbers[9]
    step = numbers[10]
    bracketed = numbers[11] == 1
    modified = numbers[12] == 1
    width = numbers[13]
    widthBefore = numbers[14]
    evaluations = Int(numbers[15])
  }
}
