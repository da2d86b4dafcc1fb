import FieldIO
import Foundation
import Geometry
import Scenes
import SmoothedParticles
import TestSupport
import Testing

/// Solids by shape, walls with mirror points, forces on solids, in scenes.
struct SolidShapeSceneTests {
  private static let tank = """
    title: A tank with a solid
    domain: { box: { size: [1 m, 0.8 m] } }
    physics:
      smoothed-particles:
        spacing: 5 cm
        fluids: [ { rest-density: 1000 kg/m^3, region: { y: [min, 0.6 m] } } ]
        solids: [ { name: block, shape: { polygon: [[30 cm, 10 cm], [60 cm, 15 cm], [45 cm, 45 cm]] } } ]
        gravity: [0, -9.81 m/s^2]
        boundaries: [left, right, bottom]
        boundary-scheme: modified-dynamic
        scheme: { weakly-compressible: { sound-speed: 20 m/s } }
        kernel: wendland-c2
        smoothing-length: 1.2
        time: { end: 10 ms }
    design: { initial-velocity: { limit: 1 m/s } }
    objective: { minimize: { force-deviation: { solid: block, direction: y, history: [0, 10 N] } } }
    optimizer: { mma: { iterations: 2 } }

    """

  private func build(_ overrides: [String] = []) throws -> ParticleScene {
    guard case .particles(let scene) = try RunnableScene.build(try SceneFile.parse(Self.tank, overrides: overrides))
    else { throw CommandFailure(.usage, "no scene of particles") }
    return scene
  }

  @Test("mirror points of sides lie in the box, those of solids outside of them")
  func mirrorPoints() throws {
    let walls = try build().simulation.system.walls
    let mirrors = try #require(walls.mirrors)
    let triangle = SolidShape.polygon([[0.3, 0.1], [0.6, 0.15], [0.45, 0.45]])
    for k in 0..<walls.count {
      let place = [walls.positions[2 * k], walls.positions[2 * k + 1]]
      let mirror = [place[0] + mirrors[2 * k], place[1] + mirrors[2 * k + 1]]
      let isOfBlock = triangle.signedDistance(place) < 0
      #expect(
        isOfBlock ? triangle.signedDistance(mirror) > 0 : mirror[0] > 0 && mirror[0] < 1 && mirror[1] > 0)
    }
  }

  @Test(
    arguments: [
      ("solids.0.shape={ polygon: [[0, 0], [1, 1], [2, 2]] }", "has no area"),
      ("solids.0.shape={ polygon: [[0, 0], [0, 0], [2, 1]] }", "are the same"),
      ("solids.0.shape={ half-space: { point: [0, 0], normal: [0, 0] } }", "the normal is zero"),
      ("solids.0.shape={ half-space: { point: [0, 0, 0], normal: [0, 1, 0] } }", "has 3 axes in a box of 2"),
      ("solids.0.shape={ half-space: { point: [0, -1], normal: [0, 1] } }", "has no room for a particle"),
      ("solids.0.shape={ stl: { file: nothing.stl } }", "nothing.stl"),
      ("solids.0.shape={ ball: { center: [0.5, 0.3], radius: 1e18 m } }", "reaches far outside the box along x"),
      ("solids.0.shape={ box: { center: [0.5, 0.3], size: [1e20, 1e20] } }", "reaches far outside"),
      ("solids.0.shape={ capsule: { from: [0, 0], to: [1e18, 0], radius: 1 cm } }", "reaches far outside"),
      ("solids.0.shape={ capsule: { from: [0, 0], to: [1e-200, 0], radius: 1 cm } }", "are the same"),
      ("solids.0.shape={ polygon: [[0, 0], [1e18, 0], [0, 1e18]] }", "reaches far outside"),
      ("solids.0.shape={ polygon: [[0, 0], [1e-200, 0], [0, 1]] }", "are the same"),
      ("time={ steps: 3 }", "both `end` and `steps`"),
    ])
  func mistakesHaveWords(_ override: String, _ words: String) {
    expectRefusal(words, of: override) { _ = try build(["physics.smoothed-particles." + override]) }
  }

  @Test("a force needs a scheme that knows it")
  func forces() {
    expectRefusal("has no force to look at", of: "corrected gradients") {
      _ = try build(["physics.smoothed-particles.scheme.weakly-compressible.corrected-gradients=true"])
    }
  }

  @Test("a half-space is cut to the box, and may be a tool that turns")
  func halfSpace() throws {
    let scene = try build([
      "physics.smoothed-particles.solids.0={ name: block, shape: ~, region: { y: [0.7 m, max] } }",
      "physics.smoothed-particles.boundary-scheme=extrapolated", "physics.smoothed-particles.boundaries=[left, bottom]",
      "design={ tool: { name: slope, layers: 2, shape: { solid: { limit: 1 cm, turn-limit: 5 deg, shape: { half-space: { point: [95 cm, 75 cm], normal: [-1, 0] } } } } } }",
      "physics.smoothed-particles.fluids.0.region={ x: [min, 0.8 m], y: [min, 0.6 m] }",
    ])
    let walls = scene.simulation.system.walls
    #expect(walls.positions.allSatisfy { $0 <= 1 })
    #expect(stride(from: 0, to: 2 * walls.count, by: 2).contains { abs(walls.positions[$0] - 0.975) < 1e-9 })
  }
}
