/// An outline as an SVG file: the part in one even-odd path, in metres, y up.
public enum OutlineDrawing {
  /// - Parameters:
  ///   - outline: in m.
  ///   - frame: lower and upper corner of the domain in m, drawn as a fine rectangle.
  ///   - title: for screen readers and browsers.
  public static func svg(
    _ outline: Outline, frame: (lower: SIMD2<Double>, upper: SIMD2<Double>), title: String = "Design outline"
  ) -> String {
    let size = frame.upper - frame.lower
    let longest = max(size.x, size.y)
    // Path coordinates in thousandths of the longer side keep the digits short at any physical size.
    let scale = longest > 0 ? 1000 / longest : 1
    let w = size.x * scale, h = size.y * scale, margin = 12.0
    func text(_ p: SIMD2<Double>) -> String {
      NumberText.coordinate((p.x - frame.lower.x) * scale) + " "
        + NumberText.coordinate((frame.upper.y - p.y) * scale)
    }
    let path = outline.loops.map { "M" + $0.map(text).joined(separator: "L") + "Z" }.joined()
    let c = NumberText.coordinate
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="\(c(-margin)) \(c(-margin)) \(c(w + 2 * margin)) \(c(h + 2 * margin))" role="img">
      <title>\(XMLText.escaped(title))</title>
      <style>.bs-part{fill:#22303c}.bs-frame{fill:none;stroke:#8b98a5;stroke-width:1;stroke-dasharray:5 5}@media(prefers-color-scheme:dark){.bs-part{fill:#dfe7ee}}</style>
      <rect class="bs-frame" width="\(c(w))" height="\(c(h))"/>
      <path class="bs-part" fill-rule="evenodd" d="\(path)"/>
      </svg>

      """
  }
}
