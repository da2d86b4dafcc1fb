/// The values that a colour map's ends stand for.
public enum FieldRange {
  /// From the least to the greatest finite value, but without a lonely peak: where the greatest value is more than
  /// twice the one that 99 % of all values stay below, as under a point load, the range ends at the latter.
  ///
  /// - Returns: 0...1 when no value is finite.
  public static func robust(_ values: some Sequence<Double>) -> ClosedRange<Double> {
    let sorted = values.filter(\.isFinite).sorted()
    guard let low = sorted.first, let high = sorted.last else { return 0...1 }
    let most = sorted[(sorted.count - 1) * 99 / 100]
    return low >= 0 && most > 0 && high > 2 * most ? low...most : low...high
  }
}
