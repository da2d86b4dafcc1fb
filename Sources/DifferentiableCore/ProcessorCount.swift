#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

enum ProcessorCount {
  /// The number of processors that are online.
  static let online = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}
