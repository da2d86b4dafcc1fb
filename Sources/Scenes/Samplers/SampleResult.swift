import Foundation

/// The contents of the `result.json` of `backsolve sample`.
public struct SampleResult: Codable, Sendable {
  /// A set of designs, drawn in one way.
  public struct DesignSet: Codable, Sendable {
    public var count: Int
    /// Part of them that pass every test.
    public var valid: Double
    /// How often which test was the first to fail.
    public var failedTests: [String: Int]
    /// Valid designs whose simulation failed.
    public var failedSimulations: Int
    /// The least objective of a valid design that keeps the constraints to one percent; nil where there is none.
    public var bestObjective: Double?
    /// The middle objective of those.
    public var medianObjective: Double?
    public var feasible: Double
    /// The expected cost of the best of so many, by their number. The cost is the objective over its scale, with the
    /// squares of violations.
    public var bestOf: [BestOf]
    /// Mean distance of two designs, in deviations of the data.
    public var meanDistance: Double
    /// Two-sample test by nearest neighbours: one half where samples and data cannot be told apart.
    public var neighbourAccuracy: Double?
    /// Part of the data that is nearest to some sample.
    public var coverage: Double?
    /// Mean distance to the nearest of the data that was learned from.
    public var novelty: Double?
    /// Means of what else is measured of valid designs.
    public var measures: [String: Double]
    public var calls: Calls
  }

  /// Samples beside what the optimizer finds for problems that were not learned, one for each.
  public struct HeldOut: Codable, Sendable {
    /// Problems that the optimizer solved.
    public var count: Int
    /// Part of the samples that pass every test.
    public var valid: Double
    /// Part of them that also keep the constraints to one percent.
    public var feasible: Double
    /// By how much the objective of those is worse than the optimizer's, over its size.
    public var medianExcess: Double?
    public var meanExcess: Double?
    /// Two-sample test by nearest neighbours, of all samples and all optimized designs. Near zero where each sample is nearest to
    /// the optimized design of its own problem.
    public var neighbourAccuracy: Double
    /// The same of samples for every other problem and optimized designs of the problems between, mean of both ways: sets that
    /// share no problem. One half where they cannot be told apart; nil for fewer than two problems.
    public var unpairedAccuracy: Double?
    /// Part of the optimized designs that are nearest to some sample.
    public var coverage: Double
    /// Mean distance of two samples and of two optimized designs, in deviations of the data.
    public var meanDistance: Double
    public var meanDistanceOfData: Double
    /// Mean distance to the nearest of the designs that were learned; nil where these are not at hand.
    public var novelty: Double?
    /// Means of what else is measured of valid samples.
    public var measures: [String: Double]
    /// All samples together, sketches among the gradients; what the optimizer asked is not counted.
    public var calls: Calls
  }

  public struct BestOf: Codable, Sendable {
    public var designs: Int
    public var cost: Double
  }

  /// Calls of the simulator.
  public struct Calls: Codable, Sendable, Equatable {
    public var values: Int
    public var gradients: Int
    public var failures: Int
  }

  /// A run of the scene's optimizer.
  public struct Polished: Codable, Sendable {
    /// Which sample it began as; -1 for the scene's own start, -2 for the sketch.
    public var sample: Int
    public var before: Double?
    public var objective: Double
    public var violation: Double
    public var iterations: Int
    public var reason: String
    /// What else is measured of it.
    public var measures: [String: Double]

    static let ofScene = -1
    static let ofSketch = -2
    /// What it began as, in words.
    public var origin: String {
      switch sample {
      case Self.ofScene: "the scene's start"
      case Self.ofSketch: "the sketch"
      default: "sample \(sample)"
      }
    }
  }

  /// Polished designs that are one optimum of the scene's problem, as far as `Optima` can tell.
  public struct Optimum: Codable, Sendable {
    /// Which samples ended here, the best first.
    public var samples: [Int]
    /// Of the best one, and of the worst.
    public var objective: Double
    public var worst: Double
    /// Runs of them that met their limit of iterations.
    public var unfinished: Int
    /// How far the best one differs from the best of all.
    public var fromBest: Double
  }

  /// The optima that polished designs ended in: designs are of one where a chain of designs connects them, each of which differs
  /// from the next by no more than a threshold (single linkage). Designs that violate a constraint by one percent or more are of
  /// none.
  public struct Optima: Codable, Sendable {
    /// By what two designs are compared, in words.
    public var difference: String
    public var threshold: Double
    /// The best first.
    public var found: [Optimum]

    /// One line: how many, and their objectives with the numbers of their designs.
    public var words: String {
      let each = found.map { "\(NumberFormat.significant($0.objective, digits: 5)) (\($0.samples.count))" }
      let count = found.reduce(0) { $0 + $1.samples.count }
      let unfinished = found.reduce(0) { $0 + $1.unfinished }
      return "\(found.count) from \(count) polished samples: \(each.joined(separator: ", "))"
        + (unfinished > 0 ? "; runs at their limit of iterations: \(unfinished)" : "")
    }
  }

  public var title: String
  public var sampler: [String: String]
  public var asked: [String: Double]
  public var plain: DesignSet
  public var guided: DesignSet?
  public var heldOut: HeldOut?
  /// Moves of guidance that were cut, and that were left out because they were not numbers.
  public var cutMoves: Int
  public var droppedMoves: Int
  public var polished: [Polished]
  /// Nil where no polished design keeps the constraints.
  public var optima: Optima?
  public var reference: Polished?
  public var objectiveScale: Double
  public var wallSeconds: Double
  public var cpuSeconds: Double
  public var peakMemoryBytes: Int
  public var threads: Int
  public var versions: RunResult.Versions
  public var notes: [String]

  public func json() throws -> String {
    String(decoding: try JSONEncoder.forResults.encode(self), as: UTF8.self) + "\n"
  }
}
