import Foundation

/// What the best of some designs costs, were fewer of them looked at: the price of a sampler that draws until it is content.
public enum BestOfMany {
  /// The mean over all choices of k of the costs of the least one: each cost by the part of the choices it is the least
  /// of. Infinite where a choice may hold failures alone.
  ///
  /// - Parameters:
  ///   - costs: One a design; infinite where it failed.
  ///   - k: From 1 to their number.
  public static func expected(_ costs: [Double], of k: Int) -> Double {
    precondition((1...max(1, costs.count)).contains(k), "the best \(k) of \(costs.count)")
    let sorted = costs.sorted()
    let n = sorted.count
    // The chance that none of the first i is among the k, and the next one is.
    var (mean, none) = (0.0, 1.0)
    for (i, cost) in sorted.enumerated() {
      let chance = none * Double(k) / Double(n - i)
      if chance > 0 { mean += chance * cost }
      none *= Double(n - i - k) / Double(n - i)
      if none <= 0 { break }
    }
    return mean
  }

  /// The indices of some good designs that differ: the best first, then each next one that lies far enough from those
  /// already taken; where there are too few of such, the best of the rest.
  ///
  /// - Parameters:
  ///   - designs: In a scale in which distances mean something.
  ///   - costs: One a design; those that failed are never taken.
  ///   - count: At most.
  ///   - distance: The least between two that are taken.
  public static func distinct(
    _ designs: [DenseVector], costs: [Double], count: Int, distance: Double
  ) -> [Int] {
    let order = costs.indices.filter { costs[$0].isFinite }.sorted { (costs[$0], $0) < (costs[$1], $1) }
    var taken: [Int] = []
    for i in order where taken.count < count {
      let isFar = taken.allSatisfy { j in
        let difference = designs[i] - designs[j]
        return difference.dot(difference).squareRoot() >= distance
      }
      if isFar { taken.append(i) }
    }
    for i in order where taken.count < count && !taken.contains(i) { taken.append(i) }
    return taken
  }
}
