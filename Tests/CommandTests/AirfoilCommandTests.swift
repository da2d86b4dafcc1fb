import Foundation
import TestSupport
import Testing

extension CommandTests {
  @Test func airfoilsAreOptimized() throws {
    try withScene(SampleScenes.wing) { folder, scene in
      let run = folder + "/run"
      let ending = try CommandRun.run("optimize", scene, "--output", run, "--quiet")
      #expect(ending.code == 0, "\(ending.errors)")
      for name in [
        "airfoil.dat", "start.dat", "polar.csv", "surface.csv", "cp.svg", "shapes.svg", "polar.svg", "report.html",
        "history.csv",
        "result.json", "design.npy",
      ] {
        #expect(!Scratch.bytes(run + "/" + name).isEmpty, "\(name)")
      }
      #expect(Scratch.text(run + "/polar.csv").split(separator: "\n").count == 1 + 2 * 2 * 5)
      let simulated = try CommandRun.run(
        "simulate", scene, "--design", run + "/design.npy", "--output", folder + "/again", "--json")
      #expect(simulated.code == 0, "\(simulated.errors)")
      let analysed = try CommandRun.run("polar", run + "/airfoil.dat", "--inviscid", "--alpha", "0:4:2", "--json")
      #expect(analysed.code == 0, "\(analysed.errors)")

      // Stopped in the middle and gone on, the same foil.
      let parts = folder + "/parts"
      let first = try CommandRun.run(
        "optimize", scene, "--output", parts, "--quiet", "--set", "optimizer.sqp.iterations=2")
      let second = try CommandRun.run("optimize", scene, "--output", parts, "--quiet", "--resume")
      #expect(first.code == 0 && second.code == 0, "\(first.errors)\(second.errors)")
      #expect(Scratch.bytes(parts + "/design.npy") == Scratch.bytes(run + "/design.npy"))
      let checked = try CommandRun.run("check-gradient", scene)
      #expect(checked.code == 0, "\(checked.output)\(checked.errors)")
    }
  }

  @Test func foilsStartFromFoilsAlone() throws {
    try withScene(SampleScenes.wing) { _, scene in
      let ending = try CommandRun.run("validate", scene, "--set", "start-design=start.npy")
      #expect(ending.code == 2 && ending.errors.contains("take `start-design` out"), "\(ending.errors)")
    }
  }

  @Test func polarsArePrinted() throws {
    let ending = try CommandRun.run("polar", "naca0012", "--inviscid", "--alpha", "-2:2:1", "--json")
    #expect(ending.code == 0, "\(ending.errors)")
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [[String: Any]])
    #expect(rows.count == 5 && rows.allSatisfy { $0["converged"] as? Bool == true })
    #expect(rows.map { $0["alpha"] as? Double ?? 9 } == [-2, -1, 0, 1, 2])
    // The lift slope of a 12 % foil without viscosity: 6.9 a radian (thin: 2 pi).
    let lift = rows[4]["cl"] as? Double ?? 0
    #expect(abs(lift - 0.2413) < 0.002, "\(lift)")
    #expect(Set(rows[0].keys) == ["alpha", "cl", "cd", "cm", "xtrTop", "xtrBottom", "converged"])
  }

  @Test(arguments: [
    ["polar", "naca0012", "--alpha", "0:4:1"], ["polar", "naca0012", "--inviscid"],
    ["polar", "naca9", "--inviscid", "--alpha", "0"], ["polar", "naca0012", "--inviscid", "--alpha", "0:4"],
    ["polar", "naca0012", "--inviscid", "--alpha", "0:4:0"], ["polar", "naca0012", "--inviscid", "--alpha", "a:b:c"],
    ["polar", "naca0012", "--inviscid", "--alpha", "1", "--lift", "1"],
    ["polar", "naca0012", "--reynolds", "12", "--alpha", "1"],
    ["polar", "naca0012", "--reynolds", "1e6", "--alpha", "1", "--trip", "0.1"],
    ["polar", "naca0012", "--reynolds", "1e6", "--alpha", "1", "--mach", "2"],
    ["polar", "naca0012", "--inviscid", "--alpha", "1", "--panels", "3"],
  ])
  func wrongPolarsAreRefused(_ arguments: [String]) throws {
    let ending = try CommandRun(arguments).finish()
    #expect(ending.code == 2, "\(arguments): \(ending.code)")
    #expect(ending.errors.contains("rror: ") && ending.errors.split(separator: "\n").count <= 3, "\(ending.errors)")
  }
}
