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
    let xAxis = AxisScale(
      values: [Double(firstIteration), Double(firstIteration + max(count - 1, 1))], logarithmic: false, wanted: 6,
      room: 0.01)
    let height = LinePlot.height * Double(panels.count)
    let c = NumberText.coordinate
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(c(LinePlot.width)) \(c(height))" role="img" class="bs-plot">
      <title>\(XMLText.escaped(panels.map(\.title).joined(separator: ", ")))</title>
      <style>\(Self.style)</style>

      """
    for (i, panel) in panels.enumerated() { text += panel.group(at: LinePlot.height * Double(i), xAxis: xAxis) }
    return text + "</svg>\n"
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

  /// Line colours after Okabe and Ito (2008, "Color universal design"), darkened or lightened for the page.
  private static let style = """
    .bs-plot{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
    .bs-plot .bs-title{font-size:14px;font-weight:600;fill:#1c2833}.bs-plot .bs-tick{font-size:12px;fill:#5a6875}
    .bs-plot path{fill:none}.bs-plot .bs-grid{stroke:#e3e8ec}.bs-plot .bs-axis{stroke:#8b98a5}
    .bs-plot .bs-line{stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
    .bs-plot .bs-bound{stroke-width:1.3;stroke-dasharray:5 4;opacity:.75}
    .bs-plot .bs-c0{stroke:#0072b2}.bs-plot .bs-c1{stroke:#c25400}.bs-plot .bs-c2{stroke:#00835f}
    .bs-plot .bs-c3{stroke:#a8538a}.bs-plot .bs-c4{stroke:#a87400}.bs-plot .bs-c5{stroke:#4a6fe3}
    @media(prefers-color-scheme:dark){.bs-plot .bs-title{fill:#e6edf3}.bs-plot .bs-tick{fill:#9aa7b4}
    .bs-plot .bs-grid{stroke:#27313b}.bs-plot .bs-axis{stroke:#5b6874}
    .bs-plot .bs-c0{stroke:#56b4e9}.bs-plot .bs-c1{stroke:#e69f00}.bs-plot .bs-c2{stroke:#2fd0a0}
    .bs-plot .bs-c3{stroke:#de8fc0}.bs-plot .bs-c4{stroke:#f0e442}.bs-plot .bs-c5{stroke:#8fa8ff}}
    """
}
