import Foundation
import Scenes
import SmoothedParticles
import TestSupport
import Testing

/// Scenes of the schemes and forces beyond weakly compressible flow.
struct FlowSchemeSceneTests {
  private func build(_ overrides: [String] = [], _ text: String) throws -> (SceneFile, ParticleScene) {
    let file = try SceneFile.parse(text, overrides: overrides)
    guard case .particles(let scene) = try RunnableScene.build(file) else {
      throw CommandFailure(.usage, "no scene of particles")
    }
    return (file, scene)
  }

  private func run(_ overrides: [String] = [], _ text: String, _ look: (String, ParticleResult) throws -> Void) throws {
    let (file, scene) = try build(overrides, text)
    let folder = FileManager.default.temporaryDirectory.appending(path: "backsolve-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try look(folder, try ParticleRun(file: file, scene: scene).run(into: folder, withGradient: false))
  }

  @Test func aDropHasItsConstants() throws {
    let system = try build([], SampleScenes.drop).1.simulation.system
    #expect(system.fluid.surfaceTension == SurfaceTension(cohesion: 5, area: 2, adhesion: 1))
    #expect(system.fluid.rheology == Rheology(consistency: 5, exponent: 0.6, leastShearRate: 0.1))
    #expect(system.velocities[0] == system.positions[0] - 0.3 && system.velocities[1] == 0.3 - system.positions[1])
    #expect(system.parameterBlocks.map(\.name).suffix(2) == ["surface-tension", "rheology"])
  }

  @Test func theHistoryHasThePressureSolves() throws {
    try run([], SampleScenes.drop) { folder, result in
      let rows = try String(contentsOfFile: folder + "/history.csv", encoding: .utf8).split(separator: "\n")
      let columns = rows[0].split(separator: ",")
      let residual = try #require(columns.firstIndex(of: "density-residual"))
      let iterations = try #require(columns.firstIndex(of: "density-iterations"))
      let last = try #require(rows.last).split(separator: ",")
      #expect(result.steps == 2 && rows.count == 4)
      #expect(try #require(Int(last[iterations])) > 0)
      #expect(try #require(Double(last[residual])) <= 1e-6)
    }
  }

  @Test func aLineOfGasRuns() throws {
    let (_, scene) = try build([], SampleScenes.tube)
    let system = scene.simulation.system
    #expect(system.dimension == 1 && system.particleCount == 40)
    #expect(abs(system.masses[0] - 0.05) < 1e-15 && abs((system.masses.last ?? 0) - 0.05 / 8) < 1e-15)
    let gas = try #require(system.fluid.gas)
    #expect(abs(gas.internalEnergies[0] - 2.5) < 1e-12 && abs((gas.internalEnergies.last ?? 0) - 2) < 1e-12)
    try run([], SampleScenes.tube) { folder, result in
      #expect(result.steps == 3 && result.energy > 0)
      for name in ["particles.png", "state.vtp", "report.html", "frames.pvd"] {
        #expect(FileManager.default.fileExists(atPath: folder + "/" + name), "\(name)")
      }
    }
  }

  @Test(
    arguments: [
      ("fluids.0.pressure=~", "is a gas without `pressure`"), ("fluids.1.viscosity=1 m^2/s", "knows no `viscosity`"),
      ("boundaries=[left]", "periodic"), ("surface-tension={ cohesion: 1 N/m }", "knows no `surface-tension`"),
      ("fluids.0.velocity={ taylor-green: { speed: 1 m/s } }", "no second axis"),
      ("fluids.0.velocity=[1 m/s, 0]", "`velocity` has 2 entries"), ("gravity=[0, 1]", "`gravity` has 2 entries"),
      ("scheme={ summation: { sound-speed: 9 } }", "`pressure` is for a gas"),
      ("scheme.compressible.heat-capacity-ratio=1", "out of range"),
    ])
  func mistakesOfGasHaveWords(_ override: String, _ words: String) {
    expectRefusal(words, of: override) {
      _ = try build(["physics.smoothed-particles." + override], SampleScenes.tube)
    }
  }

  @Test(
    arguments: [
      ("scheme={ incompressible: { shifting-speed: 1 m/s } }", "out of a free surface"),
      ("scheme={ incompressible: { extent: fillled } }", "did you mean `filled`?"),
      ("rheology={ power-law: { consistency: 1, exponent: 9, least-shear-rate: 1 Hz } }", "out of range"),
      ("surface-tension={ cohesion: 1 Pa }", "wrong dimension"),
      ("scheme={ incompressible: { solves: none } }", "solves"),
    ])
  func mistakesOfDropsHaveWords(_ override: String, _ words: String) {
    expectRefusal(words, of: override) {
      _ = try build(["physics.smoothed-particles." + override], SampleScenes.drop)
    }
  }

  @Test func shiftingAndTransportAreSchemes() throws {
    let transport =
      "physics.smoothed-particles.scheme={ summation: { sound-speed: 9, shifting: { transport-velocity: { background-pressure: 2 } } } }"
    guard case .summation(let scheme) = try build([transport], SampleScenes.basin).1.simulation.scheme else {
      Issue.record("no summation")
      return
    }
    #expect(scheme.shifting == ParticleShifting(strength: 1, pairing: 0))
  }
}
