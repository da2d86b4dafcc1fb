import Backsolve
import Foundation
import LearnedPreconditioners

/// Heat in a square plate held at zero around, -∇·(k ∇u) + c u³ = f, by finite volumes on n x n inner nodes. The conductivity
/// changes with the temperature, steeply about one: it falls from 1 to 0.05, and in a disk it rises so. Two sources vary in
/// place and strength, the disk in place.
private struct SwitchingPlate: Sendable {
  static let loss = 0.05
  static let least = 0.02
  /// Of the switch: k goes from its tenth to its nine tenths within 4.4 over this.
  static let steepness = 24.0
  static let side = 15
  let source: DenseVector
  let isInDisk: [Bool]
  let description: [Double]
  var side: Int { Self.side }
  var count: Int { side * side }
  private var width: Double { 1 / Double(side + 1) }

  init(seed: UInt64, strength: ClosedRange<Double>) {
    var generator = SeededGenerator(seed: seed)
    let numbers = (0..<8).map { _ in generator.uniform() }
    let side = Self.side, width = 1 / Double(side + 1)
    func square(_ node: Int, _ x: Double, _ y: Double) -> Double {
      let (dx, dy) = (Double(node % side + 1) * width - x, Double(node / side + 1) * width - y)
      return dx * dx + dy * dy
    }
    source = DenseVector(
      (0..<side * side).map { node in
        (0..<2).reduce(0.0) { sum, k in
          let height = strength.lowerBound + (strength.upperBound - strength.lowerBound) * numbers[4 + k]
          return sum + height * exp(-square(node, 0.15 + 0.7 * numbers[2 * k], 0.15 + 0.7 * numbers[2 * k + 1]) / 0.02)
        }
      })
    isInDisk = (0..<side * side).map { square($0, 0.3 + 0.4 * numbers[6], 0.3 + 0.4 * numbers[7]) < 0.04 }
    description = numbers.map { 2 * $0 - 1 }
  }

  /// The conductivity of a node, with its first and second derivative; of the boundary where nil.
  private func conductivity(_ node: Int?, _ u: Double) -> (k: Double, slope: Double, bend: Double) {
    let rate = node.map { isInDisk[$0] ? Self.steepness : -Self.steepness } ?? -Self.steepness
    let share = 1 / (1 + exp(-rate * (u - 1))), span = 1 - Self.least
    let slope = span * share * (1 - share) * rate
    return (Self.least + span * share, slope, slope * (1 - 2 * share) * rate)
  }

  /// Calls `body` with both nodes of each edge; the second is nil on the boundary.
  private func forEachEdge(_ body: (Int, Int?) -> Void) {
    for j in 0..<side {
      for i in 0..<side {
        let node = i + side * j
        if i == 0 { body(node, nil) }
        if j == 0 { body(node, nil) }
        body(node, i + 1 < side ? node + 1 : nil)
        body(node, j + 1 < side ? node + side : nil)
      }
    }
  }

  func residual(_ u: DenseVector, load: Double = 1) -> DenseVector {
    let area = width * width
    var f = DenseVector((0..<count).map { area * (Self.loss * u[$0] * u[$0] * u[$0] - load * source[$0]) })
    let k = (0..<count).map { conductivity($0, u[$0]).k }, edge = conductivity(nil, 0).k
    forEachEdge { i, j in
      let flux = 0.5 * (k[i] + (j.map { k[$0] } ?? edge)) * (u[i] - (j.map { u[$0] } ?? 0))
      f[i] += flux
      if let j { f[j] -= flux }
    }
    return f
  }

  func jacobian(_ u: DenseVector) -> BandMatrix {
    var matrix = BandMatrix(count: count, reach: side)
    let k = (0..<count).map { conductivity($0, u[$0]) }, edge = conductivity(nil, 0).k
    for i in 0..<count { matrix[i, i] += 3 * width * width * Self.loss * u[i] * u[i] }
    forEachEdge { i, j in
      let mean = 0.5 * (k[i].k + (j.map { k[$0].k } ?? edge)), drop = u[i] - (j.map { u[$0] } ?? 0)
      // Of the flux by u_i, and by u_j.
      let here = mean + 0.5 * k[i].slope * drop
      matrix[i, i] += here
      guard let j else { return }
      let there = -mean + 0.5 * k[j].slope * drop
      matrix[i, j] += there
      matrix[j, i] -= here
      matrix[j, j] -= there
    }
    return matrix
  }

