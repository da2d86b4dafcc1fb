import Testing

@testable import Scenes

struct SceneDecodingTests {
  static let beam = """
    # yaml-language-server: $schema=../scene.schema.json
    title: MBB beam, half model
    domain: { grid: { size: [3 m, 1 m], cells: [300, 100] } }
    physics:
      linear-elasticity:
        material: { youngs-modulus: 1 Pa, poissons-ratio: 0.3, assumption: plane-stress, thickness: 1 m }
        supports: [ { at: { x: 0 }, fix: [x] }, { at: { point: [3, 0] }, fix: [y] } ]
        load-cases: [ { name: tip, forces: [ { at: { point: [0, 1] }, force: [0 N, -1 N] } ] } ]
    design:
      density: { start: 0.5, filter: { cone: { radius: 0.04 m } }, interpolation: { simp: { penalty: 3, minimum-modulus-ratio: 1e-9 } } }
    objective: { minimize: compliance }
    constraints: [ { volume-fraction: { at-most: 0.5 } } ]
    optimizer: { optimality-criteria: { move-limit: 0.2, iterations: 50 } }
    """

  @Test func aBeamDecodesToItsNumbers() throws {
    let scene = try SceneFile.parse(Self.beam).scene
    #expect(scene.title == "MBB beam, half model")
    guard case .grid(let grid) = scene.domain.value else {
      Issue.record("not a grid")
      return
    }
    #expect(grid.size == [3, 1] && grid.cells.value == [300, 100] && grid.origin == [0, 0])
    #expect(grid.cells.mark.line == 3)
    let physics = try #require(scene.physics.value as? Scene.LinearElasticity)
    #expect(physics.material.youngsModulus == 1 && physics.material.poissonsRatio == 0.3)
    #expect(physics.material.assumption?.value == .planeStress)
    #expect(physics.supports.map(\.fix.value) == [.axes([.x]), .axes([.y])])
    #expect(physics.supports[0].at.value == .coordinate(.x, .at(.meters(0))))
    #expect(physics.supports[1].at.value == .point([.meters(3), .meters(0)]))
    #expect(physics.loadCases[0].forces[0].force.value == [0, -1])
    #expect(physics.loadCases[0].name?.value == "tip")
    let design = try #require(scene.design?.value as? Scene.DensityDesign)
    #expect(design.start?.value == 0.5)
    #expect(design.filter?.value == .cone(.meters(0.04)))
    #expect(design.interpolation.value == .simp(.init(penalty: 3, minimumModulusRatio: 1e-9, continuation: nil)))
    #expect(scene.objective?.value.functional.value == .compliance)
    #expect(scene.constraints.map(\.value.name) == ["volume-fraction"])
    #expect(scene.constraints[0].value.atMost?.value == 0.5)
    #expect(scene.optimizer.value.word == "optimality-criteria")
    #expect(scene.optimizer.value.stopping.iterations == 50)
    #expect(scene.solver.value == .automatic(.init(tolerance: 1e-8, maximumIterations: 2000)))
  }
}
