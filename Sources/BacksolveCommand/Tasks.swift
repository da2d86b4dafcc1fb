import ArgumentParser
import Scenes

struct Tasks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a JSON file of structural tasks and print CSV.",
    discussion: "Columns: name, method, compliance, volume, analyses, cpu_seconds.")

  @Argument(help: "The file of tasks (JSON).")
  var file: String

  @Option(help: "uniform, oc, mma, gcmma, lbfgs, adam or projected-gradient.")
  var method: TaskRunner.Method = .uniform

  @Option(help: "Analyses at most, for each task.")
  var analyses = 100

  @Option(help: "Only tasks whose name contains this.")
  var only: String?

  @Option(help: ArgumentHelp("Only tasks of at most this many cells.", valueName: "cells"))
  var limit: Int?

  func validate() throws {
    if analyses < 1 { throw ValidationError("--analyses \(analyses): expected at least 1.") }
  }

  func run() throws {
    let runner = TaskRunner(method: method, analyses: analyses)
    let tasks = try StructuralTask.read(file)
    print(TaskRunner.header)
    for task in tasks {
      if let only, !task.name.contains(only) { continue }
      if let limit, task.width * task.height > limit { continue }
      print(try runner.run(task))
    }
  }
}

extension TaskRunner.Method: ExpressibleByArgument {}
