import TestSupport
import Testing

@testable import Scenes

/// The words of the errors people meet most, each made from a good scene by one change.
struct SceneMessagesTests {
  private func message(_ old: String, _ new: String, in scene: String = SampleScenes.beam) -> String {
    precondition(scene.contains(old))
    do {
      _ = try SceneFile.parse(scene.replacing(old, with: new, maxReplacements: 1))
      return ""
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    (
      "youngs-modulus: 1 Pa", "youngs-modulus: 3 m",
      "scene.yaml:6:33: error: `youngs-modulus` has the wrong dimension: found `3 m`, which is a length, expected a pressure in Pa greater than 0, such as `1 Pa`; write it in Pa, or as a plain number in SI units"
    ),
    (
      "poissons-ratio", "poisons-ratio",
      "scene.yaml:6:15: error: `material` lacks `poissons-ratio`: expected a number between -1 and 0.5, both excluded; add `poissons-ratio: ...`\nscene.yaml:6:39: error: `poisons-ratio` is not a key of `material`; did you mean `poissons-ratio`?"
    ),
    (
      "plane-stress", "plane-stres",
      "scene.yaml:6:72: error: `assumption` cannot be read: found `plane-stres`, expected `plane-stress` or `plane-strain`; did you mean `plane-stress`?"
    ),
    (
      "minimize: compliance", "minimise: compliance",
      "scene.yaml:11:14: error: `minimise` is not a goal; did you mean `minimize`?"
    ),
    (
      "start: 0.5", "start: 1.5",
      "scene.yaml:10:21: error: `start` is out of range: found `1.5`, expected a number from 0 to 1"
    ),
    (
      "iterations: 2", "iterations: 2.5",
      "scene.yaml:13:66: error: `iterations` is not a whole number: found `2.5`, expected a whole number from 1 to 10000000"
    ),
    (
      "cells: [12, 4]", "cells: [12, 4, 4]",
      "scene.yaml:3:17: error: `size` has 2 entries, `cells` 3 and `origin` 2; give all of them two entries in 2D and three in 3D"
    ),
    (
      "at-most: 0.5", "at-most: .nan",
      "scene.yaml:12:46: error: `at-most` is wrong: `.nan` is not a finite number: expected a number; write a finite one"
    ),
    (
      "title: MBB beam, half model", "title:",
      "scene.yaml:2:7: error: `title` has no value: expected a text"
    ),
  ])
  func aMistakeIsExplained(_ old: String, _ new: String, _ words: String) {
    #expect(message(old, new) == words)
  }

  @Test func supportsOptionsAndFunctionalsAreChecked() {
    #expect(
      message("displacement: 0.1 mm", "displacement: [0.1 mm, 1 mm]", in: SampleScenes.bracket).contains(
        "`displacement` has 2 entries for 1 fixed directions"))
    #expect(
      message("pressure: 0.1 MPa", "pressure: 1, traction: [1, 1, 1]", in: SampleScenes.bracket).contains(
        "both `traction` and `pressure` are given"))
    #expect(
      message("direction: [0, -1, 0]", "direction: [0, 0, 0]", in: SampleScenes.bracket).contains(
        "the direction is zero"))
    #expect(
      message("at-least: 0.1", "at-least: 0.9", in: SampleScenes.sink).contains("`at-least` is larger than `at-most`"))
    #expect(
      message("radius: 1.5 cells", "radius: 1.5 cell widths", in: SampleScenes.sink).contains("`radius` is wrong"))
    #expect(message("symmetry: [z]", "symmetry: [z, z]", in: SampleScenes.bracket).contains("an axis is named twice"))
    #expect(
      message("{ mma: {", "{ adam: {}, mma: {", in: SampleScenes.bracket).contains(
        "`optimizer` takes one optimizer: found `adam` and `mma`"))
  }

  @Test func everySampleDecodes() throws {
    for scene in SampleScenes.all { #expect(try !SceneFile.parse(scene).scene.title.isEmpty) }
    let bracket = try SceneFile.parse(SampleScenes.bracket).scene
    #expect(bracket.regions.map(\.name.value) == ["bolts", "tip"])
    #expect(
      bracket.regions[1].selection.value
        == .intersection([.coordinate(.x, .at(.maximum)), .coordinate(.y, .between(.minimum, .meters(0.02)))]))
    let sink = try #require(try SceneFile.parse(SampleScenes.sink).scene.physics.value as? Scene.SteadyDiffusion)
    #expect(sink.sources[0].source == 10_000 && sink.fluxes[0].flux == 5 && sink.thickness == 0.001)
  }
}
