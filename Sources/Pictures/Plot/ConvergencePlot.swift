/// How an optimization went: objective, constraints and design change over the iterations, one below the other.
public struct ConvergencePlot: Sendable {
  public struct Constraint: Sendable {
    public var name: String
    /// One value per iteration.
    public var values: [Double]
    /// The value that must not be passed.
    public var bound: Double?

    public init(_ name: String, values: [Double], bound: Double? = nil) {
      self.name = name
      self.values = values
      self.bound = bound
    }
  }

  public var objectiveName: String
  /// One value per iteration, the first is iteration `firstIteration`.
  public var objective: [Double]
  public var constraints: [Constraint]
  /// The largest change of a design variable in each iteration.
  public var change: [Double]
  public var firstIteration: Int

  public init(
    objectiveName: String = "Objective", objective: [Double], constraints: [Constraint] = [], change: [Double] = [],
    firstIteration: Int = 1
  ) {
    self.objectiveName = objectiveName
    self.objective = objective
    self.constraints = constraints
    self.change = change
    self.firstIteration = firstIteration
  }

  /// The panels from top to bottom. The objective's axis is logarithmic when it spans more than a factor of four.
  public var panels: [LinePlot] {
    func iterations(_ count: Int) -> [Double] { (0..<count).map { Double(firstIteration + $0) } }
    func line(_ name: String, _ values: [Double], bound: Double? = nil) -> LinePlot.Series {
      LinePlot.Series(name, x: iterations(values.count), y: values, bound: bound)
    }
    let finite = objective.filter(\.isFinite)
    let isWide = (finite.min() ?? 0) > 0 && (finite.max() ?? 0) > 4 * (finite.min() ?? 0)
    var result = [
      LinePlot(
        title: objectiveName, xLabel: "iteration", isLogarithmic: isWide, series: [line(objectiveName, objective)])
    ]
    for group in grouped() {
      let lines = group.map { line($0.name, $0.values, bound: $0.bound) }
      let title = group.count == 1 ? group[0].name : "Constraints"
      result.append(LinePlot(title: title, xLabel: "iteration", series: lines))
    }
    if change.contains(where: { $0 > 0 }) {
      result.append(
        LinePlot(
          title: "Largest design change", xLabel: "iteration", isLogarithmic: true, series: [line("change", change)])
      )
    }
    return result
  }

  /// The panels from top to bottom as one SVG file.
  public var svg: String { drawing(panels) }

  /// Each panel as an SVG of its own, for a page that arranges them by its width.
  public var panelDrawings: [String] { panels.map { drawing([$0]) } }

  private func drawing(_ panels: [LinePlot]) -> String {
    let count = max(objective.count, change.count, constraints.map(\.values.count).max() ?? 0, 1)
    return LinePlot.drawing(
      panels,
      xAxis: AxisScale(
        values: [Double(firstIteration), Double(firstIteration + max(count - 1, 1))], logarithmic: false, wanted: 6,
        room: 0.01))
  }

  /// Two constraints with bounds of one size share a panel where both names fit into its legend.
  private func grouped() -> [[Constraint]] {
    var groups: [[Constraint]] = []
    for constraint in constraints {
      let size = abs(constraint.bound ?? constraint.values.last ?? 0)
      let fits = groups.firstIndex { group in
        let other = abs(group[0].bound ?? group[0].values.last ?? 0)
        return group.count < 2 && group[0].name.count + constraint.name.count < 18 && size <= 5 * other
          && other <= 5 * size
      }
      if let fits { groups[fits].append(constraint) } else { groups.append([constraint]) }
    }
    return groups
  }
}
