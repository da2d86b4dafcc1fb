import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The threads that help with a parallel loop.
///
/// The loops of a multigrid cycle last tens of microseconds, less than it takes to wake a thread that sleeps on a virtual
/// machine. So a helper that has finished looks out for the next loop for a moment before it sleeps, and a loop never waits
/// for a helper that has not joined it: the calling thread takes pieces from the start and ends the loop when none is left.
final class WorkerPool: Sendable {
  static let shared = WorkerPool()

  typealias Body = @Sendable (Int) -> Void

  /// How long a thread looks out before it sleeps.
  private static let lookout: UInt64 = 30_000

  /// The loop's number in the upper half, then 16 bits of free seats, then 16 bits of helpers inside. One word, so that
  /// closing a loop and joining it exclude each other.
  private let gate = Atomic<UInt64>(0)
  private let occupied = Atomic<Bool>(false)
  private let sleepers = Atomic<Int>(0)
  private let callerSleeps = Atomic<Bool>(false)
  private let next = Atomic<Int>(0)

  /// What only the caller of the open loop writes, before it opens the gate and after the last helper has left.
  private struct Shared {
    var pieces = 0
    var body: UnsafePointer<Body>?
    var helpers = 0
    var mutex = pthread_mutex_t()
    var opened = pthread_cond_t()
    var left = pthread_cond_t()
  }
  nonisolated(unsafe) private let shared: UnsafeMutablePointer<Shared>

  private static let seat: UInt64 = 1 << 16
  private static let insideMask: UInt64 = 0xffff
  private static let seatMask: UInt64 = 0xffff_0000
  private static let mostHelpers = 1023

  private init() {
    shared = .allocate(capacity: 1)
    shared.initialize(to: Shared())
    pthread_mutex_init(&shared.pointee.mutex, nil)
    pthread_cond_init(&shared.pointee.opened, nil)
    pthread_cond_init(&shared.pointee.left, nil)
  }

  /// Runs every piece, this thread and at most `threads - 1` helpers taking them one by one. A loop inside a piece, or
  /// beside another thread's loop, runs on its own thread alone.
  func run(pieces: Int, threads: Int, _ body: Body) {
    guard !occupied.exchange(true, ordering: .acquiring) else {
      for piece in 0..<pieces { body(piece) }
      return
    }
    let seats = min(threads - 1, Self.mostHelpers)
    if shared.pointee.helpers < seats { startHelpers(seats) }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { body in
        shared.pointee.pieces = pieces
        shared.pointee.body = body
        next.store(0, ordering: .relaxed)
        let loop = (gate.load(ordering: .relaxed) >> 32) &+ 1
        // Sequentially consistent with the sleepers' count: either the helper sees the open gate or this thread the sleeper.
        gate.store(loop << 32 | UInt64(seats) * Self.seat, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
          pthread_mutex_lock(&shared.pointee.mutex)
          pthread_cond_broadcast(&shared.pointee.opened)
          pthread_mutex_unlock(&shared.pointee.mutex)
        }
        takePieces(of: body, pieces)
        gate.bitwiseAnd(~Self.seatMask, ordering: .acquiringAndReleasing)
        waitUntilEmpty()
        shared.pointee.body = nil
      }
    }
    occupied.store(false, ordering: .releasing)
  }

  @inline(never)
  private func takePieces(of body: UnsafePointer<Body>, _ pieces: Int) {
    while true {
      let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if piece >= pieces { return }
      body.pointee(piece)
    }
  }

  private func waitUntilEmpty() {
    if Self.lookOut({ gate.load(ordering: .acquiring) & Self.insideMask == 0 }) { return }
    callerSleeps.store(true, ordering: .sequentiallyConsistent)
    pthread_mutex_lock(&shared.pointee.mutex)
    while gate.load(ordering: .sequentiallyConsistent) & Self.insideMask != 0 {
      pthread_cond_wait(&shared.pointee.left, &shared.pointee.mutex)
    }
    pthread_mutex_unlock(&shared.pointee.mutex)
    callerSleeps.store(false, ordering: .relaxed)
  }

  /// A helper's life.
  private func help() {
    var served: UInt64 = 0
    while true {
      if !Self.lookOut({ isOpen(except: served) }) {
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        pthread_mutex_lock(&shared.pointee.mutex)
        if !isOpen(except: served) { pthread_cond_wait(&shared.pointee.opened, &shared.pointee.mutex) }
        pthread_mutex_unlock(&shared.pointee.mutex)
        sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        // The loop that woke this thread may be over by now; more of its kind mostly follow, so look out again.
        continue
      }
      let seen = gate.load(ordering: .relaxed)
      guard seen & Self.seatMask != 0, seen >> 32 != served,
        gate.compareExchange(expected: seen, desired: seen - Self.seat + 1, ordering: .acquiringAndReleasing).exchanged
      else { continue }
      served = seen >> 32
      // While this thread is inside, the caller stays and with it what it shares.
      if let body = shared.pointee.body { takePieces(of: body, shared.pointee.pieces) }
      let before = gate.wrappingSubtract(1, ordering: .sequentiallyConsistent).oldValue
      if before & Self.insideMask == 1, callerSleeps.load(ordering: .sequentiallyConsistent) {
        pthread_mutex_lock(&shared.pointee.mutex)
        pthread_cond_signal(&shared.pointee.left)
        pthread_mutex_unlock(&shared.pointee.mutex)
      }
    }
  }

  private func isOpen(except served: UInt64) -> Bool {
    let seen = gate.load(ordering: .sequentiallyConsistent)
    return seen & Self.seatMask != 0 && seen >> 32 != served
  }

  /// Looks until the condition holds or the time for looking is over; whether it held. The clock decides only who works,
  /// never what comes out.
  @inline(__always)
  private static func lookOut(_ condition: () -> Bool) -> Bool {
    let start = clock_gettime_nsec()
    repeat {
      for _ in 0..<64 where condition() { return true }
    } while clock_gettime_nsec() &- start < lookout
    return false
  }

  private static func clock_gettime_nsec() -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return UInt64(truncatingIfNeeded: now.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: now.tv_nsec)
  }

  /// Starts helpers until there are as many as asked for; where the system refuses one, the loops do with fewer.
  private func startHelpers(_ count: Int) {
    while shared.pointee.helpers < count {
      // Signals go to the threads that the program knows of.
      var all = sigset_t()
      var former = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_SETMASK, &all, &former)
      defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
      #if canImport(Darwin)
        var thread: pthread_t?
      #else
        var thread = pthread_t()
      #endif
      let status = pthread_create(
        &thread, nil,
        { _ in
          WorkerPool.shared.help(); return nil
        }, nil)
      guard status == 0 else { return }
      #if canImport(Darwin)
        if let thread { pthread_detach(thread) }
      #else
        pthread_detach(thread)
      #endif
      shared.pointee.helpers += 1
    }
  }
}
