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

  /// A factor is trained where the solver is incomplete Cholesky, compared and used; a scene that has no use for one says so.
  @Test func aFactorIsTrainedAndUsed() throws {
    try withScene { folder, elastic in
      let weights = folder + "/factor.safetensors", scene = folder + "/plate.yaml"
      try Scratch.write(Array(Self.coolingPlate.utf8), to: scene)
      let small = ["--bodies", "1", "--cells", "8", "--steps", "2", "--output", weights]
      let ending = try CommandRun(["train", "preconditioner", scene] + small).finish()
      try #require(ending.code == 0, "\(ending.errors)")
      #expect(ending.output.contains("iterations on bodies not trained on"))

      let learned = ["--set", "solver.incomplete-cholesky-cg.learned=\(weights)"]
      let rows = try CommandRun(
        ["compare-solvers", scene, "--solvers", "incomplete-cholesky-cg,learned-cholesky-cg", "--json"] + learned
          + ["--output", folder + "/rows"]
      ).finish()
      #expect(rows.code == 0, "\(rows.errors)")
      #expect(rows.output.components(separatedBy: "\"converged\"").count == 3, "\(rows.output)")
      let run = try CommandRun(["optimize", scene, "--output", folder + "/run", "--quiet"] + learned).finish()
      #expect(run.code == 0, "\(run.errors)")

      let unfit = ["--set", "solver={ incomplete-cholesky-cg: { learned: \(weights) } }"]
      let refused = try CommandRun(["validate", elastic] + unfit).finish()
      #expect(refused.code == 2 && refused.errors.contains("unknowns a node"), "\(refused.errors)")
      let untrained = try CommandRun(
        ["train", "preconditioner", elastic, "--set", "solver={ incomplete-cholesky-cg: {} }"] + small
      ).finish()
      #expect(untrained.code == 2 && untrained.errors.contains("diffusion in the plane"), "\(untrained.errors)")
    }
  }

  private static let coolingPlate = """
    title: Cooling plate
    domain: { grid: { size: [4 cm, 4 cm], cells: [8, 8] } }
    physics:
      steady-diffusion:
        conductivity: 400 W/(m*K)
        fixed-values: [{ at: { x: min }, value: 0 K }]
        sources: [{ source: 1 MW/m^3 }]
    solver: { incomplete-cholesky-cg: {} }
    design: { density: { filter: { cone: { radius: 1.5 cells } }, interpolation: { simp: { penalty: 3 } } } }
    objective: { minimize: thermal-compliance }
    constraints: [{ volume-fraction: { at-most: 0.4 } }]
    optimizer: { mma: { iterations: 1 } }

    """
}
