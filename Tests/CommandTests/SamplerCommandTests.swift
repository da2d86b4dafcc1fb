import Foundation
import TestSupport
import Testing

extension CommandTests {
  /// From data to polished designs by commands alone; what was interrupted goes on to the same bits.
  @Test func designsAreGeneratedLearnedSampledAndRefined() throws {
    try withScene(SampleScenes.posts) { folder, scene in
      let data = folder + "/data"
      let made = try CommandRun.run("generate", scene, "--output", data)
      #expect(made.code == 0, "\(made.errors)")
      #expect(Scratch.text(data + "/manifest.json").contains("compliance"))
      let again = try CommandRun.run("generate", scene, "--output", data)
      #expect(again.code == 0 && again.errors.contains("18/18"))

      let trained = try CommandRun.run("train", "sampler", scene, "--data", data)
      #expect(trained.code == 0 && trained.output.contains("checksum"), "\(trained.errors)")
      #expect(Scratch.exists(folder + "/posts.safetensors") && Scratch.exists(folder + "/posts.loss.svg"))

      let run = folder + "/run"
      let sampled = try CommandRun.run("sample", scene, "--output", run, "--quiet", "--json")
      #expect(sampled.code == 0, "\(sampled.errors)")
      let result = try JSONSerialization.jsonObject(with: Data(sampled.output.utf8)) as? [String: Any]
      #expect((result?["plain"] as? [String: Any])?["count"] as? Int == 4)

      let refined = try CommandRun.run(
        "refine", scene, "--design", run + "/samples.npy", "--limit", "1", "--output", folder + "/refined", "--quiet")
      #expect(refined.code == 0 && refined.output.contains("design 0:"), "\(refined.errors)")

      let outside = try CommandRun.run(
        "sample", scene, "--output", run, "--set", "constraints.0.volume-fraction.at-most=0.9")
      #expect(outside.code == 2 && outside.errors.contains("outside of what the sampler learns"))
      let foreign = try CommandRun.run(
        "sample", scene, "--output", run, "--set", "sampler.model.u-net.channels=[8, 16]")
      #expect(foreign.code == 2 && foreign.errors.contains("another network"), "\(foreign.errors)")
      let unfit = try CommandRun.run("refine", scene, "--design", data + "/designs-0000.npy", "--output", run)
      #expect(unfit.code == 2 && unfit.errors.contains("holds no designs"))
    }
  }
}
