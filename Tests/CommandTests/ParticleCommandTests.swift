import Foundation
import TestSupport
import Testing

extension CommandTests {
  @Test func particlesAreSimulated() throws {
    try withScene(SampleScenes.basin) { folder, scene in
      let run = folder + "/run"
      let ending = try CommandRun.run("simulate", scene, "--output", run, "--gradient", "--json")
      #expect(ending.code == 0, "\(ending.errors)")
      let object = try JSONSerialization.jsonObject(with: Data(Scratch.bytes(run + "/result.json"))) as? [String: Any]
      let result = try #require(object)
      #expect(ending.output == Scratch.text(run + "/result.json"))
      #expect(result["steps"] as? Int == 3 && result["precision"] as? String == "double")
      for key in ["particles", "energy", "gradientNorm", "particleUpdatesPerCPUSecond", "peakMemoryBytes"] {
        #expect((result[key] as? Double ?? 0) > 0, "\(key)")
      }
      #expect((result["gradientOverForward"] as? Double ?? 0) > 1)
      for name in ["scene.yaml", "state.vtp", "particles.png", "report.html", "frames.pvd", "frames/frame-2.vtp"] {
        #expect(!Scratch.bytes(run + "/" + name).isEmpty, "\(name)")
      }
      #expect(Scratch.text(run + "/history.csv").split(separator: "\n").count == 5)

      // The same scene as the run wrote it, on one thread.
      let again = folder + "/again"
      let repeated = try CommandRun.run("simulate", run + "/scene.yaml", "--output", again, "--threads", "1")
      #expect(repeated.code == 0 && repeated.output.contains("kinetic energy"), "\(repeated.errors)")
      #expect(Scratch.bytes(again + "/state.vtp") == Scratch.bytes(run + "/state.vtp"))
      #expect(Scratch.bytes(again + "/history.csv") == Scratch.bytes(run + "/history.csv"))

      let optimized = try CommandRun.run("optimize", scene, "--output", folder + "/none")
      #expect(optimized.code == 2 && optimized.errors.contains("scene.yaml:1:1: error:"), "\(optimized.errors)")
      #expect(optimized.errors.contains("has no `design`") && !Scratch.exists(folder + "/none"))
      let design = try CommandRun.run("simulate", scene, "--design", scene)
      #expect(design.code == 2 && design.errors.contains("--design"))
    }
    try withScene { _, scene in
      let gradient = try CommandRun.run("simulate", scene, "--gradient")
      #expect(gradient.code == 2 && gradient.errors.contains("--gradient"))
    }
  }

  @Test func aFlowThatDivergesSaysWhenAndWhere() throws {
    try withScene(SampleScenes.basin) { folder, scene in
      let run = folder + "/run"
      let ending = try CommandRun.run(
        "simulate", scene, "--output", run, "--set", "physics.smoothed-particles.time.time-step=0.2 s")
      #expect(ending.code == 1, "\(ending.errors)")
      #expect(
        ending.errors.contains(
          #/error: step [0-9]+ at [0-9.]+ s: the flow blew up: particle [0-9]+ moves at [0-9.]+ m\/s at \(/#))
      #expect(!Scratch.exists(run + "/result.json") && !Scratch.bytes(run + "/last.vtp").isEmpty)
    }
  }

  @Test func anInterruptedSimulationKeepsItsLastParticles() throws {
    try withScene(SampleScenes.basin) { folder, scene in
      let run = folder + "/run"
      let process = try CommandRun([
        "simulate", scene, "--output", run, "--set",
        "physics.smoothed-particles.time={ steps: 1000000, time-step: 1 ns }",
      ])
      while process.isRunning, !Scratch.exists(run + "/frames.pvd") { usleep(2000) }
      process.send(SIGINT)
      let ending = process.finish()
      #expect(ending.code == 130 && ending.errors.contains("last.vtp"), "\(ending.code) \(ending.errors)")
      #expect(!Scratch.exists(run + "/result.json") && !Scratch.bytes(run + "/last.vtp").isEmpty)
    }
  }

  @Test func particlesAreDesigned() throws {
    try withScene(SampleScenes.tank) { folder, scene in
      let run = folder + "/run", whole = folder + "/whole"
      let first = try CommandRun.run(
        "optimize", scene, "--output", run, "--set", "optimizer.mma.iterations=1", "--quiet", "--checkpoint-every", "0")
      #expect(first.code == 0, "\(first.errors)")
      let second = try CommandRun.run(
        "optimize", scene, "--output", run, "--resume", "--quiet", "--checkpoint-every", "0")
      #expect(second.code == 0, "\(second.errors)")
      let uncut = try CommandRun.run("optimize", scene, "--output", whole, "--json", "--quiet")
      #expect(uncut.code == 0, "\(uncut.errors)")
      #expect(Scratch.bytes(run + "/design.npy") == Scratch.bytes(whole + "/design.npy"))
      for name in ["state.vtp", "start.png", "particles.png", "convergence.svg", "report.html", "design.pvd"] {
        #expect(!Scratch.bytes(whole + "/" + name).isEmpty, "\(name)")
      }
      let object = try JSONSerialization.jsonObject(with: Data(Scratch.bytes(whole + "/result.json")))
      let objective = try #require((object as? [String: Any])?["objective"] as? [String: Any])
      let before = try #require(objective["first"] as? Double), after = try #require(objective["last"] as? Double)
      #expect(after > before)

      // A film, and what makes it one: here a program that only notes that it was asked.
      try Scratch.write(Array("#!/bin/sh\nfor last; do :; done\necho film > \"$last\"\n".utf8), to: folder + "/ffmpeg")
      chmod(folder + "/ffmpeg", 0o755)
      let filmed = try CommandRun(
        ["optimize", scene, "--output", folder + "/filmed", "--quiet", "--set", "output.film.frames=3"],
        prefix: "PATH='\(folder)'"
      ).finish()
      #expect(filmed.code == 0, "\(filmed.errors)")
      for name in ["film/frame-0001.png", "film/frame-0003.png", "film-before/frame-0003.png", "film.mp4"] {
        #expect(!Scratch.bytes(folder + "/filmed/" + name).isEmpty, "\(name)")
      }
      #expect(Scratch.text(folder + "/filmed/report.html").contains("class=\"player\""))
    }
  }
}
