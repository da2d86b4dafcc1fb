import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The built `backsolve` as a process.
final class CommandRun {
  /// How a process ended.
  struct Ending {
    /// The exit code; 128 + the signal where one ended it.
    let code: Int32
    let output: String
    let errors: String
    let isLate: Bool
  }

  /// The executable beside the test bundle.
  static let executable: String = {
    let beside = [Bundle.main.executableURL, Bundle.main.bundleURL] + Bundle.allBundles.map(\.bundleURL)
    for place in beside {
      guard let folder = place?.deletingLastPathComponent() else { continue }
      let path = folder.appendingPathComponent("backsolve").path
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    fatalError("there is no backsolve beside the test bundle")
  }()

  private let process = Process()
  private let folder: String

  /// Starts `backsolve` with some arguments, through `bash -c 'PREFIX exec backsolve …'` where a prefix is given.
  init(_ arguments: [String], prefix: String? = nil) throws {
    folder = try Scratch.makeFolder()
    if let prefix {
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-c", "\(prefix) exec \"$0\" \"$@\"", Self.executable] + arguments
    } else {
      process.executableURL = URL(fileURLWithPath: Self.executable)
      process.arguments = arguments
    }
    for name in ["output", "errors"] { try Scratch.write([], to: "\(folder)/\(name)") }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: folder + "/output"))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: folder + "/errors"))
    try process.run()
  }

  deinit { Scratch.remove(folder) }

  var isRunning: Bool { process.isRunning }

  func send(_ signal: Int32) { if process.isRunning { kill(process.processIdentifier, signal) } }

  /// Waits for the end; a process that outlasts the time is killed and counts as late.
  func finish(within seconds: Double = 120) -> Ending {
    let limit = Date().addingTimeInterval(seconds)
    while process.isRunning, Date() < limit {
      readPeakMemory()
      usleep(2000)
    }
    let isLate = process.isRunning
    if isLate {
      send(SIGKILL)
      while process.isRunning { usleep(2000) }
    }
    let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Ending(
      code: code, output: Scratch.text(folder + "/output"), errors: Scratch.text(folder + "/errors"), isLate: isLate)
  }

  /// Bytes at most, as far as the system tells: the last look may come a moment before the end.
  private(set) var peakMemory: Int?

  private func readPeakMemory() {
    let status = Scratch.text("/proc/\(process.processIdentifier)/status")
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Int($0) })
    else { return }
    peakMemory = max(peakMemory ?? 0, kilobytes * 1024)
  }

  static func run(_ arguments: String..., prefix: String? = nil) throws -> Ending {
    try CommandRun(arguments, prefix: prefix).finish()
  }
}

/// Folders that tests make and throw away.
enum Scratch {
  static func makeFolder() throws -> String {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("backsolve-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  static func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

  static func bytes(_ path: String) -> [UInt8] { FileManager.default.contents(atPath: path).map(Array.init) ?? [] }

  static func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Runs `body` with a folder of its own.
  static func withFolder(_ body: (String) throws -> Void) throws {
    let folder = try makeFolder()
    defer { remove(folder) }
    try body(folder)
  }
}
