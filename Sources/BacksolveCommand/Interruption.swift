import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

private let interrupted = Atomic<Bool>(false)

/// Ctrl-C and a polite kill: the run ends after the iteration at hand, with a checkpoint. A second one ends it at once.
enum Interruption {
  static var isRequested: Bool { interrupted.load(ordering: .relaxed) }

  static func listen() {
    // A parent may have left them blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        if interrupted.exchange(true, ordering: .relaxed) { _exit(130) }
      }
    }
  }
}
