import ArgumentParser
import Scenes

/// `backsolve train preconditioner SCENE` and `backsolve train sampler SCENE`.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train what a scene may use.", subcommands: [TrainPreconditioner.self, TrainSampler.self])
}

struct TrainPreconditioner: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preconditioner",
    abstract: "Train the multigrid cycle, or the incomplete factor, for a scene's physics.",
    discussion: """
      The bodies a cycle learns on are small, random and optimized on the way; the scene gives the physics, the material and \
      the shape of a cell, and the smoothing it asks for. A scene uses the weights by `solver: { multigrid-cg: { learned: FILE } }`, at any size. \
      Where the scene's solver is `incomplete-cholesky-cg`, a factor for diffusion in the plane is trained, on small planes of \
      random triangles and conductivities; `solver: { incomplete-cholesky-cg: { learned: FILE } }` uses it.
      """)

  @OptionGroup var arguments: SceneArguments

  @Option(name: .shortAndLong, help: "The file of weights to write; its checkpoint lies beside it.")
  var output = "cycle.safetensors"

  @Option(help: "Steps of training; 100 for a cycle, 1000 for a factor.")
  var steps: Int?

  @Option(help: "Seed of the bodies and of training.")
  var seed: UInt64 = 1

  @Option(help: "Random bodies or planes to train on; 16 or 24.")
  var bodies: Int?

  @Option(help: "Cells along the longest axis of a body, nodes along both axes of a plane; 24 or 32.")
  var cells: Int?

  @Flag(help: "Go on from the checkpoint beside the weights.")
  var resume = false

  func validate() throws {
    if let steps, !(1...100_000).contains(steps) { throw ValidationError("--steps \(steps): expected 1 to 100000.") }
    if let bodies, !(1...1000).contains(bodies) { throw ValidationError("--bodies \(bodies): expected 1 to 1000.") }
    if let cells, !(8...64).contains(cells) { throw ValidationError("--cells \(cells): expected 8 to 64.") }
  }

  func run() throws {
    var options = PreconditionerTraining.Options()
    (options.steps, options.seed, options.bodies, options.longest) = (steps, seed, bodies, cells)
    let training = try PreconditionerTraining(try arguments.load(), options)
    Interruption.listen()
    let status = StatusLine()
    let outcome: PreconditionerTraining.Outcome
    do {
      outcome = try training.run(to: output, resumes: resume, stops: { Interruption.isRequested }) { progress in
        if status.isTerminal || progress.step % 10 == 0 || progress.step == progress.steps {
          status.show(progress.line)
        }
      }
    } catch let failure as FileFailure {
      throw CommandFailure(failure.action == .read ? .usage : .machine, "error: \(failure)")
    }
    status.finish()
    print(
      "\(output) after step \(outcome.step): \(outcome.iterations.learned) iterations on bodies not trained on, "
        + "\(outcome.iterations.plain) without")
    if !outcome.isComplete { throw CommandFailure(.interrupted, "interrupted: `--resume` goes on") }
  }
}
