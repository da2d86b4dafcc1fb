import TestSupport
import Testing

@testable import Scenes

struct SceneOverrideTests {
  private func message(_ overrides: String...) -> String {
    do {
      _ = try SceneFile.parse(SampleScenes.beam, overrides: overrides)
      return ""
    } catch { return "\(error)" }
  }

  @Test func overridesChangeKeysItemsAndKinds() throws {
    let scene = try SceneFile.parse(
      SampleScenes.beam,
      overrides: [
        "domain.grid.cells=[30, 10]", "domain.grid.cells.1=12", "constraints.0.volume-fraction.at-most=30 %",
        "optimizer.mma.move-limit=0.1", "design.density.filter={ helmholtz: { radius: 2 cells } }",
        "physics.linear-elasticity.material.youngs-modulus=210 GPa", "seed=4", "output.svg=false",
      ]
    ).scene
    guard case .grid(let grid) = scene.domain.value, case .mma(let method) = scene.optimizer.value else {
      Issue.record("the kinds are wrong")
      return
    }
    #expect(grid.cells.value == [30, 12] && method.moveLimit == 0.1 && scene.seed == 4 && !scene.output.svg)
    #expect(scene.constraints[0].value.atMost?.value == 0.3)
    #expect(scene.constraints[0].value.atMost?.mark.isOverride == true)
    #expect((scene.design?.value as? Scene.DensityDesign)?.filter?.value == .helmholtz(.cells(2)))
    #expect((scene.physics.value as? Scene.LinearElasticity)?.material.youngsModulus == 210e9)
  }

  @Test func aTildeRemovesAKey() throws {
    let scene = try SceneFile.parse(SampleScenes.beam, overrides: ["design.density.filter=~", "objective=~"]).scene
    #expect((scene.design?.value as? Scene.DensityDesign)?.filter == nil && scene.objective == nil)
  }

  @Test func errorsNameTheOverride() {
    #expect(
      message("optimizer.mma.move-limt=0.1")
        == "--set optimizer.mma.move-limt=0.1: error: `move-limt` is not a key of `mma`; did you mean `move-limit`?")
    #expect(
      message("constraints.3.mass=1")
        == "--set constraints.3.mass=1: error: `3` is not an item of the list here: expected an index from 0 to 0")
    #expect(
      message("title")
        == "--set title: error: there is no `=`: expected a path and a value, as in `optimizer.mma.move-limit=0.1`")
    #expect(message("seed=nan").hasPrefix("--set seed=nan: error: `seed` is wrong: `nan` is not a finite number"))
    #expect(message("title=[1").hasPrefix("--set title=[1: error: not valid YAML"))
    #expect(message("include=x.yaml").contains("cannot be set from the command line"))
  }

  @Test func mistakesOfFileAndOverridesAreReportedTogether() {
    let text = SampleScenes.beam.replacing("move-limit: 0.2", with: "move-limit: 7")
    let error = #expect(throws: SceneErrors.self) { try SceneFile.parse(text, overrides: ["seed=x", "a"]) }
    #expect(error?.diagnostics.count == 3)
  }
}
