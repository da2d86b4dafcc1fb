import Backsolve
import Foundation
import TestSupport
import Testing

extension CommandTests {
  // MARK: - What it does

  @Test func optimizeWritesACompleteRun() throws {
    try withScene { folder, scene in
      let run = folder + "/run"
      let ending = try CommandRun.run(
        "optimize", scene, "--output", run, "--json", "--set", "optimizer.mma.iterations=3")
      #expect(ending.code == 0)
      // Progress goes to standard error, the result alone to standard output.
      let result = try #require(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any])
      for key in [
        "objective", "constraints", "iterations", "status", "wallSecondsPerIteration", "cpuSecondsPerIteration",
        "peakMemoryBytes", "solver", "threads", "wallSeconds", "cpuSeconds", "versions",
      ] { #expect(result[key] != nil, "result.json has no `\(key)`") }
      let objective = try #require(result["objective"] as? [String: Any])
      #expect(objective["first"] is Double && objective["last"] is Double)
      let constraint = try #require((result["constraints"] as? [[String: Any]])?.first)
      #expect(constraint["name"] as? String == "volume-fraction" && constraint["bound"] as? Double == 0.5)
      #expect(constraint["value"] is Double)
      let solver = try #require(result["solver"] as? [String: Any])
      #expect(solver["name"] as? String == "multigrid-cg")
      #expect((solver["iterations"] as? Int ?? 0) > 0 && solver["relativeResidual"] is Double)
      #expect(result["iterations"] as? Int == 3 && result["status"] as? String == "iteration-limit")
      #expect(Scratch.text(run + "/result.json") == ending.output)
      for file in [
        "scene.yaml", "history.csv", "checkpoint", "design.vti", "design.npy", "design.png", "design.svg",
        "convergence.svg", "report.html",
      ] { #expect(!Scratch.bytes("\(run)/\(file)").isEmpty, "\(file) is missing or empty") }
      #expect(ending.errors.contains("1/3  objective") && ending.errors.contains("report.html"))
      #expect(Scratch.text(run + "/history.csv").split(separator: "\n").count == 4)
    }
  }

  @Test func quietPrintsNothing() throws {
    try withScene { folder, scene in
      let ending = try CommandRun.run(
        "optimize", scene, "--output", folder + "/run", "--quiet", "--set", "optimizer.mma.iterations=2")
      #expect(ending.code == 0 && ending.output.isEmpty && ending.errors.isEmpty)
    }
  }

  @Test func anyNumberOfThreadsGivesTheSameBits() throws {
    let one = try SampleRun(of: SampleRun.beam, ["--threads", "1"])
    let two = try SampleRun(of: SampleRun.beam, ["--threads", "2"])
    one.expectSame(as: two, "1 and 2 threads")
    one.expectSame(as: try SampleRun.reference.get(), "1 thread and all")
  }

  @Test func companionsOfOptimize() throws {
    try withScene { folder, scene in
      let run = folder + "/run"
      try expectDone("optimize", scene, "--output", run, "--quiet")

      let report = Scratch.text(run + "/report.html")
      Scratch.remove(run + "/report.html")
      let rebuilt = try CommandRun.run("report", run)
      #expect(rebuilt.code == 0, "\(rebuilt.errors)")
      #expect(rebuilt.output.contains("report.html") && Scratch.text(run + "/report.html").count > report.count / 2)

      let verified = try CommandRun.run("verify", run)
      #expect(verified.code == 0 && verified.output.contains("compliance thresholded"), "\(verified.errors)")
      let json = try JSONSerialization.jsonObject(with: Data(try CommandRun.run("verify", run, "--json").output.utf8))
      #expect((json as? [String: Any])?["thresholdedCompliance"] is Double)

      let simulated = try CommandRun.run("simulate", scene, "--output", folder + "/simulation")
      #expect(simulated.code == 0 && simulated.output.contains("compliance"), "\(simulated.errors)")
      #expect(Scratch.exists(folder + "/simulation/state.vti"))
      let design = try CommandRun.run(
        "simulate", scene, "--output", folder + "/simulation", "--design", run + "/design.npy", "--json")
      #expect(design.code == 0 && design.output.contains("\"compliance.1\""), "\(design.errors)")

      let checked = try CommandRun.run("check-gradient", scene)
      #expect(checked.code == 0 && checked.output.contains("the gradient is right"), "\(checked.errors)")
      #expect(checked.output.contains("compliance") && checked.output.contains("volume-fraction"))

      let validated = try CommandRun.run("validate", scene)
      #expect(validated.code == 0 && validated.output.contains("fine: A small beam"))
      let scenes = try CommandRun.run("scenes", folder)
      #expect(scenes.code == 0 && scenes.output.contains("scene.yaml") && scenes.output.contains("A small beam"))
      #expect(try CommandRun.run("schema").output == SceneSchema.text)
      try expectDone("--version")
      #expect(try CommandRun.run("optimize", "--help").output.contains("--resume"))
    }
  }

  @Test func whatIsOnlySimulatedIsNotOptimized() throws {
    let text = SampleRun.beam.split(separator: "\n", omittingEmptySubsequences: false)
    let design = text.firstIndex { $0.hasPrefix("design:") }!, solver = text.firstIndex { $0.hasPrefix("solver:") }!
    try withScene((text[..<design] + text[solver...]).joined(separator: "\n")) { folder, scene in
      let optimized = try CommandRun.run("optimize", scene, "--output", folder + "/run")
      #expect(optimized.code == 2 && optimized.errors.contains("scene.yaml:1:1: error: the scene has no `design`"))
      #expect(optimized.errors.contains("`objective`") && !Scratch.exists(folder + "/run"))
      let simulated = try CommandRun.run("simulate", scene, "--output", folder + "/simulation")
      #expect(simulated.code == 0, "\(simulated.errors)")
      let lacking = try CommandRun.run("optimize", scene, "--set", "objective.minimize=compliance")
      #expect(lacking.code == 2 && lacking.errors.contains("no `design`") && !lacking.errors.contains("`objective`"))
    }
  }

  // MARK: - How it refuses

  @Test func mistakesEndWithCodeTwo() throws {
    try withScene { folder, scene in
      func expectRefusal(_ arguments: [String], saying words: String) throws {
        let ending = try CommandRun(arguments).finish()
        #expect(ending.code == 2, "\(arguments): code \(ending.code)")
        #expect(ending.errors.contains(words), "\(arguments): \(ending.errors)")
        #expect(ending.output.isEmpty, "\(arguments): \(ending.output)")
      }
      let missing = folder + "/none.yaml"
      try expectRefusal(["optimize", missing], saying: "there is no file")
      try expectRefusal(["optimize", scene, "--nonsense"], saying: "--nonsense")
      try expectRefusal(["optimise", scene], saying: "optimise")
      try expectRefusal(["optimize"], saying: "scene")
      try expectRefusal(["optimize", scene, "--threads", "0"], saying: "--threads 0")
      try expectRefusal(["optimize", scene, "--threads", "many"], saying: "many")
      try expectRefusal(["optimize", scene, "--max-time", "-1"], saying: "max-time")
      try expectRefusal(["optimize", scene, "--checkpoint-every", "-1"], saying: "checkpoint-every")
      try expectRefusal(["optimize", scene, "--resume", "--overwrite"], saying: "exclude")
      try expectRefusal(["optimize", scene, "--resume", "--output", folder + "/none"], saying: "no run to go on with")
      #expect(!FileManager.default.fileExists(atPath: folder + "/none"), "a refused resume made a folder")
      try expectRefusal(["optimize", scene, "--set", "optimizer.mma.iterationz=3"], saying: "did you mean")
      try expectRefusal(["optimize", scene, "--set", "solver=magic"], saying: "--set solver=magic")
      try expectRefusal(["simulate", scene, "--design", missing], saying: "none.yaml")
      try expectRefusal(["simulate", scene, "--design", scene], saying: "scene.yaml")
      try expectRefusal(["report", folder], saying: "error")
      try expectRefusal(["verify", folder + "/nowhere"], saying: "holds no run")
      try expectRefusal(["scenes", folder + "/nowhere"], saying: "no such folder")
      try expectRefusal(["validate", scene, missing, "--quiet"], saying: "none.yaml")
      try expectRefusal(["tasks", scene], saying: "scene.yaml")
    }
  }

  @Test func aSolverThatStallsEndsWithCodeOne() throws {
    try withScene { folder, scene in
      let ending = try CommandRun.run(
        "optimize", scene, "--output", folder + "/run", "--set",
        "solver={ multigrid-cg: { tolerance: 1e-12, maximum-iterations: 1 } }")
      #expect(ending.code == 1, "\(ending.errors)")
      #expect(ending.errors.contains("error:"))
    }
  }
}
