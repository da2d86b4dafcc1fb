import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension CommandTests {
  @Test func killedAtAnyMomentAndResumedGivesTheSameBits() throws {
    let reference = try SampleRun.reference.get()
    var generator = SeededGenerator(seed: 41)
    var killsLeft = Self.isThorough ? 20 : 5
    while killsLeft > 0 {
      try withScene { folder, scene in
        let run = folder + "/run"
        var finished = false
        while !finished {
          let started = Scratch.exists(run + "/scene.yaml")
          // A moment from the first system call of the process to just after its end.
          let process = try CommandRun(
            ["optimize", scene, "--output", run, "--quiet", "--checkpoint-every", "0"] + (started ? ["--resume"] : []))
          if killsLeft > 0 {
            usleep(UInt32(1e6 * 1.05 * reference.seconds * generator.uniform()))
            if process.isRunning {
              process.send(SIGKILL)
              killsLeft -= 1
            }
          }
          let ending = process.finish()
          finished = ending.code == 0
          if !finished { try #require(ending.code == 128 + SIGKILL, "code \(ending.code): \(ending.errors)") }
        }
        SampleRun(folder: run).expectSame(as: reference, "killed and resumed")
      }
    }
  }

  /// The checkpoint of a run is complete before its pictures are: a resume then only writes them.
  @Test func finishedRunsResumeToTheSameFiles() throws {
    let reference = try SampleRun.reference.get()
    try withScene { folder, scene in
      let run = folder + "/run"
      try expectDone("optimize", scene, "--output", run, "--quiet")
      for file in ["design.npy", "result.json", "report.html", "history.csv"] { Scratch.remove("\(run)/\(file)") }
      try expectDone("optimize", scene, "--output", run, "--quiet", "--resume")
      SampleRun(folder: run).expectSame(as: reference, "resumed after its end")
      #expect(Scratch.exists(run + "/report.html") && Scratch.exists(run + "/result.json"))
    }
  }

  @Test func interruptedRunsLeaveACheckpointAndAReport() throws {
    let reference = try SampleRun.reference.get()
    for signal in [SIGINT, SIGTERM] {
      try withScene { folder, scene in
        let run = folder + "/run"
        let process = try CommandRun(["optimize", scene, "--output", run, "--quiet"])
        while process.isRunning, Scratch.text(run + "/history.csv").split(separator: "\n").count < 3 { usleep(1000) }
        process.send(signal)
        let ending = process.finish()
        #expect(ending.code == 130, "\(ending.errors)")
        #expect(ending.errors.contains("--resume"))
        #expect(Scratch.exists(run + "/checkpoint") && Scratch.exists(run + "/report.html"))
        #expect(Scratch.text(run + "/result.json").contains("\"interrupted\""))
        // Starting anew by accident must not throw the run away.
        let anew = try CommandRun.run("optimize", scene, "--output", run, "--quiet")
        #expect(anew.code == 2 && anew.errors.contains("--overwrite"))
        try expectDone("optimize", scene, "--output", run, "--quiet", "--resume")
        SampleRun(folder: run).expectSame(as: reference, "interrupted and resumed")
      }
    }
  }

  @Test func timeLimitLeavesACheckpoint() throws {
    try withScene { folder, scene in
      let run = folder + "/run"
      let ending = try CommandRun.run("optimize", scene, "--output", run, "--json", "--max-time", "1e-3")
      #expect(ending.code == 0 && ending.output.contains("\"time-limit\""), "\(ending.errors)")
      try expectDone("optimize", scene, "--output", run, "--quiet", "--resume")
      SampleRun(folder: run).expectSame(as: try SampleRun.reference.get(), "stopped by the clock and resumed")
    }
  }

  @Test func checkpointsThatDoNotFitAreRefused() throws {
    try withScene { folder, scene in
      let run = folder + "/run"
      try expectDone("optimize", scene, "--output", run, "--quiet", "--set", "optimizer.mma.iterations=3")
      let good = Scratch.bytes(run + "/checkpoint"), design = Scratch.bytes(run + "/design.npy")
      var flipped = good
      flipped[good.count / 2] ^= 0x10
      let broken: [(String, [UInt8])] = [
        ("empty", []), ("cut in its header", Array(good.prefix(5))), ("cut", Array(good.prefix(good.count / 2))),
        ("short of a byte", Array(good.dropLast())), ("with a bit flipped", flipped),
        ("foreign", Array("This is not a checkpoint.\n".utf8)),
      ]
      for (what, bytes) in broken {
        try Scratch.write(bytes, to: run + "/checkpoint")
        let ending = try CommandRun.run("optimize", scene, "--output", run, "--quiet", "--resume")
        #expect(ending.code == 2, "\(what): code \(ending.code) \(ending.errors)")
        #expect(ending.errors.contains("/checkpoint: error:") && ending.errors.contains("--overwrite"), "\(what)")
        #expect(Scratch.bytes(run + "/checkpoint") == bytes, "\(what): the checkpoint was touched")
        #expect(Scratch.bytes(run + "/design.npy") == design, "\(what): the design was touched")
      }
      try Scratch.write(good, to: run + "/checkpoint")
      for change in [
        "physics.linear-elasticity.material.poissons-ratio=0.2", "optimizer=gcmma", "domain.grid.cells=[12, 4]",
      ] {
        let ending = try CommandRun.run("optimize", scene, "--output", run, "--quiet", "--resume", "--set", change)
        #expect(ending.code == 2 && ending.errors.contains("belongs to another scene"), "\(change): \(ending.errors)")
        #expect(Scratch.bytes(run + "/checkpoint") == good && Scratch.bytes(run + "/design.npy") == design)
      }
      // The same for a run that was killed before its first checkpoint.
      Scratch.remove(run + "/checkpoint")
      let ending = try CommandRun.run(
        "optimize", scene, "--output", run, "--quiet", "--resume", "--set", "optimizer=gcmma")
      #expect(ending.code == 2 && ending.errors.contains("belongs to another scene"), "\(ending.errors)")
    }
  }

  @Test func aRaisedLimitGoesOn() throws {
    try withScene { folder, scene in
      let run = folder + "/run"
      try expectDone("optimize", scene, "--output", run, "--quiet", "--set", "optimizer.mma.iterations=5")
      try expectDone("optimize", scene, "--output", run, "--quiet", "--resume")
      SampleRun(folder: run).expectSame(as: try SampleRun.reference.get(), "with its limit raised")
    }
  }
}