  func curvature(_ u: DenseVector, _ y: DenseVector, _ d: DenseVector) -> DenseVector {
    let k = (0..<count).map { conductivity($0, u[$0]) }
    var g = DenseVector((0..<count).map { 6 * width * width * Self.loss * u[$0] * d[$0] * y[$0] })
    forEachEdge { i, j in
      let worth = y[i] - (j.map { y[$0] } ?? 0)
      let drop = u[i] - (j.map { u[$0] } ?? 0), step = d[i] - (j.map { d[$0] } ?? 0)
      let both = 0.5 * (k[i].slope * d[i] + (j.map { k[$0].slope * d[$0] } ?? 0))
      g[i] += worth * (0.5 * k[i].slope * step + 0.5 * k[i].bend * d[i] * drop + both)
      if let j { g[j] += worth * (0.5 * k[j].slope * step + 0.5 * k[j].bend * d[j] * drop - both) }
    }
    return g
  }

  var equations: UnrolledNewton.Equations {
    UnrolledNewton.Equations(
      residual: { residual($0) },
      factored: { u in
        guard let factors = jacobian(u).factored() else { return nil }
        return UnrolledNewton.Equations.Factored(
          solve: { factors.solve($0) }, solveTransposed: { factors.solveTransposed($0) })
      },
      curvature: { curvature($0, $1, $2) })
  }

  /// What a solve came to.
  struct Outcome {
    var solution: DenseVector
    var steps = 0
    var hasConverged = false
  }

  /// Newton's method, plain or with steps halved until the residual falls.
  func solve(from start: DenseVector, load: Double = 1, halves: Bool, limit: Int = 40) -> Outcome {
    var outcome = Outcome(solution: start)
    let size = (source.norm * width * width)
    var f = residual(start, load: load)
    while outcome.steps < limit, f.isFinite {
      if f.norm <= 1e-10 * size {
        outcome.hasConverged = true
        break
      }
      guard let step = jacobian(outcome.solution).factored()?.solve(f), step.isFinite else { break }
      var length = 1.0
      var next = outcome.solution, there = f
      repeat {
        next = outcome.solution
        next.add(step, scaledBy: -length)
        there = residual(next, load: load)
        length /= 2
      } while halves && length > 1e-4 && !(there.norm < f.norm)
      (outcome.solution, f) = (next, there)
      outcome.steps += 1
    }
    return outcome
  }

  /// With the load raised in parts, each solve from the last one's answer.
  func continued(parts: Int, halves: Bool) -> Outcome {
    var outcome = Outcome(solution: DenseVector(zeros: count), hasConverged: true)
    for part in 1...parts where outcome.hasConverged {
      let steps = outcome.steps
      outcome = solve(from: outcome.solution, load: Double(part) / Double(parts), halves: halves)
      outcome.steps += steps
    }
    return outcome
  }
}

/// A band matrix, factored without exchanges.
struct BandMatrix: Sendable {
  private let count: Int
  private let reach: Int
  private var entries: [Double]

  init(count: Int, reach: Int) {
    self.count = count
    self.reach = reach
    entries = [Double](repeating: 0, count: count * (2 * reach + 1))
  }

  subscript(row: Int, column: Int) -> Double {
    get { entries[row * (2 * reach + 1) + column - row + reach] }
    set { entries[row * (2 * reach + 1) + column - row + reach] = newValue }
  }

  /// L U; nil where a pivot vanishes.
  func factored() -> BandMatrix? {
    var lu = self
    let isWhole = lu.entries.withUnsafeMutableBufferPointer { a in
      let width = 2 * reach + 1
      for k in 0..<count {
        let pivot = a[k * width + reach]
        guard abs(pivot) > 1e-14, pivot.isFinite else { return false }
        for i in k + 1..<max(k + 1, min(k + reach + 1, count)) {
          let factor = a[i * width + k - i + reach] / pivot
          a[i * width + k - i + reach] = factor
          if factor == 0 { continue }
          for j in k + 1..<max(k + 1, min(k + reach + 1, count)) {
            a[i * width + j - i + reach] -= factor * a[k * width + j - k + reach]
          }
        }
      }
      return true
    }
    return isWhole ? lu : nil
  }

  /// Of factors: A⁻¹ v.
  func solve(_ v: DenseVector) -> DenseVector {
    var x = v
    for i in 0..<count { for j in max(0, i - reach)..<i { x[i] -= self[i, j] * x[j] } }
    for i in (0..<count).reversed() {
      for j in i + 1..<max(i + 1, min(i + reach + 1, count)) { x[i] -= self[i, j] * x[j] }
      x[i] /= self[i, i]
    }
    return x
  }

  /// Of factors: A⁻ᵀ v.
  func solveTransposed(_ v: DenseVector) -> DenseVector {
    var x = v
    for i in 0..<count {
      for j in max(0, i - reach)..<i { x[i] -= self[j, i] * x[j] }
      x[i] /= self[i, i]
    }
    for i in (0..<count).reversed() {
      for j in i + 1..<max(i + 1, min(i + reach + 1, count)) { x[i] -= self[j, i] * x[j] }
    }
    return x
  }
}

