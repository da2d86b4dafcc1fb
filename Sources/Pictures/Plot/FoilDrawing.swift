/// Outlines of foils over each other as SVG, both axes to one scale, in chords.
public enum FoilDrawing {
  public struct Outline: Sendable {
    public var name: String
    /// `[nodeCount, 2]`, in chords.
    public var nodes: DenseVector

    public init(_ name: String, _ nodes: DenseVector) {
      self.name = name
      self.nodes = nodes
    }
  }

  /// - Parameter outlines: the last one is filled; the others are dashed lines.
  public static func svg(_ outlines: [Outline], title: String) -> String {
    let c = NumberText.coordinate
    let width = 860.0, left = 46.0, right = 16.0, top = 44.0, bottom = 30.0
    let xs = outlines.flatMap { outline in (0..<outline.nodes.count / 2).map { outline.nodes[2 * $0] } }
    let ys = outlines.flatMap { outline in (0..<outline.nodes.count / 2).map { outline.nodes[2 * $0 + 1] } }
    let lowX = min(xs.min() ?? 0, 0), highX = max(xs.max() ?? 1, 1)
    let lowY = (ys.min() ?? -0.1) - 0.02, highY = (ys.max() ?? 0.1) + 0.02
    let scale = (width - left - right) / (highX - lowX)
    let height = top + bottom + scale * (highY - lowY)
    func px(_ x: Double) -> Double { left + (x - lowX) * scale }
    func py(_ y: Double) -> Double { top + (highY - y) * scale }
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(c(width)) \(c(height))" role="img" class="bs-foil">
      <title>\(XMLText.escaped(title))</title>
      <style>\(style)</style>

      """
    for tick in 0...5 {
      let x = Double(tick) / 5
      text += "<path class=\"bs-grid\" d=\"M\(c(px(x))) \(c(top))V\(c(height - bottom))\"/>"
      text += "<text class=\"bs-tick\" text-anchor=\"middle\" x=\"\(c(px(x)))\" y=\"\(c(height - bottom + 16))\">"
      text += NumberText.short(x) + "</text>\n"
    }
    var y = (lowY / 0.05).rounded(.up) * 0.05
    while y <= highY + 1e-9 {
      text += "<path class=\"bs-grid\" d=\"M\(c(left)) \(c(py(y)))H\(c(width - right))\"/>"
      text += "<text class=\"bs-tick\" text-anchor=\"end\" x=\"\(c(left - 6))\" y=\"\(c(py(y) + 4))\">"
      text += NumberText.short((y * 100).rounded() / 100) + "</text>\n"
      y += 0.05
    }
    var legend = left
    for (index, outline) in outlines.enumerated() {
      let isLast = index == outlines.count - 1
      let points = (0..<outline.nodes.count / 2).map {
        "\(c(px(outline.nodes[2 * $0]))) \(c(py(outline.nodes[2 * $0 + 1])))"
      }
      text += "<path class=\"\(isLast ? "bs-found" : "bs-before")\" d=\"M\(points.joined(separator: "L"))Z\"/>\n"
      text += "<path class=\"\(isLast ? "bs-found" : "bs-before")\" d=\"M\(c(legend)) 18h20\"/>"
      text += "<text class=\"bs-tick\" x=\"\(c(legend + 26))\" y=\"22\">\(XMLText.escaped(outline.name))</text>\n"
      legend += 44 + 6.6 * Double(outline.name.count)
    }
    return text + "</svg>\n"
  }

  private static let style = """
    .bs-foil{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
    .bs-foil .bs-tick{font-size:12px;fill:#5a6875}.bs-foil .bs-grid{stroke:#e3e8ec;fill:none}
    .bs-foil .bs-found{fill:#0072b2;fill-opacity:.12;stroke:#0072b2;stroke-width:2;stroke-linejoin:round}
    .bs-foil .bs-before{fill:none;stroke:#5a6875;stroke-width:1.4;stroke-dasharray:6 4}
    @media(prefers-color-scheme:dark){.bs-foil .bs-tick{fill:#9aa7b4}.bs-foil .bs-grid{stroke:#27313b}
    .bs-foil .bs-found{fill:#56b4e9;stroke:#56b4e9}.bs-foil .bs-before{stroke:#9aa7b4}}
    """
}
