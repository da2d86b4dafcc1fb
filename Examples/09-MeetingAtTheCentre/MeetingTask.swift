import DesignSamplers
import Foundation

/// The task: discs start at given speeds. Where must they start, and in which directions, to be near the centre of the box
/// at the end? A design is `[places | directions]`: x and y of each disc in m, then an angle each.
struct MeetingTask: Sendable {
  let discs: ElasticDiscs
  /// Of each disc, m/s.
  let speeds: [Double]
  /// Stored states after the first; between two of them lie four steps of the simulator.
  let storedSteps: Int
  static let stepsOfStored = 4

  private var rollout: Rollout<ElasticDiscs> { Rollout(discs, until: .steps(Self.stepsOfStored * storedSteps)) }
  private var distance: DistanceToCentre { DistanceToCentre(discs: discs) }

  /// Speeds as of velocities whose components are uniform within a hundred m/s.
  init(count: Int, storedSteps: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    discs = ElasticDiscs(count: count)
    speeds = (0..<count).map { _ in
      let velocity = generator.vector(count: 2, in: -100...100)
      return velocity.dot(velocity).squareRoot()
    }
    self.storedSteps = storedSteps
  }

  /// A design at random, without overlap.
  func randomDesign(using generator: inout SeededGenerator) -> DenseVector {
    let places = generator.vector(count: 2 * discs.count, in: discs.radius...discs.side - discs.radius)
    let directions = generator.vector(count: discs.count, in: -Double.pi...Double.pi)
    return allowed(DenseVector(places.elements + directions.elements))
  }

  var bounds: Bounds {
    let n = discs.count
    return Bounds(
      lower: DenseVector([Double](repeating: discs.radius, count: 2 * n) + [Double](repeating: -2 * .pi, count: n)),
      upper: DenseVector(
        [Double](repeating: discs.side - discs.radius, count: 2 * n) + [Double](repeating: 2 * .pi, count: n)))
  }

  /// A design near a given one whose discs lie in the box and do not overlap: those that do are pushed apart.
  func allowed(_ design: DenseVector) -> DenseVector {
    let n = 2 * discs.count
    return DenseVector(discs.separated(Array(design.elements[..<n])) + design.elements[n...])
  }

  /// The least gap of two discs, m; negative where they overlap.
  func leastGap(_ design: DenseVector) -> Double {
    var least = Double.infinity
    for i in 0..<discs.count {
      for j in 0..<i {
        let distance = hypot(design[2 * i] - design[2 * j], design[2 * i + 1] - design[2 * j + 1])
        least = min(least, distance - 2 * discs.radius)
      }
    }
    return least
  }

  func start(_ design: DenseVector) -> DenseVector {
    let n = discs.count
    return DenseVector(
      design.elements[..<(2 * n)]
        + (0..<n).flatMap { [speeds[$0] * cos(design[2 * n + $0]), speeds[$0] * sin(design[2 * n + $0])] })
  }

  /// The mean distance to the centre at the end over the side of the box; infinite where a design is not allowed.
  func value(_ design: DenseVector) -> Double { outcome(design).value }

  /// The value of a design, and the places of discs at the end, m; none where it is not allowed.
  func outcome(_ design: DenseVector) -> (value: Double, places: [Double]) {
    guard leastGap(design) >= 0 else { return (.infinity, []) }
    var workspace = rollout.makeWorkspace()
    guard let end = try? rollout.solution(at: start(design), in: &workspace).state else { return (.infinity, []) }
    return (distance.value(.zero, end), Array(end.elements[..<(2 * discs.count)]))
  }

  /// The gradient of each coordinate of the places at the end.
  func endGradients(_ design: DenseVector) throws(SolveFailure) -> [DenseVector] {
    var workspace = rollout.makeWorkspace()
    let start = start(design)
    let solution = try rollout.linearize(at: start, in: &workspace)
    var gradients: [DenseVector] = []
    for entry in 0..<2 * discs.count {
      var seed = DenseVector(zeros: start.count)
      seed[entry] = 1
      gradients.append(ofDesign(try solution.pullback(seed), start))
    }
    return gradients
  }

  /// What counts as one in a design: fifty m of a place, a radian of a direction.
  func scale(_ entry: Int) -> Double { entry < 2 * discs.count ? 50 : 1 }

  func linearize(_ design: DenseVector) throws(SolveFailure) -> (value: Double, gradient: DenseVector) {
    var workspace = rollout.makeWorkspace()
    let start = start(design)
    let solution = try rollout.linearize(at: start, in: &workspace)
    let pulled = try solution.pullback(distance.partials(.zero, solution.state).state)
    return (distance.value(.zero, solution.state), ofDesign(pulled, start))
  }

