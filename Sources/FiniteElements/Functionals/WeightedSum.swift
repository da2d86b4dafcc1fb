/// A weighted sum of functionals of the same physics.
public struct WeightedSum: StateFunctional {
  public let terms: [(weight: Double, functional: any StateFunctional<CellCoefficients, DenseVector>)]

  public init(_ terms: [(Double, any StateFunctional<CellCoefficients, DenseVector>)]) {
    self.terms = terms.map { (weight: $0.0, functional: $0.1) }
  }

  public func value(_ parameters: CellCoefficients, _ state: DenseVector) -> Double {
    terms.reduce(0) { $0 + $1.weight * $1.functional.value(parameters, state) }
  }

  public func partials(_ parameters: CellCoefficients, _ state: DenseVector)
    -> (state: DenseVector, parameters: CellCoefficients)
  {
    var seed = DenseVector.zero
    var explicit = CellCoefficients.zero
    for term in terms {
      let partial = term.functional.partials(parameters, state)
      seed.add(partial.state, scaledBy: term.weight)
      explicit.stiffness.add(partial.parameters.stiffness, scaledBy: term.weight)
      explicit.source.add(partial.parameters.source, scaledBy: term.weight)
    }
    return (seed, explicit)
  }
}
