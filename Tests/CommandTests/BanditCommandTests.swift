import Foundation
import TestSupport
import Testing

extension CommandTests {
  /// A run whose solver a bandit chooses is the same, bit for bit, when it was stopped and gone on with.
  @Test func aBanditsChoicesAreReplayedOnResume() throws {
    func beam(_ solver: String) -> String {
      SampleRun.beam.replacingOccurrences(of: "{ multigrid-cg: { tolerance: 1e-6 } }", with: solver)
    }
    let bandit = """
      { bandit: { choices: [ incomplete-cholesky-cg: { tolerance: 1e-4 }, smoothed-aggregation-cg: { tolerance: 1e-4 },
      multigrid-cg: { tolerance: 1e-4, smoothing: [1, 2] } ], context: volume, seed: 4 } }
      """.replacingOccurrences(of: "\n", with: " ")
    try withScene(beam(bandit)) { folder, scene in
      let whole = folder + "/whole", parts = folder + "/parts"
      func run(_ arguments: String...) throws {
        let ending = try CommandRun(["optimize", scene, "--quiet"] + arguments).finish()
        #expect(ending.code == 0, "\(ending.errors)")
      }
      try run("--output", whole)
      try run("--output", parts, "--set", "optimizer.mma.iterations=5")
      try run("--output", parts, "--resume")
      #expect(!Scratch.bytes(whole + "/design.npy").isEmpty)
      #expect(Scratch.bytes(whole + "/design.npy") == Scratch.bytes(parts + "/design.npy"))
    }
    try withScene(beam("{ bandit: { choices: [ cholmod, bandit: { choices: [ cholmod, cholmod ] } ] } }")) { _, scene in
      let nested = try CommandRun.run("optimize", scene, "--quiet")
      #expect(nested.code == 2 && nested.errors.contains("`bandit` is not a solver"), "\(nested.errors)")
    }
  }
}
