/// A run as one HTML file that needs nothing else: no network, no other file, no library.
///
/// The body turns under mouse, touch and keys where the browser has WebGL 2; elsewhere the still picture stands in its
/// place. The page follows the reader's light or dark setting. A content policy inside the page forbids any request.
public struct ReportPage: Sendable {
  /// A line of a table.
  public struct Row: Sendable {
    public var label: String
    public var value: String

    public init(_ label: String, _ value: String) {
      self.label = label
      self.value = value
    }
  }

  public struct Picture: Sendable {
    public enum Content: Sendable {
      case png([UInt8])
      /// An SVG element of this library; it is put into the page as it is.
      case svg(String)
    }

    public var caption: String
    public var content: Content

    public init(_ caption: String, _ content: Content) {
      self.caption = caption
      self.content = content
    }
  }

  public var title: String
  /// One line below the title: what was done and how it ended.
  public var subtitle: String
  /// The first thing read: objective, constraints, iterations, status.
  public var summary: [Row]
  public var model: ReportModel?
  /// Stands in for the model where it cannot be drawn; shown as a picture where there is no model.
  public var still: Picture?
  /// Particles that move.
  public var players: [ParticlePlayer]
  public var pictures: [Picture]
  public var convergence: ConvergencePlot?
  public var timings: [Row]
  public var sceneText: String
  public var resultJSON: String
  /// Last line: the program and its version.
  public var footer: String
  /// Colours of the fields.
  public var map: ColorMap
  /// More triangles than this are thinned out for display.
  public var triangleLimit: Int

  public init(
    title: String, subtitle: String = "", summary: [Row] = [], model: ReportModel? = nil, still: Picture? = nil,
    players: [ParticlePlayer] = [], pictures: [Picture] = [], convergence: ConvergencePlot? = nil, timings: [Row] = [],
    sceneText: String = "",
    resultJSON: String = "", footer: String = "Backsolve", map: ColorMap = .viridis, triangleLimit: Int = 200_000
  ) {
    self.title = title
    self.subtitle = subtitle
    self.summary = summary
    self.model = model
    self.still = still
    self.players = players
    self.pictures = pictures
    self.convergence = convergence
    self.timings = timings
    self.sceneText = sceneText
    self.resultJSON = resultJSON
    self.footer = footer
    self.map = map
    self.triangleLimit = triangleLimit
  }

  /// The whole file.
  public var html: String {
    let shown = model.flatMap { $0.surface.isEmpty ? nil : $0.thinned(to: triangleLimit) }
    var body = "<header><h1>\(escaped(title))</h1>"
    if !subtitle.isEmpty { body += "<p>\(escaped(subtitle))</p>" }
    body += "</header>\n<main>\n"
    if let shown {
      body += viewer(shown)
    } else if let still {
      body += section("Design", figure(still))
    }
    if !summary.isEmpty { body += section("Result", table(summary, "cards")) }
    for (number, player) in players.enumerated() { body += player.section(number: number + 1) }
    if !pictures.isEmpty {
      body += section("Pictures", "<div class=\"pictures\">" + pictures.map(figure).joined() + "</div>")
    }
    if let convergence {
      body += section("Convergence", "<div class=\"plots\">\(convergence.panelDrawings.joined())</div>")
    }
    if !timings.isEmpty { body += section("Timings", table(timings, "rows")) }
    if !sceneText.isEmpty { body += listing("Scene", sceneText, isOpen: true) }
    if !resultJSON.isEmpty { body += listing("Result file", resultJSON, isOpen: false) }
    body += "</main>\n<footer>\(escaped(footer))</footer>\n"
    if !players.isEmpty { body += "<script>\(ParticlePlayer.script)</script>\n" }
    if let shown {
      body += "<script type=\"application/json\" id=\"model\">\(shown.payload(map: map))</script>\n"
      body += "<script>\(ReportScript.source)</script>\n"
    }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
      <link rel="icon" href="data:,">
      <title>\(escaped(title))</title>
      <style>\(ReportStyle.source)</style>
      </head>
      <body>
      \(body)</body>
      </html>

      """
  }

  private func viewer(_ model: ReportModel) -> String {
    var controls = ""
    if !model.fields.isEmpty {
      controls += "<label>Show <select id=\"shown\"><option value=\"-1\">design</option>"
      for (i, field) in model.fields.enumerated() {
        controls += "<option value=\"\(i)\">\(escaped(field.name))</option>"
      }
      controls += "</select></label>"
    }
    if !model.displacement.isEmpty {
      controls += """
        <label>Deformation <input id="deformation" type="range" min="0" max="100" value="0" aria-describedby="factor">\
        <output id="factor" for="deformation">off</output></label>
        """
    }
    controls += "<button id=\"reset\" type=\"button\">Reset view</button>"
    let fallback = still.map { image($0) } ?? ""
    return """
      <section class="viewer\(model.isPlanar ? " planar" : "")" id="viewer" aria-label="Design">
      <div class="stage" style="--aspect:\(aspect(model))">\(fallback)<canvas id="canvas" hidden tabindex="0" role="img" aria-label="The design. Arrow keys turn it, plus and minus zoom, 0 resets the view."></canvas>
      <div id="legend" class="legend" hidden><span id="low"></span><i id="ramp"></i><span id="high"></span></div></div>
      <div class="controls" id="controls" hidden>\(controls)</div>
      <p class="hint" id="hint">\(still == nil ? "This browser cannot draw the turning view (WebGL 2)." : "A still picture: this browser cannot draw the turning view (WebGL 2).")</p>
      </section>

      """
  }

  /// Width by height of a flat design, within what a screen can show; a body in space may be turned and has none.
  private func aspect(_ model: ReportModel) -> String {
    guard model.isPlanar, let bounds = model.surface.bounds, bounds.upper.y > bounds.lower.y else { return "auto" }
    let ratio = (bounds.upper.x - bounds.lower.x) / (bounds.upper.y - bounds.lower.y)
    return NumberText.short(min(max(ratio, 0.8), 3))
  }

  private func section(_ heading: String, _ content: String) -> String {
    "<section><h2>\(escaped(heading))</h2>\n\(content)\n</section>\n"
  }

  private func listing(_ heading: String, _ text: String, isOpen: Bool) -> String {
    """
    <section><details\(isOpen ? " open" : "")><summary><h2>\(escaped(heading))</h2></summary>
    <pre tabindex="0">\(escaped(text))</pre></details></section>

    """
  }

  private func table(_ rows: [Row], _ kind: String) -> String {
    "<dl class=\"\(kind)\">"
      + rows.map { "<div><dt>\(escaped($0.label))</dt><dd>\(escaped($0.value))</dd></div>" }.joined() + "</dl>"
  }

  private func figure(_ picture: Picture) -> String {
    "<figure>\(image(picture))<figcaption>\(escaped(picture.caption))</figcaption></figure>"
  }

  private func image(_ picture: Picture) -> String {
    switch picture.content {
    case .png(let bytes):
      "<img class=\"still\" alt=\"\(escaped(picture.caption))\" src=\"data:image/png;base64,\(Base64.encode(bytes))\">"
    case .svg(let text): "<div class=\"still drawing\">\(text)</div>"
    }
  }

  private func escaped(_ text: String) -> String { XMLText.escaped(text) }
}
