import ArgumentParser
import InverseDesign
import Scenes

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Solve a scene once, at its start or at a design given, and write the fields.",
    discussion: "A scene of particles is stepped to its end; the folder holds particles, history and pictures.")

  @OptionGroup var arguments: SceneArguments

  @Option(name: .shortAndLong, help: "The folder for the results; runs/<name of the scene>-simulation when left out.")
  var output: String?

  @Option(
    help: ArgumentHelp(
      "A .npy file such as a run's design.npy: one density per cell, or the variables of an airfoil.", valueName: "file"
    ))
  var design: String?

  @Flag(help: "Also take the gradient of the final kinetic energy by the initial velocities; for particles.")
  var gradient = false

  @Flag(help: "Print the result as JSON on standard output.")
  var json = false

  func run() throws {
    let (file, runnable) = try arguments.buildRunnable()
    let directory = output ?? OptimizationRun.defaultDirectory(for: file) + "-simulation"
    switch runnable {
    case .field(let scene): try simulate(file, scene, into: directory)
    case .particles(let scene): try simulate(file, scene, into: directory)
    case .airfoil(let scene): try simulate(file, scene, into: directory)
    }
  }

  private func simulate(_ file: SceneFile, _ scene: AirfoilScene, into directory: String) throws {
    if gradient {
      throw CommandFailure(.usage, "error: --gradient is for particles; use `backsolve check-gradient` here")
    }
    let result = try AirfoilSimulation(file: file, scene: scene).run(designFile: design, into: directory)
    if json {
      print(try result.json(), terminator: "")
      return
    }
    print(PolarRequest.table(result.points.map(\.coefficients)))
    for (name, value) in result.responses.sorted(by: { $0.key < $1.key }) { print("\(name) \(short(value, 12))") }
    print("see \(directory)/report.html")
  }

  private func simulate(_ file: SceneFile, _ scene: BuiltScene, into directory: String) throws {
    if gradient {
      throw CommandFailure(.usage, "error: --gradient is for particles; use `backsolve check-gradient` here")
    }
    let result = try Simulation(file: file, scene: scene).run(designFile: design, into: directory)
    if json {
      print(try result.json(), terminator: "")
    } else {
      for (name, value) in result.responses.sorted(by: { $0.key < $1.key }) {
        print("\(name) \(NumberFormat.significant(value, digits: 12))")
      }
      print("see \(directory)/report.html")
    }
  }

  private func simulate(_ file: SceneFile, _ scene: ParticleScene, into directory: String) throws {
    if design != nil { throw CommandFailure(.usage, "error: --design is for densities; particles have none") }
    Interruption.listen()
    let run = ParticleRun(file: file, scene: scene, isInterrupted: { Interruption.isRequested })
    let result = try run.run(into: directory, withGradient: gradient)
    if json {
      print(try result.json(), terminator: "")
      return
    }
    print("particles \(result.particles), steps \(result.steps), time \(short(result.endTime, 6)) s")
    print("kinetic energy \(short(result.firstEnergy, 12)) -> \(short(result.energy, 12))")
    print("million particle updates a CPU second \(short(result.particleUpdatesPerCPUSecond / 1e6, 4))")
    if let norm = result.gradientNorm, let ratio = result.gradientOverForward {
      print("gradient of norm \(short(norm, 10)) at \(short(ratio, 3)) times the cost of a forward run")
    }
    print("see \(directory)/report.html")
  }

  private func short(_ value: Double, _ digits: Int) -> String { NumberFormat.significant(value, digits: digits) }
}
