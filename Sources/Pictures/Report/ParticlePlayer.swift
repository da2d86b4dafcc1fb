/// Particles over time as a part of a report page: a canvas with a button and a slider, drawn by a script of its own.
public struct ParticlePlayer: Sendable {
  /// One instant.
  public struct Frame: Sendable {
    /// s
    public var time: Double
    /// `[count, dimension]` in m
    public var positions: [Float]
    /// One a particle.
    public var values: [Float]

    public init(time: Double, positions: [Float], values: [Float]) {
      self.time = time
      self.positions = positions
      self.values = values
    }
  }

  public var caption: String
  public var frames: [Frame]
  /// `[count, dimension]` in m, drawn in grey and at rest.
  public var walls: [Double]
  public var box: (lower: [Double], upper: [Double])
  /// Of a dot, in m.
  public var diameter: Double
  public var view: ViewPoint
  public var map: ColorMap

  public init(
    _ caption: String, frames: [Frame], walls: [Double], box: (lower: [Double], upper: [Double]), diameter: Double,
    view: ViewPoint = ViewPoint(), map: ColorMap = .viridis
  ) {
    self.caption = caption
    self.frames = frames
    self.walls = walls
    self.box = box
    self.diameter = diameter
    self.view = view
    self.map = map
  }

  private var dimension: Int { box.lower.count }

  /// Place on the screen, in m from the lower left corner of what is shown, whose size comes with it.
  private func projection() -> (place: (Int, (Int) -> Double) -> SIMD2<Double>, size: SIMD2<Double>) {
    let axes = view.frame, dimension = dimension
    func flat(_ p: SIMD3<Double>) -> SIMD2<Double> {
      dimension == 2 ? SIMD2(p.x, p.y) : SIMD2(dot(p, axes.right), dot(p, axes.up))
    }
    var low = SIMD2(repeating: Double.infinity), high = -low
    for corner in 0..<1 << dimension {
      let x = (0..<3).map { $0 < dimension ? (corner >> $0 & 1 == 0 ? box.lower[$0] : box.upper[$0]) : 0 }
      let p = flat(SIMD3(x[0], x[1], x[2]))
      low = pointwiseMin(low, p)
      high = pointwiseMax(high, p)
    }
    return (
      { particle, entry in
        let k = particle * dimension
        return flat(SIMD3(entry(k), entry(k + 1), dimension == 3 ? entry(k + 2) : 0)) - low
      }, high - low
    )
  }

  /// JSON with arrays in base64: places in 16 bits of the longer side, colours in 8 bits of the range of all frames.
  var payload: String {
    let (place, size) = projection()
    let scale = 65535 / max(size.x, size.y)
    func code(_ x: Double) -> UInt16 { UInt16(x.isFinite ? min(max((x * scale).rounded(), 0), 65535) : 0) }
    let fastest = frames.lazy.flatMap(\.values).filter(\.isFinite).max() ?? 0
    let texts = frames.map { frame -> String in
      var places: [UInt16] = []
      for i in frame.values.indices {
        let p = place(i) { Double(frame.positions[$0]) }
        places += [code(p.x), code(p.y)]
      }
      let colors = frame.values.map { UInt8($0.isFinite && fastest > 0 ? min(max($0 / fastest * 63, 0), 63) : 0) }
      return """
        {"time":\(JSONText.string(NumberText.short(frame.time))),\
        "places":"\(Base64.encode(places.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }))",\
        "values":"\(Base64.encode(colors))"}
        """
    }
    var still: [UInt16] = []
    for i in 0..<walls.count / dimension {
      let p = place(i) { walls[$0] }
      still += [code(p.x), code(p.y)]
    }
    let colors = (0..<64).map { k -> String in
      let c = map[Double(k) / 63].rgba
      return "\"rgb(\(c.x),\(c.y),\(c.z))\""
    }
    return """
      {"width":\(size.x * scale),"height":\(size.y * scale),"radius":\(max(diameter / 2 * scale, 1)),\
      "fastest":\(JSONText.string(NumberText.short(Double(fastest)))),"colors":[\(colors.joined(separator: ","))],\
      "walls":"\(Base64.encode(still.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }))",\
      "frames":[\(texts.joined(separator: ","))]}
      """
  }

  /// The section of the page.
  func section(number: Int) -> String {
    """
    <section class="player" data-player="\(number)"><h2>\(XMLText.escaped(caption))</h2>
    <canvas role="img" aria-label="\(XMLText.escaped(caption))" style="height:auto;cursor:default;touch-action:auto;background:#fff"></canvas>
    <div class="controls"><button type="button">Play</button>
    <label>Time <input type="range" min="0" max="\(max(0, frames.count - 1))" value="0"><output></output></label></div>
    <script type="application/json">\(payload)</script>
    </section>

    """
  }

  static let script = #"""
    "use strict";
    for (const part of document.querySelectorAll("section.player")) {
      const film = JSON.parse(part.querySelector("script").textContent);
      const canvas = part.querySelector("canvas"), button = part.querySelector("button");
      const slider = part.querySelector("input"), output = part.querySelector("output");
      const raw = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
      const places = text => new Uint16Array(raw(text).buffer);
      const frames = film.frames.map(f => ({ time: f.time, places: places(f.places), values: raw(f.values) }));
      const walls = places(film.walls);
      const width = 1000, scale = width / film.width;
      canvas.width = width; canvas.height = Math.max(1, Math.round(film.height * scale));
      const context = canvas.getContext("2d"), radius = Math.max(0.8, film.radius * scale);
      const dots = (list, choose) => {
        for (let i = 0; i < list.length; i += 2) {
          context.fillStyle = choose(i / 2);
          context.beginPath();
          context.arc(list[i] * scale, canvas.height - list[i + 1] * scale, radius, 0, 7);
          context.fill();
        }
      };
      const draw = () => {
        const frame = frames[slider.value];
        context.clearRect(0, 0, canvas.width, canvas.height);
        dots(walls, () => "#a8b2bc");
        dots(frame.places, i => film.colors[frame.values[i]]);
        output.textContent = ` ${frame.time} s; yellow is ${film.fastest} m/s`;
      };
      let timer = null;
      const stop = () => { clearInterval(timer); timer = null; button.textContent = "Play"; };
      button.onclick = () => {
        if (timer) { stop(); return; }
        if (+slider.value >= frames.length - 1) slider.value = 0;
        button.textContent = "Pause";
        timer = setInterval(() => {
          if (+slider.value >= frames.length - 1) { stop(); return; }
          slider.value = +slider.value + 1; draw();
        }, 50);
      };
      slider.oninput = () => { stop(); draw(); };
      if (frames.length) draw();
    }
    """#
}
