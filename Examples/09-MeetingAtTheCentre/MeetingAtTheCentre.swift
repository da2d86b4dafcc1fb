import DesignSamplers
import Foundation

@main struct MeetingAtTheCentre {
  static func main() throws {
    let arguments = CommandLine.arguments
    let folder = "."
    let clock = ProcessUsage.cpuSeconds
    let model: TrajectoryModel
    if let kept = try? TrajectoryModel.read(from: "/tmp/nbody") { model = kept } else {
      model = try TrajectoryModel.trained()
      try model.write(to: "/tmp/nbody")
    }
    print("model \(ProcessUsage.cpuSeconds - clock) s")
    if arguments.count > 1, arguments[1] == "tune" { try tune(model); return }
    let learned = try LearnedDynamics()
    print("learned \(ProcessUsage.cpuSeconds - clock) s")
    for count in [4, 8] {
      for steps in [34, 44, 54] {
        let task = MeetingTask(count: count, storedSteps: steps, seed: 1)
        print(count, steps, try Methods.measure(task, model, learned))
      }
    }
    _ = folder
  }

  static func tune(_ model: TrajectoryModel) throws {
    for n in [4, 8] {
      print("bound \(n)", MeetingTask.packingBound(count: n, tries: 50))
      let task = MeetingTask(count: n, storedSteps: 44, seed: 1)
      var generator = SeededGenerator(seed: 5)
      let starts = (0..<24).map { _ in task.randomDesign(using: &generator) }
      print("random values", starts.map { task.value($0) }.sorted().prefix(3), starts.map { task.value($0) }.reduce(0, +) / 24)
      for rate in [0.02, 0.05, 0.1, 0.2] {
        for steps in [50, 100, 200] {
          let values = concurrentMap(24) { task.descend(from: starts[$0], steps: steps, rate: rate).value }.sorted()
          print(n, "rate", rate, "steps", steps, "best", values[0], "median", values[12])
        }
      }
      for strength in [0.0, 10, 40, 160] {
        for single in [true, false] {
          for recurrences in [0, 1] {
          var o = TrajectoryModel.SamplingOptions()
          o.strength = strength
          o.takesSinglesOff = single
          o.recurrences = recurrences
          let designs = try model.designs(for: task, count: 24, seed: 3, o)
          let values = designs.map { task.value($0) }.sorted()
          let polished = concurrentMap(24) { task.descend(from: designs[$0], steps: 50, rate: 0.05).value }.sorted()
          print(n, "strength", strength, single, recurrences, "best", values[0], "median", values[12], "polished best", polished[0], "median", polished[12])
          }
        }
      }
    }
  }
}
