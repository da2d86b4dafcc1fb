extension LinePlot {
  /// The plot as an SVG of its own.
  public var svg: String {
    let xAxis = AxisScale(values: series.flatMap(\.x), logarithmic: false, wanted: 6, room: 0.01)
    return Self.drawing([self], xAxis: xAxis)
  }

  /// Plots over the x axis of all of them, from top to bottom, as one SVG.
  public static func svg(_ panels: [LinePlot], isXLogarithmic: Bool = false) -> String {
    drawing(
      panels,
      xAxis: AxisScale(
        values: panels.flatMap { $0.series.flatMap(\.x) }, logarithmic: isXLogarithmic, wanted: 6, room: 0.01))
  }

  /// Plots over one axis, from top to bottom.
  static func drawing(_ panels: [LinePlot], xAxis: AxisScale) -> String {
    let height = panels.reduce(0) { $0 + $1.height }
    let c = NumberText.coordinate
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(c(LinePlot.width)) \(c(height))" role="img" class="bs-plot">
      <title>\(XMLText.escaped(panels.map(\.title).joined(separator: ", ")))</title>
      <style>\(style)</style>

      """
    var top = 0.0
    for panel in panels {
      text += panel.group(at: top, xAxis: xAxis)
      top += panel.height
    }
    return text + "</svg>\n"
  }

  /// Line colours after Okabe and Ito (2008, "Color universal design"), darkened or lightened for the page.
  private static let style = """
    .bs-plot{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
    .bs-plot .bs-title{font-size:14px;font-weight:600;fill:#1c2833}.bs-plot .bs-tick{font-size:12px;fill:#5a6875}
    .bs-plot path{fill:none}.bs-plot .bs-grid{stroke:#e3e8ec}.bs-plot .bs-axis{stroke:#8b98a5}
    .bs-plot .bs-line{stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
    .bs-plot .bs-dotted{stroke-dasharray:1 4}
    .bs-plot .bs-bound{stroke-width:1.3;stroke-dasharray:5 4;opacity:.75}
    .bs-plot .bs-c0{stroke:#0072b2}.bs-plot .bs-c1{stroke:#c25400}.bs-plot .bs-c2{stroke:#00835f}
    .bs-plot .bs-c3{stroke:#a8538a}.bs-plot .bs-c4{stroke:#a87400}.bs-plot .bs-c5{stroke:#4a6fe3}
    @media(prefers-color-scheme:dark){.bs-plot .bs-title{fill:#e6edf3}.bs-plot .bs-tick{fill:#9aa7b4}
    .bs-plot .bs-grid{stroke:#27313b}.bs-plot .bs-axis{stroke:#5b6874}
    .bs-plot .bs-c0{stroke:#56b4e9}.bs-plot .bs-c1{stroke:#e69f00}.bs-plot .bs-c2{stroke:#2fd0a0}
    .bs-plot .bs-c3{stroke:#de8fc0}.bs-plot .bs-c4{stroke:#f0e442}.bs-plot .bs-c5{stroke:#8fa8ff}}
    """
}