/// Starts of Newton's method, learned for the error and for the error after some of its steps: how often it converges from
/// them and in how many steps.
func learnedNewtonStudy() throws {
  let strength = 20.0...80.0
  func plates(_ seeds: Range<UInt64>) -> [(SwitchingPlate, NewtonSystem)] {
    seeds.compactMap { seed in
      let plate = SwitchingPlate(seed: seed, strength: strength)
      let found = plate.continued(parts: 40, halves: true)
      guard found.hasConverged else { return nil }
      return (
        plate, NewtonSystem(plate.equations, description: plate.description, solution: found.solution)
      )
    }
  }
  let known = plates(0..<400), others = plates(10_000..<10_200)
  let peaks = others.map { $0.1.solution.largestMagnitude }.sorted()
  print(
    "\(known.count) plates to learn from, \(others.count) others, hottest at \(peaks[0]) to \(peaks[peaks.count - 1]), median "
      + "\(peaks[peaks.count / 2])")
  func row(_ name: String, _ solve: (SwitchingPlate, Bool) -> SwitchingPlate.Outcome) {
    var text = "  \(name):"
    for halves in [false, true] {
      let begin = ProcessUsage.cpuSeconds
      let outcomes = others.map { solve($0.0, halves) }
      let seconds = ProcessUsage.cpuSeconds - begin
      let good = outcomes.filter(\.hasConverged)
      let wrong = zip(outcomes, others).filter {
        $0.hasConverged && ($0.solution - $1.1.solution).norm > 1e-4 * $1.1.solution.norm
      }
      let steps = Double(good.reduce(0) { $0 + $1.steps }) / Double(max(1, good.count))
      text +=
        " \(halves ? "with halved" : "plain") steps: \(good.count) of \(outcomes.count) converge (\(wrong.count) elsewhere), "
        + "\(steps) steps, \(seconds / Double(others.count) * 1e3) CPU ms;"
    }
    print(text)
  }
  func zero(_ plate: SwitchingPlate) -> DenseVector { DenseVector(zeros: plate.count) }
  row("zero") { $0.solve(from: zero($0), halves: $1) }
  row("the load in 4 parts") { $0.continued(parts: 4, halves: $1) }
  row("the load in 8 parts") { $0.continued(parts: 8, halves: $1) }
  let meanSolution = known.reduce(DenseVector.zero) { $0 + $1.1.solution.scaled(by: 1 / Double(known.count)) }
  row("the mean solution") { $0.solve(from: meanSolution, halves: $1) }
  row("the solution of the nearest plate") { plate, halves in
    func distance(_ other: [Double]) -> Double {
      zip(plate.description, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let nearest = known.min { distance($0.1.description) < distance($1.1.description) }
    return plate.solve(from: nearest?.1.solution ?? zero(plate), halves: halves)
  }
  func trained(_ ahead: Int, halvings: Int = 0, from start: Tensor<Float>?, rate: Double, steps: Int) throws -> Tensor<
    Float
  > {
    var training = NewtonGuessTraining(known.map(\.1), hidden: [48, 48], steps: ahead)
    training.halvings = halvings
    var options = Trainer.Options()
    options.steps = steps
    options.rate = RateSchedule(rate)
    options.averageDecay = 0.99
    options.largestGradient = 1
    let trainer = Trainer(training.network.layout, AdamW(), options)
    var state = start.map { trainer.start(at: $0) } ?? trainer.start(seed: 1)
    let begin = ProcessUsage.cpuSeconds
    let learner = training
    while !trainer.isDone(state) { try trainer.advance(&state) { p, part in learner.loss(p, &part) } }
    let answer = trainer.answer(state)
    let guess = LearnedGuess(answer, training.network, scale: training.scale)
    func mean(_ systems: [(SwitchingPlate, NewtonSystem)], after: Int) -> String {
      let values = systems.compactMap { $0.1.loss(guess.answer($0.1.description), after: after)?.value }
      return "\(values.reduce(0, +) / Double(max(1, values.count)))"
    }
    let name =
      "the error after \(ahead) \(halvings > 0 ? "halved " : "")steps\(start == nil ? "" : ", from the naive answer"), \(ProcessUsage.cpuSeconds - begin) CPU s"
    print("  \(name): logs of the error after 0, 1, 2, 3 steps \([0, 1, 2, 3].map { mean(others, after: $0) })")
    row(name) { $0.solve(from: guess.answer($0.description), halves: $1) }
    return answer
  }
  let naive = try trained(0, from: nil, rate: 1e-3, steps: 4000)
  for ahead in [0, 1, 2, 3] { _ = try trained(ahead, from: naive, rate: 3e-4, steps: 4000) }
  _ = try trained(1, halvings: 10, from: naive, rate: 3e-4, steps: 4000)
}
