/// The work of the loads, f . u, weighted over load cases; thermal compliance where the state is a temperature. In J.
public struct Compliance: StateFunctional {
  public let loads: [CellwiseLoad]
  /// One weight a load case.
  public let weights: [Double]

  public init(loads: [CellwiseLoad], weights: [Double]? = nil) {
    self.loads = loads
    self.weights = weights ?? [Double](repeating: 1, count: loads.count)
    precondition(self.weights.count == loads.count, "one weight a load case")
  }

  /// The compliance of each load case alone.
  public static func ofEachCase(_ loads: [CellwiseLoad]) -> [Compliance] {
    loads.indices.map { chosen in Compliance(loads: loads, weights: loads.indices.map { $0 == chosen ? 1 : 0 }) }
  }

  public func value(_ parameters: CellCoefficients, _ state: DenseVector) -> Double {
    let columns = state.columns(loads.count)
    return loads.indices.reduce(0) { sum, column in
      weights[column] == 0 ? sum : sum + weights[column] * loads[column].total(parameters).dot(columns[column])
    }
  }

  public func partials(_ parameters: CellCoefficients, _ state: DenseVector)
    -> (state: DenseVector, parameters: CellCoefficients)
  {
    let columns = state.columns(loads.count)
    var seeds: [DenseVector] = []
    var gradient = CellCoefficients.zero
    for (column, load) in loads.enumerated() {
      if weights[column] == 0 {
        seeds.append(DenseVector(zeros: columns[column].count))
        continue
      }
      seeds.append(load.total(parameters).scaled(by: weights[column]))
      if let source = load.fromSource, !parameters.source.isEmpty {
        gradient.source.add(source.pullback(columns[column]), scaledBy: weights[column])
      }
    }
    return (DenseVector.joining(seeds), gradient)
  }
}
