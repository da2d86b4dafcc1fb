import CSuiteSparse

/// CHOLMOD's workspace and the factor of one pattern. Analysed once; refactored in place for new values.
///
/// Belongs to one caller at a time, as every prepared state does.
final class CholmodFactor {
  let pattern: SparsePattern
  /// Counts preparations.
  private var generation = 0
  /// The preparation whose values the factor holds.
  private var current = 0
  private var common: UnsafeMutablePointer<cholmod_common>
  private var factor: UnsafeMutablePointer<cholmod_factor>?
  private var solution: UnsafeMutablePointer<cholmod_dense>?
  private var workspaceY: UnsafeMutablePointer<cholmod_dense>?
  private var workspaceE: UnsafeMutablePointer<cholmod_dense>?

  /// Orders and analyses the pattern of `matrix`.
  init(analyzing matrix: SymmetricSparseMatrix, ordering: FillReducingOrdering) throws(SolveFailure) {
    Self.useOneThread()
    pattern = matrix.pattern
    common = .allocate(capacity: 1)
    cholmod_start(common)
    common.pointee.print = 0
    common.pointee.error_handler = nil
    // A simplicial L D Lᵀ would accept an indefinite matrix; L Lᵀ refuses it, as the supernodal factor does.
    common.pointee.final_ll = 1
    // Stops at the first pivot that is not positive.
    common.pointee.quick_return_if_not_posdef = 1
    ordering.set(in: common)
    factor = withSparse(matrix) { cholmod_analyze(&$0, common) }
    if factor == nil { throw failure(during: "the symbolic analysis") }
  }

  deinit {
    cholmod_free_dense(&solution, common)
    cholmod_free_dense(&workspaceY, common)
    cholmod_free_dense(&workspaceE, common)
    cholmod_free_factor(&factor, common)
    cholmod_finish(common)
    common.deallocate()
  }

  /// OpenMP keeps these settings per calling thread, so this is repeated at every entry; it costs nothing.
  private static func useOneThread() {
    BLASThreads.pinToOne()
    omp_set_num_threads(1)
    omp_set_max_active_levels(0)
  }

  /// Factors new values; returns the number of this preparation.
  func prepare(_ matrix: SymmetricSparseMatrix) throws(SolveFailure) -> Int {
    generation += 1
    try refactor(matrix)
    current = generation
    return generation
  }

  /// Factors the values of an earlier preparation again, where a later one has taken its place.
  func makeCurrent(_ wanted: Int, _ matrix: SymmetricSparseMatrix) throws(SolveFailure) {
    if current == wanted { return }
    try refactor(matrix)
    current = wanted
  }

  private func refactor(_ matrix: SymmetricSparseMatrix) throws(SolveFailure) {
    Self.useOneThread()
    current = 0
    let succeeded = withSparse(matrix) { cholmod_factorize(&$0, factor, common) }
    if succeeded == 0 || common.pointee.status != CHOLMOD_OK { throw failure(during: "the factorization") }
  }

  /// X with A X = B, all columns at once. `right` is column-major, `[columns, dimension]`.
  func solve(_ right: inout [Double], columns: Int) throws(SolveFailure) {
    Self.useOneThread()
    let n = pattern.dimension
    let succeeded = right.withUnsafeMutableBufferPointer { right in
      var dense = cholmod_dense()
      dense.nrow = n
      dense.ncol = columns
      dense.nzmax = n * columns
      dense.d = n
      dense.x = UnsafeMutableRawPointer(right.baseAddress!)
      dense.xtype = CHOLMOD_REAL
      dense.dtype = CHOLMOD_DOUBLE
      let result = cholmod_solve2(CHOLMOD_A, factor, &dense, nil, &solution, nil, &workspaceY, &workspaceE, common)
      guard result != 0, let x = solution?.pointee.x else { return false }
      right.baseAddress!.update(from: x.assumingMemoryBound(to: Double.self), count: n * columns)
      return true
    }
    if !succeeded { throw failure(during: "the solve") }
  }

