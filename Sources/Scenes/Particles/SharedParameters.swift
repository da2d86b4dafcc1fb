import InverseDesign

/// Entries of a design that are each added to several parameters of a simulation: a velocity to those of all particles of
/// a group, say.
struct SharedParameters: ParameterMap {
  /// The parameters without the design.
  let base: DenseVector
  /// The parameters that each entry of the design is added to.
  let targets: [StrideTo<Int>]

  func parameters(of field: DenseVector) throws(SolveFailure) -> DenseVector {
    var parameters = base
    for (entry, target) in targets.enumerated() {
      for k in target { parameters[k] += field[entry] }
    }
    return parameters
  }

  func pullback(_ seed: DenseVector, at field: DenseVector) throws(SolveFailure) -> DenseVector {
    DenseVector(targets.map { target in target.reduce(0) { $0 + seed[$1] } })
  }
}
