import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension CommandTests {
  @Test func aFolderInUseIsRefused() throws {
    try withScene { folder, scene in
      let run = folder + "/run"
      try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
      let lock = open(run + "/.lock", O_RDWR | O_CREAT, 0o666)
      defer { close(lock) }
      #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
      let ending = try CommandRun.run("optimize", scene, "--output", run, "--quiet")
      #expect(ending.code == 3 && ending.errors.contains("another run is working in this folder"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: run) == [".lock"])
      flock(lock, LOCK_UN)
      try expectDone("optimize", scene, "--output", run, "--quiet", "--set", "optimizer.mma.iterations=1")
    }
  }

  @Test func aPlaceThatCannotBeWrittenIsRefused() throws {
    try withScene { folder, scene in
      let file = folder + "/file"
      try Scratch.write(Array("kept".utf8), to: file)
      var places = [file, file + "/run"]
      #if os(Linux)
        places.append("/proc/backsolve-run")
      #endif
      for place in places {
        for command in ["optimize", "simulate"] {
          let ending = try CommandRun.run(command, scene, "--output", place)
          #expect(ending.code == 3, "\(command) into \(place): code \(ending.code)")
          #expect(ending.errors.contains(place) || ending.errors.contains(file), "\(ending.errors)")
        }
      }
      #expect(Scratch.text(file) == "kept")
    }
  }

  /// Files larger than some kilobytes cannot be written: what the system says of a quota.
  @Test(arguments: [1, 8, 24])
  func aFileThatCannotGrowIsRefused(kilobytes: Int) throws {
    try withScene { folder, scene in
      let run = folder + "/run"
      let ending = try CommandRun.run(
        "optimize", scene, "--output", run, "--quiet", "--checkpoint-every", "0",
        prefix: "trap '' XFSZ; ulimit -f \(kilobytes);")
      #expect(ending.code == 3, "code \(ending.code): \(ending.errors)")
      try expectConsistent(run)
      try expectDone("optimize", scene, "--output", run, "--quiet", "--resume")
      SampleRun(folder: run).expectSame(as: try SampleRun.reference.get(), "resumed after \(kilobytes) kB")
    }
  }

  /// A disk that is really full, where the tests may mount one.
  @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount a tmpfs"), arguments: [16, 48, 96])
  func aFullDiskIsRefused(kilobytes: Int) throws {
    try withScene { folder, scene in
      let disk = try SmallDisk(at: folder + "/disk", kilobytes: kilobytes)
      defer { disk.unmount() }
      let run = disk.path + "/run"
      let ending = try CommandRun.run("optimize", scene, "--output", run, "--quiet", "--checkpoint-every", "0")
      #expect(ending.code == 3, "code \(ending.code): \(ending.errors)")
      #expect(ending.errors.contains("the disk is full"), "\(ending.errors)")
      try expectConsistent(run)
      try disk.grow(to: 64_000)
      try expectDone("optimize", scene, "--output", run, "--quiet", "--resume")
      SampleRun(folder: run).expectSame(as: try SampleRun.reference.get(), "resumed with \(kilobytes) kB")
    }
  }

  /// Nothing half-written lies about.
  private func expectConsistent(_ run: String) throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: run)
    #expect(!files.contains { $0.hasSuffix(".part") }, "\(files)")
    #expect(!files.contains("result.json"), "a run that failed has a result")
    for file in files where ![".lock", "history.csv"].contains(file) {
      #expect(!Scratch.bytes("\(run)/\(file)").isEmpty, "\(file) is empty")
    }
  }
}

/// A disk of a few kilobytes.
struct SmallDisk {
  let path: String

  static let isPossible: Bool = {
    guard let folder = try? Scratch.makeFolder(), let disk = try? SmallDisk(at: folder, kilobytes: 16) else {
      return false
    }
    disk.unmount()
    Scratch.remove(folder)
    return true
  }()

  init(at path: String, kilobytes: Int) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Self.mount(["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path])
  }

  func grow(to kilobytes: Int) throws { try Self.mount(["-o", "remount,size=\(kilobytes)k", path]) }

  func unmount() { _ = try? Self.run("umount", [path]) }

  private struct Refused: Error {}

  private static func mount(_ arguments: [String]) throws {
    if try run("mount", arguments) != 0 { throw Refused() }
  }

  private static func run(_ name: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
