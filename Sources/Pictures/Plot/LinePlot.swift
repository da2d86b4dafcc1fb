/// Lines over a common axis, as SVG that follows the reader's light or dark setting.
public struct LinePlot: Sendable {
  public struct Series: Sendable {
    public var name: String
    public var x: [Double]
    public var y: [Double]
    /// Drawn as a dashed line in the series' colour.
    public var bound: Double?

    public init(_ name: String, x: [Double], y: [Double], bound: Double? = nil) {
      precondition(x.count == y.count, "series \(name): one y per x")
      self.name = name
      self.x = x
      self.y = y
      self.bound = bound
    }
  }

  public var title: String
  public var xLabel: String
  public var isLogarithmic: Bool
  public var series: [Series]

  public init(title: String, xLabel: String, isLogarithmic: Bool = false, series: [Series]) {
    self.title = title
    self.xLabel = xLabel
    self.isLogarithmic = isLogarithmic
    self.series = series
  }

  /// Size of the drawing in its own units, near the pixels of a phone.
  static let width = 420.0
  private static let plainHeight = 250.0
  private static let left = 58.0, right = 12.0, bottom = 38.0
  private static let legendLine = 16.0
  /// Lines of a legend that does not fit into one make the drawing taller.
  var height: Double { Self.plainHeight + Self.legendLine * Double(max(0, legendLines.count - 1)) }
  private var top: Double { 50 + height - Self.plainHeight }

  /// Lines, ticks and words of the plot, without the surrounding `svg` element, its top at `offset`.
  func group(at offset: Double, xAxis: AxisScale) -> String {
    let c = NumberText.coordinate
    let yAxis = AxisScale(values: series.flatMap { $0.y + Self.around($0.bound) }, logarithmic: isLogarithmic)
    let inner = (width: Self.width - Self.left - Self.right, height: height - top - Self.bottom)
    func px(_ t: Double) -> Double { Self.left + t * inner.width }
    func py(_ t: Double) -> Double { top + (1 - t) * inner.height }

    var text = "<g transform=\"translate(0 \(c(offset)))\">\n"
    text +=
      "<text class=\"bs-title\" x=\"\(c(Self.left))\" y=\"18\">\(XMLText.escaped(Self.fitting(title, 44)))</text>\n"
    for tick in yAxis.ticks {
      guard let t = yAxis.place(tick), (-0.001...1.001).contains(t) else { continue }
      text += "<path class=\"bs-grid\" d=\"M\(c(px(0))) \(c(py(t)))H\(c(px(1)))\"/>"
      text +=
        "<text class=\"bs-tick\" text-anchor=\"end\" x=\"\(c(Self.left - 8))\" y=\"\(c(py(t) + 3.5))\">"
        + NumberText.short(tick, digits: 5) + "</text>\n"
    }
    for tick in xAxis.ticks {
      guard let t = xAxis.place(tick), (-0.001...1.001).contains(t) else { continue }
      text +=
        "<text class=\"bs-tick\" text-anchor=\"middle\" x=\"\(c(px(t)))\" y=\"\(c(py(0) + 16))\">"
        + NumberText.short(tick, digits: 6) + "</text>\n"
    }
    text += "<path class=\"bs-axis\" d=\"M\(c(px(0))) \(c(py(0)))H\(c(px(1)))\"/>\n"
    text +=
      "<text class=\"bs-tick\" text-anchor=\"end\" x=\"\(c(px(1)))\" y=\"\(c(py(0) + 30))\">"
      + XMLText.escaped(xLabel) + "</text>\n"
    for (i, line) in series.enumerated() {
      if let bound = line.bound, let t = yAxis.place(bound) {
        text += "<path class=\"bs-bound bs-c\(i % 6)\" d=\"M\(c(px(0))) \(c(py(t)))H\(c(px(1)))\"/>\n"
      }
      let path = Self.path(line, xAxis, yAxis, px, py)
      if !path.isEmpty { text += "<path class=\"\(Self.lineStyle(i))\" d=\"\(path)\"/>\n" }
    }
    return text + legend() + "</g>\n"
  }

  /// A bound with a little on both sides, so that rounding around an active bound does not fill the plot.
  private static func around(_ bound: Double?) -> [Double] { bound.map { [0.97 * $0, $0, 1.03 * $0] } ?? [] }

  private static func fitting(_ text: String, _ limit: Int) -> String {
    text.count <= limit ? text : text.prefix(limit - 1) + "…"
  }

  /// Names below the title; none where the title says it all.
  private func legend() -> String {
    guard series.count > 1 || series.contains(where: { $0.bound != nil }) else { return "" }
    let c = NumberText.coordinate
    if series.count == 1, let bound = series[0].bound {
      return "<path class=\"bs-bound bs-c0\" d=\"M\(c(Self.left)) 33h18\"/>"
        + "<text class=\"bs-tick\" x=\"\(c(Self.left + 23))\" y=\"37\">bound \(NumberText.short(bound))</text>\n"
    }
    var text = ""
    for (row, line) in legendLines.enumerated() {
      let y = 33 + Self.legendLine * Double(row)
      for entry in line {
        text += "<path class=\"\(Self.lineStyle(entry.index))\" d=\"M\(c(entry.x)) \(c(y))h14\"/>"
        text +=
          "<text class=\"bs-tick\" x=\"\(c(entry.x + 19))\" y=\"\(c(y + 4))\">\(XMLText.escaped(entry.words))</text>\n"
      }
    }
    return text
  }

  /// Six colours, and dotted in the same colours beyond.
  private static func lineStyle(_ index: Int) -> String {
    "bs-line bs-c\(index % 6)" + (index / 6 % 2 == 1 ? " bs-dotted" : "")
  }

  private typealias LegendEntry = (index: Int, words: String, x: Double)

  /// The names, as many to a line as fit.
  private var legendLines: [[LegendEntry]] {
    var lines: [[LegendEntry]] = [[]], x = Self.left
    for (i, line) in series.enumerated() {
      let words = line.bound.map { "\(line.name) (bound \(NumberText.short($0)))" } ?? line.name
      let shown = Self.fitting(words, 26)
      // Text widths are not known here; 6.8 units per character of this size is on the safe side.
      let width = 19 + 6.8 * Double(shown.count)
      if !lines[lines.count - 1].isEmpty, x + width > Self.width {
        lines.append([])
        x = Self.left
      }
      lines[lines.count - 1].append((i, shown, x))
      x += width + 17
    }
    return lines
  }

  /// Straight pieces between the points the axes can show, broken where they cannot. Long series are thinned to the
  /// least and greatest value of each half pixel.
  private static func path(
    _ line: Series, _ xAxis: AxisScale, _ yAxis: AxisScale, _ px: (Double) -> Double, _ py: (Double) -> Double
  ) -> String {
    let step = max(1, line.x.count / 1200)
    var path = "", open = false
    var i = 0
    while i < line.x.count {
      let block = i..<min(i + step, line.x.count)
      i = block.upperBound
      var chosen = [block.lowerBound]
      if step > 1 {
        let shown = block.filter { line.y[$0].isFinite }
        guard let low = shown.min(by: { line.y[$0] < line.y[$1] }),
          let high = shown.max(by: { line.y[$0] < line.y[$1] })
        else {
          open = false
          continue
        }
        chosen = Set([low, high]).sorted()
      }
      for k in chosen {
        guard let x = xAxis.place(line.x[k]), let y = yAxis.place(line.y[k]) else {
          open = false
          continue
        }
        path += (open ? "L" : "M") + NumberText.coordinate(px(x)) + " " + NumberText.coordinate(py(y))
        open = true
      }
    }
    return path
  }
}
