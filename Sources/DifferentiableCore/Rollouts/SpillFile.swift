#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// States on disk, one record each, in a file without a name: it vanishes with the process, however that ends.
final class SpillFile {
  private let descriptor: Int32
  private let folder: String
  /// Entries of one record.
  private let recordCount: Int

  /// - Throws: `.outOfMemory` naming the folder and the reason.
  convenience init(in folder: String, recordCount: Int) throws(SolveFailure) {
    var template = Array((folder + "/backsolve-checkpoints-" + String(repeating: "X", count: 6)).utf8CString)
    let descriptor = template.withUnsafeMutableBufferPointer { mkstemp($0.baseAddress!) }
    guard descriptor >= 0 else { throw Self.failure("opened", in: folder, code: errno) }
    template.withUnsafeBufferPointer { _ = unlink($0.baseAddress!) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    self.init(descriptor: descriptor, folder: folder, recordCount: recordCount)
  }

  /// Takes over a descriptor that is open for reading and writing.
  init(descriptor: Int32, folder: String, recordCount: Int) {
    self.descriptor = descriptor
    self.folder = folder
    self.recordCount = recordCount
  }

  deinit { close(descriptor) }

  func write(_ state: DenseVector, to record: Int) throws(SolveFailure) {
    let code = state.withUnsafeBufferPointer { entries in
      Self.transfer(UnsafeRawBufferPointer(entries), at: record * entries.count * 8) { [descriptor] part, offset in
        pwrite(descriptor, part.baseAddress!, part.count, offset)
      }
    }
    if code != 0 { throw Self.failure("written", in: folder, code: code) }
  }

  func read(_ record: Int, into state: inout DenseVector) throws(SolveFailure) {
    if state.count != recordCount { state = DenseVector(zeros: recordCount) }
    let code = state.withUnsafeMutableBufferPointer { entries in
      Self.transfer(UnsafeRawBufferPointer(entries), at: record * entries.count * 8) { [descriptor] part, offset in
        // The bytes belong to `entries`, which is mutable.
        pread(descriptor, UnsafeMutableRawPointer(mutating: part.baseAddress!), part.count, offset)
      }
    }
    if code != 0 { throw Self.failure("read", in: folder, code: code) }
  }

  /// Moves all bytes; zero, or the error code.
  private static func transfer(
    _ bytes: UnsafeRawBufferPointer, at start: Int, _ move: (UnsafeRawBufferPointer, off_t) -> Int
  ) -> Int32 {
    var done = 0
    while done < bytes.count {
      let moved = move(UnsafeRawBufferPointer(rebasing: bytes[done...]), off_t(start + done))
      if moved < 0 {
        if errno == EINTR { continue }
        return errno
      }
      if moved == 0 { return EIO }
      done += moved
    }
    return 0
  }

  private static func failure(_ what: String, in folder: String, code: Int32) -> SolveFailure {
    let reason = code == ENOSPC ? "the disk is full" : String(cString: strerror(code))
    return SolveFailure(.outOfMemory, "checkpoints could not be \(what) in \(folder): \(reason)")
  }
}
