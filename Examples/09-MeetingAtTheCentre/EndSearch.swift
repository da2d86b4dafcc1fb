import DesignSamplers
import Foundation

/// A search by small changes of a start that are asked for as changes of the end.
///
/// After dozens of bounces the end is a rugged function of the start: a change grows at each bounce, by a thousand to a
/// million times in all, and far more along some directions than along others, so that a step along the gradient is too
/// long for some and too short for the rest. But a change of 1e-6 m leaves the order of the bounces as it is, and there the
/// derivative of the end says which change of the start, the least one, takes every disc by some metres to where it should
/// be. So a trial draws targets between the discs' ends and the centre, pushes them apart until none overlap (a straight
/// model does not know that discs are hard), and takes the least change to them, damped at random (Levenberg 1944); some
/// trials are changes at random, of sizes over many decades. The better design stays. A population of starts shares
/// the runs by halving: every round keeps the better half.
struct EndSearch: Sendable {
  let task: MeetingTask
  /// What a gradient costs beside a run.
  let gradientCost: Double
  /// Of the population in the first round.
  var members = 16
  /// Directed trials without success after which a derivative is taken anew.
  var patience = 30
  /// Part of the trials that are changes at random.
  var undirected = 0.2

  /// A design, where discs end, and what the search knows about it.
  struct Member: Sendable {
    let found: Methods.Found
    let end: [Double]
    fileprivate var slopes: EndSlopes?
    fileprivate var misses = 0

    init(_ design: DenseVector, _ task: MeetingTask) {
      let outcome = task.outcome(design)
      found = Methods.Found(value: outcome.value, design: design)
      end = outcome.places
    }
  }

  /// The best design after some runs, those of `starts` not among them.
  func best(from starts: [Member], runs: Double, seed: UInt64) -> Methods.Found {
    func ranked(_ members: [Member], _ count: Int) -> [Member] {
      Array(members.filter(\.found.value.isFinite).sorted { $0.found.value < $1.found.value }.prefix(count))
    }
    var population = ranked(starts, members)
    guard !population.isEmpty else { return Methods.Found(value: .infinity, design: .zero) }
    let rounds = 1 + Int(log2(Double(population.count)).rounded(.up))
    for round in 0..<rounds {
      let before = population
      let share = runs / Double(rounds * before.count)
      let after = concurrentMap(before.count) { index in
        var generator = SeededGenerator(seed: seed &+ 300, generation: members * round + index)
        return improved(before[index], runs: share, using: &generator)
      }
      population = ranked(after, (after.count + 1) / 2)
    }
    return population[0].found
  }

  private func improved(_ start: Member, runs: Double, using generator: inout SeededGenerator) -> Member {
    var member = start, spent = 0.0
    let n = task.discs.count
    let ofSlopes = 1 + Double(2 * n) * (gradientCost - 1)
    while true {
      var change = [Double](repeating: 0, count: 3 * n)
      let isDirected = generator.uniform() >= undirected
      if isDirected {
        if member.slopes == nil || member.misses >= patience {
          spent += ofSlopes
          guard spent <= runs else { break }
          guard let slopes = try? EndSlopes(task, member.found.design) else { break }
          (member.slopes, member.misses) = (slopes, 0)
        }
        let targets = targets(member.end, using: &generator)
        let damping = exp(generator.vector(count: 1, in: log(1e-6)...0)[0])
        change = member.slopes?.change(zip(targets, member.end).map { $0 - $1 }, damping: damping) ?? change
      } else {
        let size = exp(generator.vector(count: 1, in: log(1e-7)...log(0.3))[0])
        for i in 0..<3 * n { change[i] = size * generator.normal() }
      }
      spent += 1
      guard spent <= runs else { break }
      var design = member.found.design
      for i in 0..<3 * n { design[i] += task.scale(i) * change[i] }
      var trial = Member(task.allowed(design), task)
      guard trial.found.value < member.found.value else {
        if isDirected { member.misses += 1 }
        continue
      }
      // The derivative serves on where it told the move to a half.
      if let slopes = member.slopes {
        let told = slopes.move((0..<3 * n).map { (trial.found.design[$0] - member.found.design[$0]) / task.scale($0) })
        var (missed, moved) = (0.0, 0.0)
        for i in 0..<2 * n {
          let move = trial.end[i] - member.end[i]
          missed += (move - told[i]) * (move - told[i])
          moved += move * move
        }
        if missed < 0.25 * moved { trial.slopes = slopes }
      }
      member = trial
    }
    return member
  }

  /// Places between the ends and the centre, in half of the cases off by some radii, without overlap.
  private func targets(_ end: [Double], using generator: inout SeededGenerator) -> [Double] {
    let part = exp(generator.vector(count: 1, in: log(1e-3)...0)[0])
    let noise = generator.uniform() < 0.5 ? 0 : 3 * part * task.discs.radius
    return task.discs.separated(end.map { $0 + part * (0.5 * task.discs.side - $0) + noise * generator.normal() })
  }
}

/// How the places at the end follow a design, places in fifties of m beside radians.
private struct EndSlopes: Sendable {
  /// A row for each coordinate of the end.
  private let rows: [[Double]]
  /// Of the rows with each other.
  private let products: [[Double]]

  init(_ task: MeetingTask, _ design: DenseVector) throws(SolveFailure) {
    let rows = try task.endGradients(design).map { row in (0..<row.count).map { row[$0] * task.scale($0) } }
    self.rows = rows
    products = rows.map { a in rows.map { b in Self.dot(a, b) } }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in 0..<a.count { sum += a[i] * b[i] }
    return sum
  }

  func move(_ change: [Double]) -> [Double] { rows.map { Self.dot($0, change) } }

  /// The least change of the design for a move of the end: Jᵀ (J Jᵀ + λ)⁻¹ move, where λ is the square of `damping` in the
  /// mean of J Jᵀ's diagonal. By Cholesky's factor.
  func change(_ move: [Double], damping: Double) -> [Double] {
    let n = rows.count
    let mean = (0..<n).reduce(0) { $0 + products[$1][$1] } / Double(n)
    var (l, x) = (products, move)
    for i in 0..<n {
      l[i][i] += (damping * damping + 1e-13) * mean
      for j in 0...i {
        var sum = l[i][j]
        for k in 0..<j { sum -= l[i][k] * l[j][k] }
        l[i][j] = i == j ? max(sum, 1e-300).squareRoot() : sum / l[j][j]
      }
      for k in 0..<i { x[i] -= l[i][k] * x[k] }
      x[i] /= l[i][i]
    }
    for i in (0..<n).reversed() {
      x[i] /= l[i][i]
      for k in 0..<i { x[k] -= l[i][k] * x[i] }
    }
    var change = [Double](repeating: 0, count: rows.first?.count ?? 0)
    for (row, factor) in zip(rows, x) {
      for i in 0..<change.count { change[i] += factor * row[i] }
    }
    return change
  }
}
