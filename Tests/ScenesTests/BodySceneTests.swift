import Foundation
import Scenes
import SmoothedParticles
import TestSupport
import Testing

struct BodySceneTests {
  private static let physics = "physics.smoothed-particles."

  private func build(_ overrides: [String] = []) throws -> ParticleScene {
    let file = try SceneFile.parse(SampleScenes.weir, overrides: overrides)
    guard case .particles(let scene) = try RunnableScene.build(file) else {
      throw CommandFailure(.usage, "no scene of particles")
    }
    return scene
  }

  @Test func everythingIsFilled() throws {
    let system = try build().simulation.system
    // A lattice of 16 x 10, three layers beyond each open side: four rows of water less raft and gate, with rows beyond.
    #expect(system.particleCount == 16 * 4 - 4 - 3 + 3 * 4 + 3 * 4 + 12)
    #expect(system.openFlow?.parked == 12 && system.openFlow?.boundaries.map(\.name) == ["river", "outlet 1"])
    // The gate, the floor with its ends, and what is closed of the left side.
    #expect(system.walls.count == 3 + 3 * (16 + 6) + 3 * 6)
    let raft = try #require(system.bodies.first)
    #expect(raft.count == 8 && abs(raft.mass - 500 * 0.02) < 1e-9 && raft.velocity == [0.5, 0])
    #expect(zip(raft.position, [0.3, 0.2]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(system.walls.motions.map(\.particles) == [0..<3] && system.walls.motions[0].pivot == [0.625, 0])
    #expect(abs(system.walls.motions[0].rotation[4] - .pi / 18) < 1e-12)
  }

  @Test(
    arguments: [
      ("bodies.0.region={ region: gate }", "raft overlaps gate"),
      ("bodies.0.region=everywhere", "raft overlaps water"),
      (
        "bodies.0.region={ ball: { center: [10 cm, 45 cm], radius: 12 cm } }",
        "the body reaches outside the box"
      ),
      ("bodies.0.angular-velocity=[1, 2, 3]", "`angular-velocity` has 3 entries"),
      ("bodies.0.density=0", "out of range"), ("bodies.0.velocity=[1, 0, 0]", "`velocity` has 3 entries"),
      ("solids.0.velocity=[1, 0]", "both `velocity` and `motion`"),
      ("solids.0.motion.pivot=[0, 0, 0]", "entries in a box of 2"),
      ("solids.0.motion.shift=[[0, 0], [0, 0], [0, 0], [0, 0]]", "4 coefficients and `turn` 5"),
      ("inlets.0.side=bottom", "is a wall or open already"), ("outlets.0.side=left", "is a wall or open already"),
      ("inlets.0.side=front", "a flat box has no z"),
      ("inlets.0.opening={ x: [50 cm, max] }", "does not touch the side"),
      ("scheme={ summation: { sound-speed: 20 } }", "has no inlets or outlets"),
      ("scheme={ summation: { sound-speed: 20 } }", "moves no bodies"),
      ("scheme.weakly-compressible.density-relaxation=0.01", "is for fluid that fills its walls"),
      (
        "scheme={ weakly-compressible: { sound-speed: 20, tension: true, density-relaxation: 0.01 } }",
        "do not go with `density-relaxation`"
      ),
      ("scheme={ incompressible: {} }", "has no inlets"),
      ("boundary-scheme=modified-dynamic", "does not go with bodies"),
      ("boundary-scheme=modified-dynamic", "does not go with inlets"),
      ("boundary-scheme=modified-dynamic", "give it a `shape`"),
      ("boundary-scheme=modified-dynamic", "does not go with a `motion`"),
      ("surface-tension={ cohesion: 1 N/m, area: 1 N/m }", "does not go with bodies"),
      (
        "rheology={ power-law: { consistency: 1, exponent: 0.5, least-shear-rate: 1 Hz } }",
        "`rheology` does not go with bodies"
      ),
      ("scheme.weakly-compressible.corrected-gradients=true", "do not go with `corrected-gradients`"),
      ("scheme.weakly-compressible.shifting={ strength: 0.5 }", "do not go with `shifting`"),
    ])
  func mistakesHaveWords(_ override: String, _ words: String) {
    expectRefusal(words, of: override) {
      _ = try build([Self.physics + override])
    }
  }

  @Test(
    arguments: [
      ("design={ body: { body: boat, change: density, limit: 1 } }", "there is no body `boat`"),
      ("design={ body: { body: raft, change: density, limit: 600 } }", "lets the density fall to zero"),
      ("design={ motion-history: { solid: raft, turn-limit: 1 } }", "no solid `raft` with a `motion`"),
      ("design={ inflow: { inlet: sea, limit: 1 } }", "there is no inlet `sea`"),
      ("design={ inflow: { limit: 1 } }", "lets the inflow stop"),
      ("design={ inflow-history: { inlet: sea, limit: 1 } }", "there is no inlet `sea`"),
      ("design={ inflow-history: { limit: 0.5 m/s } }", "lets the inflow stop"),
      ("design={ inflow-history: { limit: 0.1, knots: 3 } }", "4 to 1000"),
      (
        "design={ several: { designs: [ inflow: { limit: 0.1 }, inflow-history: { limit: 0.1 } ] } }",
        "`river` is designed twice"
      ),
      ("objective.maximize.body-position.body=boat", "there is no body `boat`"),
      ("constraints.1.force-on.solid=gait", "there is no solid, body or tool `gait`"),
      ("constraints.1.force-on.over-time=true", "both `at` and `over-time`"),
    ])
  func mistakesOfDesignsHaveWords(_ override: String, _ words: String) {
    expectRefusal(words, of: override) {
      _ = try build([override])
    }
  }

  @Test(
    arguments: [
      "body: { body: raft, change: density, limit: 100 }",
      "motion-history: { solid: gate, turn-limit: 10 deg, shift-limit: 1 cm }",
      "inflow: { inlet: river, limit: 0.2 m/s }", "inflow-history: { inlet: river, limit: 0.2 m/s, knots: 5 }",
    ])
  func gradientsOfDesignsAreExact(_ design: String) throws {
    let overrides = ["design={ \(design) }", Self.physics + "precision=double"]
    let file = try SceneFile.parse(SampleScenes.weir, overrides: overrides)
    let scene = try RunnableScene.build(file).optimizable(file)
    for row in try GradientCheck(scene, seed: 1).run() { #expect(row.passes, "\(row)") }
  }

  @Test func theHistoryHasForces() throws {
    let file = try SceneFile.parse(SampleScenes.weir)
    let output = FileManager.default.temporaryDirectory.appending(path: "backsolve-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: output) }
    _ = try ParticleRun(file: file, scene: build()).run(into: output, withGradient: false)
    let lines = try String(contentsOfFile: output + "/history.csv", encoding: .utf8).split(separator: "\n")
    let wanted = ["gate-force-x", "gate-force-y", "raft-force-x", "raft-force-y", "raft-x", "raft-y", "raft-angle"]
    #expect(lines[0].split(separator: ",").suffix(7).map(String.init) == wanted)
    let last = lines.last?.split(separator: ",").suffix(7).compactMap { Double($0) } ?? []
    #expect(last.count == 7 && abs(last[4] - 0.30075) < 1e-4 && last[3] > 0)
  }
}
