import ArgumentParser
import Scenes

struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw many designs of a scene, and polish the best.",
    discussion: """
      The run folder holds the designs as samples.npy, samples.csv and contact sheets, the best ones polished by the \
      scene's optimizer, a histogram of costs, result.json and report.html.
      """)

  @OptionGroup var arguments: SceneArguments

  @Option(name: .shortAndLong, help: "The run folder; runs/<name of the scene>-samples when left out.")
  var output: String?

  @Option(help: ArgumentHelp("Weights; what the scene names when left out.", valueName: "file"))
  var weights: String?

  @Option(
    help: ArgumentHelp(
      "Problems that were not learned, on which a sample each is compared with the optimizer: validity, objective, whether nearest neighbours tell both apart, coverage. For samplers of optimized variants.",
      valueName: "count"))
  var heldOut = 0

  @Option(
    help: ArgumentHelp(
      "The folder of designs that the sampler learned from, as `backsolve generate` made it, for the distance to the nearest.",
      valueName: "folder"))
  var data: String?

  @Flag(help: "Print no progress.")
  var quiet = false

  @Flag(help: "Print result.json on standard output.")
  var json = false

  func validate() throws {
    if heldOut < 0 { throw ValidationError("--held-out \(heldOut): write 0 or more problems") }
  }

  func run() throws {
    let file = try arguments.load()
    let scene = try SamplerScene.build(file)
    Interruption.listen()
    let directory = output ?? OptimizationRun.defaultDirectory(for: file) + "-samples"
    let status = StatusLine(isQuiet: quiet)
    var sampling = SamplerRun(scene, weights: weights)
    sampling.heldOut = heldOut
    sampling.data = data
    let result = try sampling.execute(
      into: directory, progress: status.show, stops: { Interruption.isRequested })
    status.finish()
    if json { return print(try result.json(), terminator: "") }
    func number(_ value: Double?) -> String { value.map { NumberFormat.significant($0, digits: 5) } ?? "none" }
    func line(_ name: String, _ set: SampleResult.DesignSet) {
      print(
        "\(name): \(NumberFormat.significant(100 * set.valid, digits: 3)) % of \(set.count) valid, best "
          + "\(number(set.bestObjective)), median \(number(set.medianObjective))"
          + (set.neighbourAccuracy.map { ", told apart from data at \(number($0))" } ?? "")
          + "; \(set.calls.values) values and \(set.calls.gradients) gradients of the simulator")
    }
    line("plain", result.plain)
    if let guided = result.guided { line("guided", guided) }
    if let held = result.heldOut {
      print(
        "problems not learned: \(NumberFormat.significant(100 * held.valid, digits: 3)) % of \(held.count) valid, "
          + "objective \(number(held.medianExcess.map { 100 * $0 })) % behind the optimizer's, told apart at "
          + "\(number(held.neighbourAccuracy)), from designs of other problems at \(number(held.unpairedAccuracy)), "
          + "coverage \(number(held.coverage))")
    }
    for note in result.notes { print("note: \(note)") }
    for entry in result.polished {
      print("\(entry.origin) polished: \(number(entry.objective)) in \(entry.iterations) iterations")
    }
    if let optima = result.optima { print("distinct optima: \(optima.words)") }
    if let reference = result.reference {
      print("the optimizer alone: \(number(reference.objective)) in \(reference.iterations) iterations")
    }
    print("see \(directory)/report.html")
  }
}
