import InverseDesign
import Synchronization

/// Sessions that wait for the next caller; each serves one at a time.
final class SessionPool: Sendable {
  /// A session changes hands between threads, and only one has it.
  private struct Idle: @unchecked Sendable {
    var sessions: [any ResponseSession] = []
  }

  private let responses: any Responses
  private let iteration: Int
  private let idle = Mutex(Idle())

  init(_ responses: any Responses, iteration: Int) {
    self.responses = responses
    self.iteration = iteration
  }

  /// A session that remembers nothing which could change a bit of what it answers.
  func take() -> any ResponseSession {
    let kept = idle.withLock { UncheckedShared($0.sessions.popLast()) }
    let session = kept.value ?? responses.makeSession()
    session.restore(NamedArrays())
    session.begin(iteration: iteration)
    return session
  }

  /// As many are kept as can work at once.
  func give(back session: any ResponseSession) {
    let returned = UncheckedShared(session)
    idle.withLock { if $0.sessions.count < Threads.count { $0.sessions.append(returned.value) } }
  }
}
