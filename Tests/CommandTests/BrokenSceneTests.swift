import Backsolve
import Foundation
import TestSupport
import Testing

extension CommandTests {
  /// A mutation may ask for a grid that is merely large; it is fine, but it is not run here.
  private static func isLarge(_ scene: Scene) -> Bool {
    switch scene.domain.value {
    case .grid(let grid): return grid.cells.value.reduce(1.0) { $0 * Double($1) } > 5000
    case .mesh: return false
    case .plane:
      guard let physics = scene.physics.value as? Scene.Airfoil else { return false }
      return physics.panels > 160 || physics.conditions.count > 10
    case .box(let box):
      guard let physics = scene.physics.value as? Scene.SmoothedParticles else { return false }
      if case .steps(let count) = physics.time.end, count > 10 { return true }
      return box.size.value.reduce(1.0) { $0 * ($1 / physics.spacing.value) } > 500
    }
  }

  /// One evaluation of a scene.
  private static func runOnce(_ scene: RunnableScene, _ name: String) throws {
    switch scene {
    case .field(let scene):
      let session = scene.problem.responses.makeSession()
      session.begin(iteration: 1)
      let start = scene.problem.bounds.project(scene.problem.start)
      let result = try session.evaluate(start, gradientsOf: scene.problem.rowsToDifferentiate)
      #expect(result.field.count == scene.domain.domain.cellCount, "\(name)")
    case .particles(let scene):
      let rollout = Rollout(scene.simulation, until: .steps(1))
      var workspace = rollout.makeWorkspace()
      let state = try rollout.solve(scene.simulation.system.parameters, in: &workspace)
      #expect(state.isFinite, "\(name)")
    case .airfoil(let scene):
      guard let problem = scene.optimizable?.problem else { return }
      let result = try problem.responses.makeSession().evaluate(
        problem.start, gradientsOf: problem.rowsToDifferentiate)
      let isFinite = result.values.allSatisfy(\.isFinite)
      #expect(isFinite, "\(name)")
    }
  }

  /// Broken scenes all the way to one evaluation, within this process.
  @Test func brokenScenesRunOrSayWhere() throws {
    var refused = 0, ran = 0, failed = 0, large = 0
    for mutation in SceneMutations.make(count: Self.isThorough ? 2000 : 150, seed: 97) {
      let start = Date()
      do {
        let file = try SceneFile.parse(bytes: mutation.bytes)
        if Self.isLarge(file.scene) {
          large += 1
          continue
        }
        try Self.runOnce(RunnableScene.build(file), mutation.name)
        ran += 1
      } catch let errors as SceneErrors {
        refused += 1
        #expect(!errors.diagnostics.isEmpty, "\(mutation.name)")
        for diagnostic in errors.diagnostics {
          #expect(diagnostic.mark.line >= 1 && !diagnostic.problem.isEmpty, "\(mutation.name): \(diagnostic)")
        }
      } catch let failure as SolveFailure {
        failed += 1
        #expect(!"\(failure)".isEmpty, "\(mutation.name)")
      }
      #expect(Date().timeIntervalSince(start) < 30, "\(mutation.name) takes long")
    }
    #expect(refused > ran && ran > 0, "refused \(refused), ran \(ran), failed \(failed), large \(large)")
    #expect(failed + large < (refused + ran) / 20, "refused \(refused), ran \(ran), failed \(failed), large \(large)")
  }

  /// The same as processes: exit code, message, time and memory.
  @Test func brokenScenesEndTheCommandWell() throws {
    for mutation in SceneMutations.make(count: Self.isThorough ? 300 : 30, seed: 98) {
      let file = try? SceneFile.parse(bytes: mutation.bytes)
      if let file, Self.isLarge(file.scene) { continue }
      try Scratch.withFolder { folder in
        let path = folder + "/broken.yaml"
        try Scratch.write(mutation.bytes, to: path)
        let isOfParticles = file?.scene.physics.value is Scene.SmoothedParticles
        let options = isOfParticles ? ["simulate"] : ["optimize", "--quiet", "--max-time", "0.2"]
        let process = try CommandRun(options + [path, "--output", folder + "/run"])
        let ending = process.finish(within: 60)
        #expect(!ending.isLate, "\(mutation.name) hangs")
        #expect([0, 1, 2].contains(ending.code), "\(mutation.name): code \(ending.code) \(ending.errors)")
        if ending.code == 2 {
          #expect(
            ending.errors.contains(#/broken\.yaml:[0-9]+:[0-9]+: error: /#), "\(mutation.name): \(ending.errors)")
        } else if ending.code == 1 {
          #expect(ending.errors.hasPrefix("error: "), "\(mutation.name): \(ending.errors)")
        }
        if let peak = process.peakMemory {
          #expect(peak < 500_000_000, "\(mutation.name): \(peak) bytes")
        }
      }
    }
  }
}
