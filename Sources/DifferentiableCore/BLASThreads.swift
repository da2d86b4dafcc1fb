import COpenBLAS

/// BLAS results change with its number of threads; parallelism is ours, so BLAS gets one thread, once, for good.
public enum BLASThreads {
  private static let pinned: Void = {
    openblas_set_num_threads(1)
    backsolve_end_blas_threads()
  }()
  /// Call before any BLAS (or CHOLMOD) work; a program that calls it first of all saves what BLAS's idle threads burn.
  public static func pinToOne() { _ = pinned }
}
