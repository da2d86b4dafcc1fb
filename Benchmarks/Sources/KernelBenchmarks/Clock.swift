#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Processor and wall seconds of some work.
struct Seconds {
  var processor: Double
  var wall: Double

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  static func measure(_ work: () throws -> Void) rethrows -> Seconds {
    let processor = read(CLOCK_PROCESS_CPUTIME_ID), wall = read(CLOCK_MONOTONIC)
    try work()
    return Seconds(processor: read(CLOCK_PROCESS_CPUTIME_ID) - processor, wall: read(CLOCK_MONOTONIC) - wall)
  }

  /// The median of repeated measurements, each of `repeats` runs.
  static func median(of runs: Int, repeats: Int, _ work: () -> Void) -> Seconds {
    work()
    var all = (0..<runs).map { _ in
      measure { for _ in 0..<repeats { work() } }
    }
    all.sort { $0.wall < $1.wall }
    let middle = all[runs / 2]
    return Seconds(processor: middle.processor / Double(repeats), wall: middle.wall / Double(repeats))
  }

  /// Peak resident memory of the process, in bytes.
  static var peakMemory: Int {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}

func fixed(_ x: Double, _ digits: Int = 2) -> String {
  let scale = (0..<digits).reduce(1.0) { product, _ in 10 * product }
  let rounded = (x * scale).rounded()
  guard abs(rounded) < 1e15 else { return "\(x)" }
  if digits == 0 { return "\(Int(rounded))" }
  let whole = Int(abs(rounded)) / Int(scale), part = Int(abs(rounded)) % Int(scale)
  let padded = String(repeating: "0", count: digits - String(part).count) + String(part)
  return (rounded < 0 ? "-" : "") + "\(whole).\(padded)"
}
