import Foundation
import Testing

extension CommandTests {
  /// Trains a little, is resumed to the same bits, runs a scene with the weights, and refuses damaged ones.
  @Test func aPreconditionerIsTrainedAndUsed() throws {
    try withScene { folder, scene in
      let (weights, whole) = (folder + "/cycle.safetensors", folder + "/whole.safetensors")
      let small = ["--bodies", "1", "--cells", "8", "--seed", "3"]
      func train(_ path: String, _ options: String...) throws -> CommandRun.Ending {
        try CommandRun(["train", "preconditioner", scene, "--output", path] + small + options).finish()
      }
      let ending = try train(weights, "--steps", "1")
      try #require(ending.code == 0, "\(ending.errors)")
      #expect(ending.output.contains("iterations on bodies not trained on"))
      #expect(try train(weights, "--steps", "2", "--resume").code == 0)
      #expect(try train(whole, "--steps", "2").code == 0)
      #expect(Scratch.bytes(weights).suffix(256) == Scratch.bytes(whole).suffix(256))

      let learned = ["--set", "solver.multigrid-cg.learned=\(weights)", "--set", "optimizer.mma.iterations=2"]
      let run = try CommandRun(["optimize", scene, "--output", folder + "/run", "--quiet"] + learned).finish()
      #expect(run.code == 0, "\(run.errors)")

      var bytes = Scratch.bytes(weights)
      bytes[bytes.count - 2] ^= 0x10
      try Scratch.write(bytes, to: weights)
      let refused = try CommandRun(["optimize", scene, "--output", folder + "/no", "--quiet"] + learned).finish()
      #expect(refused.code == 2 && refused.errors.contains("damaged weights"), "\(refused.errors)")
    }
  }
}
