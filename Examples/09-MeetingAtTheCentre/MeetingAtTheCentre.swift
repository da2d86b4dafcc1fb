import DesignSamplers
import Foundation
import Pictures

/// More discs for a longer time than any model has seen: a diffusion model of two discs is composed to one of four or eight,
/// and `EndSearch` goes on from its samples, by the derivative of `ElasticDiscs`, a simulator of one's own. Beside them
/// stand the same search from random starts, the cross-entropy method, descent through learned dynamics, and descent by the
/// simulator's own gradient from random starts, all at one cost and all by the true value.
///
/// `MeetingAtTheCentre [seeds [budget]]`: tasks of each size (5), and runs of the simulator that a method may spend on each
/// (10000). It leaves a picture, `meeting-at-the-centre.png`.
@main struct MeetingAtTheCentre {
  static func main() throws {
    let numbers = CommandLine.arguments.dropFirst().map { Int($0) ?? 0 }
    guard numbers.count <= 2, numbers.allSatisfy({ $0 > 0 }) else {
      print("usage: MeetingAtTheCentre [seeds [budget]], whole numbers above 0")
      exit(2)
    }
    _ = try run(seeds: numbers.first ?? 5, budget: Double(numbers.dropFirst().first ?? 10_000), into: ".")
  }

  struct Row {
    let discs: Int
    let storedSteps: Int
    let bound: Double
    /// Of each of `Methods.names`, one a task.
    var values: [[Double]]

    /// Mean ± deviation over tasks.
    var line: String {
      let cells = values.map { values in
        let mean = values.reduce(0, +) / Double(values.count)
        let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count - 1))
        return String(format: "%.4f ± %.4f", mean, square.squareRoot())
      }
      return "| \(discs), \(storedSteps) | \(String(format: "%.4f", bound)) | " + cells.joined(separator: " | ") + " |"
    }
  }

  static func run(
    seeds: Int, budget: Double, discs: [Int] = [4, 8], storedSteps: [Int] = [34, 44, 54],
    training: TrajectoryModel.Options = .init(), learnedTrajectories: Int = 4000, learnedSteps: Int = 20_000,
    packingTries: Int = 100, descentSteps: Int = 100, into folder: String
  ) throws -> [Row] {
    var clock = ProcessUsage.cpuSeconds
    func lap() -> String {
      defer { clock = ProcessUsage.cpuSeconds }
      return String(format: "%.1f s of CPU", ProcessUsage.cpuSeconds - clock)
    }
    let model = try TrajectoryModel.trained(training)
    let error = try model.error(samples: seeds > 1 ? 128 : 4)
    print(
      "trained the trajectory models in \(lap()); sampled pairs are off by "
        + String(format: "%.1f m halfway and %.1f m at the end of 24 steps", error.half, error.end))
    let learned = try LearnedDynamics(trajectories: learnedTrajectories, steps: learnedSteps)
    print("trained the learned dynamics in \(lap())")
    print("mean distance to the centre at the end over the side of the box, mean ± deviation over \(seeds) tasks:")
    print("| discs, stored steps | packing | " + Methods.names.joined(separator: " | ") + " |")
    print("|---" + String(repeating: "|---", count: Methods.names.count + 1) + "|")
    var rows: [Row] = []
    var tiles: [ContactSheet.Tile] = []
    for count in discs {
      let bound = MeetingTask.packingBound(count: count, tries: packingTries)
      for steps in storedSteps {
        var row = Row(
          discs: count, storedSteps: steps, bound: bound,
          values: Methods.names.map { _ in [] })
        for seed in 0..<seeds {
          let methods = Methods(
            task: MeetingTask(count: count, storedSteps: steps, seed: UInt64(101 + seed)), model: model,
            learned: learned, budget: budget, seed: UInt64(seed), steps: descentSteps)
          let found = try methods.all()
          for (k, one) in found.enumerated() { row.values[k].append(one.value) }
          if seed == 0 {
            tiles += found.prefix(2).map { ContactSheet.Tile(TrajectoryPicture.render(methods.task, $0.design)) }
          }
        }
        rows.append(row)
        print(row.line)
      }
    }
    print("searched in \(lap())")
    try AtomicFile.write(ContactSheet(columns: 6).render(tiles).png, to: folder + "/meeting-at-the-centre.png")
    return rows
  }
}
