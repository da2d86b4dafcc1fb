/// Lower and upper bounds of a design, entry by entry; infinite where there is none.
public struct Bounds: Sendable, Hashable {
  public var lower: DenseVector
  public var upper: DenseVector

  public init(lower: DenseVector, upper: DenseVector) {
    precondition(lower.count == upper.count, "bounds of \(lower.count) and \(upper.count) entries")
    self.lower = lower
    self.upper = upper
  }

  public init(_ range: ClosedRange<Double>, count: Int) {
    self.init(
      lower: DenseVector(repeating: range.lowerBound, count: count),
      upper: DenseVector(repeating: range.upperBound, count: count))
  }

  public static func unbounded(count: Int) -> Bounds { Bounds(-Double.infinity...Double.infinity, count: count) }

  public var count: Int { lower.count }

  /// The nearest point inside.
  public func project(_ x: DenseVector) -> DenseVector {
    DenseVector(zip(x.elements, zip(lower.elements, upper.elements)).map { min(max($0, $1.0), $1.1) })
  }
}
