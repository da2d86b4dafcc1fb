#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whole files, written so that a reader sees either the old contents or the new ones, never a part.
///
/// The bytes go to a file beside the target, are forced to the disk, and the file is then renamed over the target; the
/// directory is forced to the disk as well, so that the name survives a power cut. On any failure the file beside is
/// removed and the target is what it was.
public enum AtomicFile {
  /// Writes `bytes` to `path`, replacing what was there.
  ///
  /// - Throws: `FileFailure` naming the path and the reason: disk full, read-only, missing directory, permissions.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileFailure) {
    let beside = path + ".\(getpid()).part"
    let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .fromSystem(.write, path: path, code: errno) }
    var code = writeAll(bytes, to: descriptor)
    if code == 0, fsync(descriptor) != 0, errno != EINVAL { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code == 0, rename(beside, path) != 0 { code = errno }
    guard code == 0 else {
      unlink(beside)
      throw .fromSystem(.write, path: path, code: code)
    }
    synchronizeDirectory(of: path)
  }

  /// Writes `text` as UTF-8.
  public static func write(_ text: String, to path: String) throws(FileFailure) {
    try write(Array(text.utf8), to: path)
  }

  /// The whole contents of a file.
  ///
  /// - Throws: `FileFailure` naming the path and the reason.
  public static func read(_ path: String) throws(FileFailure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .fromSystem(.read, path: path, code: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    let chunk = 1 << 20
    var code: Int32 = 0
    while true {
      let part = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, count in
        var got = systemRead(descriptor, buffer.baseAddress!, chunk)
        while got < 0 && errno == EINTR { got = systemRead(descriptor, buffer.baseAddress!, chunk) }
        if got < 0 { code = errno }
        count = max(0, got)
      }
      if code != 0 { throw .fromSystem(.read, path: path, code: code) }
      if part.isEmpty { return bytes }
      bytes += part
    }
  }

  /// Zero, or the error code of the write that failed.
  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let written = systemWrite(descriptor, buffer.baseAddress! + done, buffer.count - done)
        if written < 0 {
          if errno == EINTR { continue }
          return errno
        }
        done += written
      }
      return 0
    }
  }

  /// Makes the new name durable. Some file systems refuse to synchronize a directory; the file is complete either way.
  private static func synchronizeDirectory(of path: String) {
    let directory =
      path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, buffer, count)
}
