/// A weighted sum of the physical field: volume, volume fraction, mass.
public struct LinearFieldFunctional: FieldFunctional {
  public let weights: DenseVector

  public init(weights: DenseVector) { self.weights = weights }

  /// The filled share of the cells in `counted` (all cells when nil). A pure number.
  public static func volumeFraction(_ volumes: DenseVector, counted: [Bool]? = nil) -> LinearFieldFunctional {
    let kept = counted.map { mask in DenseVector(zip(volumes.elements, mask).map { $1 ? $0 : 0 }) } ?? volumes
    return LinearFieldFunctional(weights: kept.scaled(by: 1 / kept.sum))
  }

  /// The mass for a solid of `density` kg/m³. In kg.
  public static func mass(_ volumes: DenseVector, density: Double) -> LinearFieldFunctional {
    LinearFieldFunctional(weights: volumes.scaled(by: density))
  }

  public func value(_ field: DenseVector) -> Double { weights.dot(field) }
  public func gradient(_ field: DenseVector) -> DenseVector { weights }
}
