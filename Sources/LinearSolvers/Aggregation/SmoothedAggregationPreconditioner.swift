/// Algebraic multigrid by smoothed aggregation: a V-cycle whose coarse levels are made from the matrix and its near
/// nullspace, for meshes of any shape.
///
/// Source: Vaněk, Mandel and Brezina, Algebraic multigrid by smoothed aggregation for second and fourth order elliptic
/// problems, Computing 56 (1996). Every level is scaled to a unit diagonal; the prolongation is smoothed by one step of
/// the damped Jacobi method, smoothing is one block Gauss-Seidel sweep down before and one up after the coarse
/// correction, and the coarsest level is solved directly. Levels are made in double and kept in single precision.
public struct SmoothedAggregationPreconditioner<Operator: AssemblableOperator>: PreconditionerFactory {
  public let name = "smoothed-aggregation"
  public let nearNullspace: NearNullspace
  /// Couplings below this part of the diagonal blocks do not hold groups together; halved from level to level.
  public let strengthThreshold: Double
  /// Unknowns at or below which a level is solved directly.
  public let coarsestSize: Int

  public init(_ nearNullspace: NearNullspace, strengthThreshold: Double = 0.02, coarsestSize: Int = 400) {
    precondition(strengthThreshold >= 0 && strengthThreshold < 1, "a strength threshold lies between 0 and 1")
    precondition(coarsestSize > 0, "the coarsest level has unknowns")
    self.nearNullspace = nearNullspace
    self.strengthThreshold = strengthThreshold
    self.coarsestSize = coarsestSize
  }

  public func prepare(_ a: Operator, reusing previous: consuming AggregationHierarchy?) throws(SolveFailure)
    -> AggregationHierarchy
  {
    guard nearNullspace.vectors[0].count == a.dimension else {
      throw SolveFailure(
        .unsupported, "a near nullspace of \(nearNullspace.vectors[0].count) entries meets \(a.dimension) unknowns")
    }
    return try AggregationHierarchy(
      a.assembled(), nearNullspace, threshold: strengthThreshold, coarsestSize: coarsestSize)
  }
}
