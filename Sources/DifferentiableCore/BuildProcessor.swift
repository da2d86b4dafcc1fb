import COpenBLAS

/// What the processor that this build is for can do. Known when compiling, so that a choice costs nothing.
public enum BuildProcessor {
  /// True when a multiplication and an addition are one instruction; otherwise `addingProduct` is a slow library call.
  @inlinable @inline(__always) public static var fusesMultiplyAdd: Bool { BACKSOLVE_FUSES_MULTIPLY_ADD != 0 }

  /// Asks for the cache line at `address` ahead of its use. Any address will do.
  @inlinable @inline(__always) public static func prefetch(_ address: UnsafeRawPointer) { backsolve_prefetch(address) }
}
