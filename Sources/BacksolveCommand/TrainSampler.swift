import ArgumentParser
import Scenes

struct TrainSampler: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sampler",
    abstract: "Train the sampler of a scene.",
    discussion: """
      Designs to learn from are read from a folder that `backsolve generate` made, or made on the way. The weights go where \
      the scene looks for them; the checkpoint and a picture of the loss lie beside them.
      """)

  @OptionGroup var arguments: SceneArguments

  @Option(name: .shortAndLong, help: "The file of weights to write; what the scene names when left out.")
  var output: String?

  @Option(help: ArgumentHelp("The designs to learn from, as `backsolve generate` made them.", valueName: "folder"))
  var data: String?

  @Flag(help: "Go on from the checkpoint beside the weights.")
  var resume = false

  func run() throws {
    let file = try arguments.load()
    let scene = try SamplerScene.build(file)
    Interruption.listen()
    let status = StatusLine()
    if data == nil { status.show("making the designs to learn from") }
    func made(_ made: Int, _ count: Int) {
      if status.isTerminal { status.show("making the designs to learn from: \(made)/\(count)") }
    }
    let path = output ?? scene.weightsPath
    let training: SamplerTrainingRun
    if data == nil, scene.isStreamed {
      training = try SamplerTrainingRun(
        streaming: scene, resuming: resume ? path : nil, stops: { Interruption.isRequested }, progress: made)
    } else {
      let designs = try DesignDataSet.load(
        for: scene, from: data, stops: { Interruption.isRequested }, progress: made)
      if scene.needsSketches { status.show("sketching \(designs.count) problems") }
      training = try SamplerTrainingRun(scene, designs)
    }
    let outcome: SamplerTrainingRun.Outcome
    do {
      outcome = try training.run(to: path, resumes: resume, stops: { Interruption.isRequested }) { progress in
        if status.isTerminal || progress.step % 100 == 0 || progress.step == progress.steps {
          status.show(progress.line)
        }
      }
    } catch let failure as FileFailure {
      throw CommandFailure(failure.action == .read ? .usage : .machine, "error: \(failure)")
    }
    status.finish()
    print(
      "\(path) after step \(outcome.step) on \(outcome.designs) designs: loss "
        + "\(NumberFormat.significant(outcome.loss, digits: 4)), \(outcome.bytes) bytes, checksum \(outcome.checksum), "
        + "\(NumberFormat.significant(outcome.seconds, digits: 3)) s")
    if !outcome.isComplete { throw CommandFailure(.interrupted, "interrupted: `--resume` goes on") }
  }
}
