/// Items put together by single linkage (Sneath 1957): two are of one group where a chain of items leads from one to the other,
/// each no farther than a threshold from the next.
public enum SingleLinkage {
  /// - Parameters:
  ///   - count: Of items.
  ///   - threshold: At most so far apart are two neighbours of a chain.
  ///   - distance: Of two items by index, the same in either order.
  /// - Returns: The indices of each group in rising order; groups in the order of their first items.
  public static func groups(
    _ count: Int, threshold: Double, distance: (Int, Int) -> Double
  ) -> [[Int]] {
    var groups: [[Int]] = []
    for item in 0..<count {
      let near = groups.indices.filter { group in groups[group].contains { distance($0, item) <= threshold } }
      guard let first = near.first else {
        groups.append([item])
        continue
      }
      for group in near.dropFirst().reversed() { groups[first] += groups.remove(at: group) }
      groups[first] = (groups[first] + [item]).sorted()
    }
    return groups
  }
}
