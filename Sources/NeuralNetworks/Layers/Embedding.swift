/// A row of numbers for each of some things that are counted: classes, kinds of particles, places of a sequence.
public struct Embedding: Sendable {
  let rows: ParameterSlot

  public init(_ name: String, count: Int, width: Int, in layout: inout ParameterLayout) {
    rows = layout.slot(name + ".rows", [count, width], .normal(deviation: 1))
  }

  /// - Parameters:
  ///   - indices: Each in `0..<count`.
  ///   - p: Values of the parameters, on the tape.
  /// - Returns: `[indices.count, width]`.
  public func callAsFunction<S>(_ indices: [Int32], _ p: BoundParameters<S>) -> Variable<S> { p[rows].rows(indices) }
}
