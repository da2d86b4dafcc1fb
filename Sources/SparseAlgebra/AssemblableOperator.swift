/// An operator that can write itself out as a symmetric sparse matrix, for direct solvers and incomplete factors.
public protocol AssemblableOperator: LinearOperator {
  /// The matrix. Operators of one family share one pattern object, so that a symbolic analysis serves them all.
  func assembled() -> SymmetricSparseMatrix
}

extension SymmetricSparseMatrix: AssemblableOperator {
  public func assembled() -> SymmetricSparseMatrix { self }
}