  /// From a gradient with respect to places and velocities to that with respect to a design.
  func ofDesign(_ gradient: DenseVector, _ start: DenseVector) -> DenseVector {
    let n = discs.count
    return DenseVector(
      gradient.elements[..<(2 * n)]
        + (0..<n).map { i in
          let x = 2 * n + 2 * i
          return -start[x + 1] * gradient[x] + start[x] * gradient[x + 1]
        })
  }

  /// All stored states, the start first: `[storedSteps + 1][4 count]`.
  func trajectory(_ design: DenseVector) -> [[Double]] {
    var state = start(design)
    var states = [state.elements], workspace = discs.makeWorkspace()
    for _ in 0..<storedSteps {
      for step in 0..<Self.stepsOfStored {
        let context = StepContext(index: step, time: 0, timeStep: discs.step)
        try? discs.advance(&state, .zero, context, in: &workspace)
      }
      states.append(state.elements)
    }
    return states
  }

  /// Adam's method (Kingma & Ba 2015) with a rate that falls like a cosine; places count in fifties of m beside radians.
  /// Every step ends at an allowed design. The best design on the way is the answer.
  func descend(
    from design: DenseVector, steps: Int, rate: Double = 0.1,
    _ gradient: (DenseVector) throws -> (value: Double, gradient: DenseVector)
  ) rethrows -> (value: Double, design: DenseVector) {
    var x = allowed(design), best = (value: Double.infinity, design: x)
    let n = discs.count
    let scales = (0..<3 * n).map(scale)
    var (mean, square) = (DenseVector(zeros: 3 * n), DenseVector(zeros: 3 * n))
    for step in 0..<steps {
      let (value, gradient) = try gradient(x)
      if value < best.value { best = (value, x) }
      // Where two discs only just touch a slope has no bound: no single one may tell the method its scale.
      let g = zip(gradient.elements, scales).map { max(-1, min(1, $0 * $1)) }
      let here = rate * 0.5 * (1 + cos(Double.pi * Double(step) / Double(steps)))
      for i in 0..<3 * n {
        mean[i] = 0.9 * mean[i] + 0.1 * g[i]
        square[i] = 0.99 * square[i] + 0.01 * g[i] * g[i]
        let (m, v) = (mean[i] / (1 - pow(0.9, Double(step + 1))), square[i] / (1 - pow(0.99, Double(step + 1))))
        x[i] -= here * scales[i] * m / (v.squareRoot() + 1e-8)
      }
      x = allowed(x)
    }
    return best
  }

  /// As `descend`, with the simulator's own gradient.
  func descend(from design: DenseVector, steps: Int, rate: Double = 0.1) -> (value: Double, design: DenseVector) {
    descend(from: design, steps: steps, rate: rate) { x in
      (try? linearize(x)) ?? (.infinity, DenseVector(zeros: x.count))
    }
  }

  /// The least mean distance that discs can have without overlap, over the side of the box: the best packing that some
  /// hundred descents find. No motion can end nearer.
  static func packingBound(count: Int, tries: Int = 200) -> Double {
    let radius = 20.0, side = 200.0
    var best = Double.infinity
    for attempt in 0..<tries {
      var generator = SeededGenerator(seed: 77, generation: attempt)
      var x = generator.vector(count: 2 * count, in: -60...60).elements
      // Each moves inward by shorter and shorter steps, and all are pushed apart until none overlap.
      for step in 0..<400 {
        let pull = 4 * pow(0.97, Double(step))
        for i in 0..<count {
          let length = max(1e-12, hypot(x[2 * i], x[2 * i + 1]))
          for axis in 0..<2 { x[2 * i + axis] -= min(pull, length) / length * x[2 * i + axis] }
        }
        for _ in 0..<60 {
          for i in 0..<count {
            for j in 0..<i {
              let d = SIMD2(x[2 * i] - x[2 * j], x[2 * i + 1] - x[2 * j + 1])
              let length = max(1e-9, (d * d).sum().squareRoot())
              guard length < 2 * radius else { continue }
              for axis in 0..<2 {
                x[2 * i + axis] += 0.5 * (2 * radius - length) / length * d[axis]
                x[2 * j + axis] -= 0.5 * (2 * radius - length) / length * d[axis]
              }
            }
          }
        }
      }
      var overlap = 0.0
      for i in 0..<count {
        for j in 0..<i { overlap = max(overlap, 2 * radius - hypot(x[2 * i] - x[2 * j], x[2 * i + 1] - x[2 * j + 1])) }
      }
      guard overlap < 1e-3 else { continue }
      let mean = (0..<count).reduce(0) { $0 + hypot(x[2 * $1], x[2 * $1 + 1]) } / Double(count)
      best = min(best, mean / side)
    }
    return best
  }
}
