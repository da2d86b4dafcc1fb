import ArgumentParser
import InverseDesign
import Scenes

struct CheckGradient: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Taylor test of a scene's own objective and every constraint.",
    discussion: """
      The remainder |f(x + h d) - f(x) - h f'(x) d| of the right gradient falls like h squared: a rate above 1.9 passes. \
      Rows that are affine along d leave only round-off and pass as such.
      """)

  @OptionGroup var arguments: SceneArguments

  @Option(help: "Seed of the random point and direction.")
  var seed: UInt64 = 1

  @Option(
    help:
      "The largest step, as a share of the bounds' width; it is halved several times. Short ones see past the kinks of flows that splash."
  )
  var step = 5e-3

  @Flag(help: "Print JSON on standard output.")
  var json = false

  func validate() throws {
    if !(step > 0 && step <= 0.1) { throw ValidationError("--step \(step): expected a number above 0, at most 0.1.") }
  }

  func run() throws {
    var check = GradientCheck(try scene(), seed: seed)
    check.firstStep = step
    let checks = try check.run()
    if json {
      print(try GradientCheck.json(checks))
    } else {
      print(GradientCheck.table(checks))
    }
    if checks.contains(where: { !$0.passes }) {
      throw CommandFailure(.numerical, "the gradient is wrong")
    }
    if !json { print("the gradient is right: every rate is above 1.9 or at round-off") }
  }

  private func scene() throws -> OptimizableScene {
    let (file, runnable) = try arguments.buildRunnable()
    if case .field(let scene) = runnable { return scene.optimizable }
    if case .airfoil = runnable { return try runnable.optimizable(file) }
    // Single precision would drown what is tested.
    return try arguments.buildRunnable(with: ["physics.smoothed-particles.precision=double"]).scene.optimizable(file)
  }
}
