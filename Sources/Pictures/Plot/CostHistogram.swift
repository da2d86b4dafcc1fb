/// How many of some designs have which cost, as steps; several sets over each other.
public struct CostHistogram: Sendable {
  public var sets: [(name: String, costs: [Double])]
  public var title: String
  public var xLabel: String
  /// Steps over the range of all costs.
  public var bins = 24

  /// - Parameters:
  ///   - sets: Costs that are not finite are left out.
  ///   - title: Above the steps.
  ///   - xLabel: What a cost is, with its unit.
  public init(_ sets: [(name: String, costs: [Double])], title: String, xLabel: String) {
    self.sets = sets.map { ($0.name, $0.costs.filter(\.isFinite)) }
    self.title = title
    self.xLabel = xLabel
  }

  public var plot: LinePlot {
    let sorted = sets.flatMap(\.costs).sorted()
    let low = sorted.first ?? 0
    // A few very bad ones would leave one bin for all others: they are counted in the last.
    let most = sorted.isEmpty ? 1 : sorted[(sorted.count - 1) * 95 / 100]
    let high = most > low ? most : low + max(abs(low) * 0.1, 1e-12)
    let width = (high - low) / Double(bins)
    let series = sets.map { set in
      var counts = [Double](repeating: 0, count: bins)
      for cost in set.costs { counts[min(bins - 1, max(0, Int((cost - low) / width)))] += 1 }
      var (x, y) = ([low], [0.0])
      for (bin, count) in counts.enumerated() {
        x += [low + Double(bin) * width, low + Double(bin + 1) * width]
        y += [count, count]
      }
      return LinePlot.Series(set.name, x: x + [high], y: y + [0])
    }
    return LinePlot(title: title, xLabel: xLabel, series: series)
  }

  public var svg: String { plot.svg }
}
