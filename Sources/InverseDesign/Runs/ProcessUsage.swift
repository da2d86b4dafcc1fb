#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the process has used so far, as the operating system accounts for it.
public enum ProcessUsage {
  /// CPU time of all threads, in s.
  public static var cpuSeconds: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }
  /// A clock that only moves forward, in s.
  public static var wallSeconds: Double { seconds(CLOCK_MONOTONIC) }
  /// The largest resident memory so far, in bytes.
  public static var peakMemoryBytes: Int {
    var usage = rusage()
    getrusage(ownProcess, &usage)
    #if canImport(Darwin)
      return Int(usage.ru_maxrss)
    #else
      return Int(usage.ru_maxrss) * 1024
    #endif
  }

  // RUSAGE_SELF; the C library's name for it has another type on each platform.
  private static let ownProcess: Int32 = 0

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
