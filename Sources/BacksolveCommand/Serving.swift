import Dispatch
import Foundation
import Scenes

/// Runs a server until Ctrl-C or SIGTERM, and says where it listens.
enum Serving {
  static func untilStopped(
    _ host: String, run: @escaping @Sendable () async throws -> Void,
    listening: @escaping @Sendable () async throws -> UInt16, stop: @escaping @Sendable () async -> Void
  ) throws {
    let stopping = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { Task { await stop() } }
      source.resume()
      return source
    }
    defer { withExtendedLifetime(stopping) {} }
    // A client that goes away must not end the server.
    signal(SIGPIPE, SIG_IGN)
    let done = DispatchSemaphore(value: 0)
    let failure = Failure()
    Task {
      let shown = Task {
        let port = try await listening()
        print("listening on http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        fflush(nil)
      }
      do {
        try await run()
      } catch {
        failure.text = "\(error)"
      }
      shown.cancel()
      done.signal()
    }
    done.wait()
    if let text = failure.text { throw CommandFailure(.machine, "error: cannot serve on \(host): \(text)") }
  }

  /// Lets the system's allocator keep at most so many heaps. Left to itself it makes eight a processor, and a server whose
  /// requests wander from thread to thread slowly fills the holes of all of them: a tenth more memory in ten minutes.
  static func limitHeaps(to count: Int) {
    #if canImport(Glibc)
      // `mallopt(M_ARENA_MAX, count)` of malloc.h, a header that Swift's module of the C library leaves out.
      typealias Option = @convention(c) (_ parameter: Int32, _ value: Int32) -> Int32
      guard let mallopt = dlsym(nil, "mallopt") else { return }
      _ = unsafeBitCast(mallopt, to: Option.self)(-8, Int32(clamping: count))
    #endif
  }

  /// Lets the process have as many open files as it may: beyond it connections wait until others close.
  static func allowManyFiles() {
    var limit = rlimit()
    #if canImport(Glibc)
      let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let kind = RLIMIT_NOFILE
    #endif
    guard getrlimit(kind, &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(kind, &limit)
  }

  /// Written by the one task that serves, before the semaphore is signalled.
  private final class Failure: @unchecked Sendable {
    var text: String?
  }
}
