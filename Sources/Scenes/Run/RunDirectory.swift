import FieldIO

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The folder of one run, held by one process at a time. Files are written beside and renamed.
public final class RunDirectory {
  public let path: String
  private let lock: Int32

  /// What `view` shows of a run that goes on.
  public static let livePicture = "live.png"

  /// Whether a process works in a folder now, by the system's own list: a trial lock could get in a run's way. False where
  /// the system has no such list.
  public static func isLocked(_ path: String) -> Bool {
    var info = stat()
    guard stat(path + "/.lock", &info) == 0, let bytes = try? AtomicFile.read("/proc/locks") else { return false }
    let ending = ":\(info.st_ino)"
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { line in
      let words = line.split(separator: " ")
      return words.contains("FLOCK") && words.contains { $0.hasSuffix(ending) && $0.count { $0 == ":" } == 2 }
    }
  }

  /// Makes the folder where it is missing, and takes its lock.
  ///
  /// - Throws: `CommandFailure` with code `machine` when the folder cannot be made, written or locked.
  public init(_ path: String) throws {
    self.path = path
    try Self.makeFolder(path)
    let name = path + "/.lock"
    lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard lock >= 0 else {
      throw CommandFailure(.machine, "\(path): cannot be written: \(Self.reason(errno))")
    }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw CommandFailure(
        .machine, "\(path): another run is working in this folder; wait for it, or choose another with --output")
    }
  }

  deinit { close(lock) }

  /// Whether anything has that path, made by a run or not.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Takes the folder for a run without checkpoints: an earlier result is no longer one.
  ///
  /// - Throws: `CommandFailure` where an optimizer's run waits here to be resumed.
  func beginAnew() throws {
    guard !Checkpoint.isUnfinishedRun(self) else {
      throw CommandFailure(
        .usage,
        "\(path): error: this folder holds an unfinished run of `optimize`; choose another with --output, or finish it "
          + "with `optimize --resume`")
    }
    remove("result.json")
  }

  public func file(_ name: String) -> String { path + "/" + name }

  public func contains(_ name: String) -> Bool { access(file(name), F_OK) == 0 }

  public func write(_ bytes: [UInt8], to name: String) throws {
    do {
      try AtomicFile.write(bytes, to: file(name))
    } catch {
      throw CommandFailure(.machine, "\(error)")
    }
  }

  public func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  /// Adds a line to a file that only grows; what a crash leaves after the last checkpoint is cut off by a resume.
  public func append(_ line: String, to name: String) throws {
    let descriptor = open(file(name), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw refused(name, errno) }
    defer { close(descriptor) }
    let bytes = Array((line + "\n").utf8)
    guard writeBytes(descriptor, bytes) == bytes.count else { throw refused(name, errno) }
  }

  public func makeSubfolder(_ name: String) throws { try Self.makeFolder(file(name)) }

  public func remove(_ name: String) { unlink(file(name)) }

  private func refused(_ name: String, _ code: Int32) -> CommandFailure {
    CommandFailure(.machine, "\(file(name)): cannot be written: \(Self.reason(code))")
  }

  private static func makeFolder(_ path: String) throws {
    var built = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      built += built.isEmpty || built.hasSuffix("/") ? String(part) : "/" + part
      if mkdir(built, 0o777) != 0, errno != EEXIST {
        throw CommandFailure(.machine, "\(built): cannot be made: \(reason(errno))")
      }
    }
    var info = stat()
    guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
      throw CommandFailure(.machine, "\(path): is not a folder")
    }
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT: "the disk is full"
    case EROFS: "the disk is read-only"
    case EACCES, EPERM: "no permission"
    default: String(cString: strerror(code))
    }
  }
}

private func writeBytes(_ descriptor: Int32, _ bytes: [UInt8]) -> Int {
  bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
}