  /// Entries of the factor, as analysed.
  var entryCount: Double { common.pointee.lnz }
  /// Floating-point operations of one factorization, as analysed.
  var operationCount: Double { common.pointee.fl }
  /// The ordering that was used, and the kind of factor.
  var description: String {
    let ordering =
      switch factor?.pointee.ordering {
      case CHOLMOD_AMD: "minimum degree"
      case CHOLMOD_METIS: "nested dissection"
      default: "given order"
      }
    return ordering + (factor?.pointee.is_super == 1 ? ", supernodal" : ", simplicial")
  }

  private func withSparse<Result>(_ matrix: SymmetricSparseMatrix, _ body: (inout cholmod_sparse) -> Result) -> Result {
    matrix.values.withUnsafeBufferPointer { values in
      matrix.pattern.rows.withUnsafeBufferPointer { rows in
        matrix.pattern.columnStarts.withUnsafeBufferPointer { starts in
          var sparse = cholmod_sparse()
          sparse.nrow = matrix.dimension
          sparse.ncol = matrix.dimension
          sparse.nzmax = matrix.pattern.entryCount
          sparse.p = UnsafeMutableRawPointer(mutating: starts.baseAddress!)
          sparse.i = UnsafeMutableRawPointer(mutating: rows.baseAddress!)
          sparse.x = UnsafeMutableRawPointer(mutating: values.baseAddress!)
          sparse.stype = -1
          sparse.itype = CHOLMOD_INT
          sparse.xtype = CHOLMOD_REAL
          sparse.dtype = CHOLMOD_DOUBLE
          sparse.sorted = 1
          sparse.packed = 1
          return body(&sparse)
        }
      }
    }
  }

  private func failure(during step: String) -> SolveFailure {
    let status = common.pointee.status
    common.pointee.status = CHOLMOD_OK
    switch status {
    case CHOLMOD_OUT_OF_MEMORY, CHOLMOD_TOO_LARGE:
      let size = entryCount > 0 ? String(Int(entryCount * 8 / 1e6)) + " MB" : "of unknown size"
      return SolveFailure(
        .outOfMemory,
        "\(step) of a matrix with \(pattern.dimension) unknowns ran out of memory (factor \(size)); "
          + "use an iterative solver such as multigrid-cg")
    case CHOLMOD_NOT_POSDEF:
      var place = ""
      if let factor, let permutation = factor.pointee.Perm, factor.pointee.minor < factor.pointee.n {
        let unknown = permutation.assumingMemoryBound(to: Int32.self)[factor.pointee.minor]
        place = " (found at unknown \(unknown))"
      }
      return SolveFailure(
        .singular,
        "the matrix is not positive definite\(place): is a rigid-body motion left free, a value nowhere fixed, or a "
          + "stiffness negative?")
    default:
      return SolveFailure(.singular, "\(step) failed with CHOLMOD status \(status)")
    }
  }
}

/// How rows and columns are ordered before the factorization, which decides how much of the factor fills in.
public enum FillReducingOrdering: Sendable, Hashable {
  /// Minimum degree first; nested dissection too where that looks costly; the one with fewer operations is kept.
  case automatic
  /// Approximate minimum degree (Amestoy, Davis, Duff 1996).
  case minimumDegree
  /// Nested dissection (METIS, Karypis and Kumar 1998).
  case nestedDissection

  func set(in common: UnsafeMutablePointer<cholmod_common>) {
    switch self {
    case .automatic: common.pointee.nmethods = 0
    case .minimumDegree:
      common.pointee.nmethods = 1
      common.pointee.method.0.ordering = CHOLMOD_AMD
    case .nestedDissection:
      common.pointee.nmethods = 1
      common.pointee.method.0.ordering = CHOLMOD_METIS
    }
  }
}
