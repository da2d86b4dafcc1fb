import Foundation
import TestSupport
import Testing

extension CommandTests {
  @Test func compareSolversTellsWhatEachCosts() throws {
    try withScene { folder, scene in
      let out = folder + "/solvers"
      let ending = try CommandRun.run(
        "compare-solvers", scene, "--output", out, "--json", "--solvers",
        "cholmod,multigrid-cg,smoothed-aggregation-cg,incomplete-cholesky-cg")
      #expect(ending.code == 0, "\(ending.errors)")
      let rows = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [[String: Any]])
      #expect(
        rows.map { $0["solver"] as? String } == [
          "cholmod", "multigrid-cg", "smoothed-aggregation-cg", "incomplete-cholesky-cg",
        ])
      for row in rows {
        #expect(row["status"] as? String == "converged")
        #expect((row["trueRelativeResidual"] as? Double ?? 1) <= 1.01e-6)
        #expect(row["setupCPUSeconds"] is Double && row["solveCPUSeconds"] is Double)
        #expect((row["peakMemoryBytes"] as? Int ?? 0) > 0)
      }
      #expect(rows[0]["iterations"] as? Int == 0)
      #expect(rows.dropFirst().allSatisfy { ($0["iterations"] as? Int ?? 0) > 0 })
      #expect(Scratch.text(out + "/solvers.json") == ending.output)
      let picture = Scratch.text(out + "/solvers.svg")
      #expect(picture.contains("<svg") && picture.contains("smoothed-aggregation-cg"))
    }
  }

  @Test func compareSolversSmoothsAsTheSceneSays() throws {
    try withScene { folder, scene in
      let iterations = try ["[1, 1]", "[6, 24]"].map { degrees in
        let ending = try CommandRun.run(
          "compare-solvers", scene, "--output", folder + "/solvers", "--json", "--solvers", "multigrid-cg", "--set",
          "solver={ multigrid-cg: { smoothing: \(degrees) } }", "--set", "domain.grid.cells=[96, 48]")
        #expect(ending.code == 0, "\(ending.errors)")
        let rows = try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [[String: Any]]
        return try #require(rows?.first?["iterations"] as? Int)
      }
      #expect(iterations[0] > iterations[1], "\(iterations)")
    }
  }

  @Test func compareSolversRefusesWhatItDoesNotKnow() throws {
    try withScene { folder, scene in
      let out = folder + "/solvers"
      let unknown = try CommandRun.run("compare-solvers", scene, "--output", out, "--solvers", "cholmod,ic0")
      #expect(unknown.code == 2)
      #expect(unknown.errors.contains("`ic0`") && unknown.errors.contains("`incomplete-cholesky-cg`"))
      let near = try CommandRun.run("compare-solvers", scene, "--output", out, "--solvers", "multigrid")
      #expect(near.code == 2 && near.errors.contains("did you mean `multigrid-cg`?"))
      let design = try CommandRun.run("compare-solvers", scene, "--output", out, "--design", folder + "/none.npy")
      #expect(design.code == 2 && design.errors.contains("none.npy"))
      #expect(!FileManager.default.fileExists(atPath: out))
    }
  }
}
