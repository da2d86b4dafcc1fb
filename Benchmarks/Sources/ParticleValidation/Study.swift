import Backsolve
import Foundation

/// Runs a simulation and says on the standard error output what it cost.
func simulate(
  _ simulation: ParticleSimulation, until stop: StopRule, every interval: Double = 1e9,
  show: (Frame) -> Void = { _ in }
) throws -> DenseVector {
  let rollout = Rollout(simulation, until: stop)
  var workspace = rollout.makeWorkspace()
  let start = processorSeconds()
  let state = try rollout.solve(simulation.system.parameters, in: &workspace, frames: .interval(interval)) { frame in
    show(frame)
    return true
  }
  let seconds = processorSeconds() - start
  let steps = workspace.report?.steps ?? 0, count = simulation.system.particleCount
  let speed = Int(Double(count * steps) / seconds / 1e3)
  let line = "  \(count) particles, \(steps) steps, \(Int(seconds)) CPU s, \(speed) k particle updates per CPU s\n"
  FileHandle.standardError.write(Data(line.utf8))
  return state
}

func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// A table of `Benchmarks/reference`.
func reference<Table: Decodable>(_ file: String, as type: Table.Type) throws -> Table {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("reference")
  return try JSONDecoder().decode(type, from: Data(contentsOf: folder.appendingPathComponent(file)))
}
