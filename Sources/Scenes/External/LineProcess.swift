import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A program that is spoken to in lines: one to its standard input, one from its standard output.
///
/// Its standard error goes where this process' goes. Used by one thread at a time.
final class LineProcess {
  enum Fault: Error, CustomStringConvertible {
    case cannotStart(String)
    case ended(Int32)
    case silent(seconds: Double)
    case talkative
    case cancelled

    var description: String {
      switch self {
      case .cannotStart(let why): "it cannot be started: \(why)"
      case .ended(let status): "it ended with status \(status)"
      case .silent(let seconds): "it gave no answer within \(seconds) s"
      case .talkative: "it wrote a line longer than \(LineProcess.longestLine >> 20) MB"
      case .cancelled: "the run was ended"
      }
    }
  }

  static let longestLine = 1 << 30
  private let process = Process()
  /// Our end of its standard input: a socket, for writing to a dead one must not raise a signal.
  private let input: Int32
  private let output: Int32
  private let outputPipe = Pipe()
  private var buffer: [UInt8] = []
  private var searched = 0

  /// - Parameter command: the program, found on the path where it has no `/`, and its arguments.
  init(_ command: [String]) throws(Fault) {
    var ends: [Int32] = [-1, -1]
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .cannotStart(String(cString: strerror(errno))) }
    // Its end is not to be inherited by what is started later.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    input = ends[0]
    output = outputPipe.fileHandleForReading.fileDescriptor
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    let theirs = FileHandle(fileDescriptor: ends[1], closeOnDealloc: false)
    process.standardInput = theirs
    process.standardOutput = outputPipe
    defer { close(ends[1]) }
    do {
      try process.run()
    } catch {
      close(ends[0])
      throw .cannotStart("\(error)")
    }
  }

  deinit {
    close(input)
    // It should end by itself once nothing more can come.
    for _ in 0..<50 where process.isRunning { usleep(10_000) }
    if process.isRunning { process.terminate() }
  }

  func write(_ line: [UInt8]) throws(Fault) {
    let bytes = line + [10]
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw ended() }
      sent += count
    }
  }

  /// The next line, without its end.
  ///
  /// - Parameters:
  ///   - timeLimit: seconds to wait.
  ///   - isCancelled: asked several times a second.
  func read(timeLimit: Double, isCancelled: () -> Bool) throws(Fault) -> [UInt8] {
    let end = ProcessInfo.processInfo.systemUptime + timeLimit
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let newline = buffer[searched...].firstIndex(of: 10) {
        let line = Array(buffer[..<newline])
        buffer.removeFirst(newline + 1)
        searched = 0
        return line
      }
      searched = buffer.count
      if buffer.count > Self.longestLine { throw .talkative }
      if isCancelled() { throw .cancelled }
      let left = end - ProcessInfo.processInfo.systemUptime
      guard left > 0 else { throw .silent(seconds: timeLimit) }
      var descriptor = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let ready = poll(&descriptor, 1, Int32(min(left, 0.2) * 1000) + 1)
      if ready <= 0 { continue }
      let count = readBytes(output, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw ended() }
      buffer.append(contentsOf: chunk[..<count])
    }
  }

  private func ended() -> Fault {
    for _ in 0..<100 where process.isRunning { usleep(10_000) }
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
    return .ended(process.terminationStatus)
  }
}

/// The C function, which a method of the same name hides.
private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
