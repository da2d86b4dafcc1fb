import COpenBLAS

/// What the processor that this build is for can do. Known when compiling, so that a choice costs nothing.
public enum BuildProcessor {
  /// True when a multiplication and an addition are one instruction; otherwise `addingProduct` is a slow library call.
  @inlinable @inline(__always) public static var fusesMultiplyAdd: Bool { BACKSOLVE_FUSES_MULTIPLY_ADD != 0 }
}
