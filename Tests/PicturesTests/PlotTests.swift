import Testing

@testable import Pictures

@Suite struct PlotTests {
  @Test func numbersAreShort() {
    #expect(NumberText.short(206.29693) == "206.3")
    #expect(NumberText.short(0.5) == "0.5")
    #expect(NumberText.short(-1234567) == "-1.235e6")
    #expect(NumberText.short(9.9999e-5) == "0.0001")
    #expect(NumberText.short(9999.7) == "10000")
    #expect(NumberText.short(1e-300) == "1e-300")
    #expect(NumberText.short(0) == "0")
    #expect(NumberText.short(.nan) == "not a number")
    #expect(NumberText.coordinate(-0.001) == "0")
    #expect(NumberText.coordinate(-12.345) == "-12.35" || NumberText.coordinate(-12.345) == "-12.34")
  }

  @Test func ticksLieOnTheAxis() {
    for (values, logarithmic) in [
      ([0.0, 1], false), ([3, 3], false), ([1e-9, 1e5], true), ([200, 1052], true), ([0.154, 0.2], true), ([], false),
      ([0, -1], true), ([.nan, .infinity], false), ([1e300, -1e300], false), ([1e15, 1e15 + 1], false),
    ] as [([Double], Bool)] {
      let axis = AxisScale(values: values, logarithmic: logarithmic)
      #expect(axis.high > axis.low)
      #expect(axis.ticks.count >= 2 && axis.ticks.count <= 40)
      for tick in axis.ticks {
        let place = axis.place(tick) ?? -1
        #expect(place > -0.1 && place < 1.1)
      }
    }
    #expect(AxisScale(values: [1, 10], logarithmic: true).place(0) == nil)
  }

  @Test func aLossBecomesMeansOfStretches() {
    var losses = LossPlot([("training", (1...1000).map { 1 / Float($0) }), ("held out", [1, 0.5])])
    losses.points = 100
    let series = losses.plot.series
    #expect(series[0].x.count == 100 && series[0].x[0] == 5.5 && series[0].x[99] == 995.5)
    #expect(abs(series[0].y[0] - 0.29289682) < 1e-6)
    #expect(series[1].x == [1, 2] && series[1].y == [1, 0.5])
    #expect(losses.plot.isLogarithmic && losses.svg.contains("held out"))
    #expect(!LossPlot([("log-likelihood", [-1, -2])]).plot.isLogarithmic)
  }

  @Test func aRunBecomesPanels() {
    let plot = ConvergencePlot(
      objectiveName: "compliance & <x>", objective: [1000, 400, .nan, 200],
      constraints: [
        .init("volume", values: [0.5, 0.51, 0.5, 0.5], bound: 0.5), .init("stress", values: [1e8, 2e8], bound: 1e8),
      ],
      change: [0.2, 0.2, 0.1, 0.001])
    #expect(plot.panels.map(\.title) == ["compliance & <x>", "volume", "stress", "Largest design change"])
    #expect(plot.panels[0].isLogarithmic && !plot.panels[1].isLogarithmic)
    let svg = plot.svg
    #expect(svg.contains("compliance &amp; &lt;x&gt;") && !svg.contains("nan") && !svg.contains("<x>"))
    // The line is broken where the objective is not a number.
    let line = svg.components(separatedBy: "bs-line bs-c0\" d=\"")[1].prefix { $0 != "\"" }
    #expect(line.filter { $0 == "M" }.count == 2)
    #expect(ConvergencePlot(objective: []).svg.contains("</svg>"))
  }

  @Test func longRunsStaySmall() {
    let plot = ConvergencePlot(objective: (0..<50_000).map { 1 + 1 / Double($0 + 1) })
    #expect(plot.svg.utf8.count < 80_000)
  }

  @Test func anOutlineIsOneEvenOddPath() {
    let grid = StructuredGrid(size: [2, 1], cells: [4, 2])
    let outline = Outline.extract(from: grid, field: DenseVector(repeating: 1, count: 8))
    let svg = OutlineDrawing.svg(outline, frame: (SIMD2(0, 0), SIMD2(2, 1)), title: "a<b")
    #expect(svg.contains("fill-rule=\"evenodd\"") && svg.contains("a&lt;b"))
    #expect(svg.contains("M0 500L1000 500L1000 0L0 0Z") || svg.contains("L1000 500"))
  }
}

extension String {
  fileprivate func components(separatedBy separator: String) -> [Substring] {
    var parts: [Substring] = [], rest = self[...]
    while let found = rest.firstRange(of: separator) {
      parts.append(rest[..<found.lowerBound])
      rest = rest[found.upperBound...]
    }
    return parts + [rest]
  }

  @Test("A legend too long for one line takes more, and the drawing with it")
  func longLegend() {
    func height(_ count: Int) -> Double? {
      let series = (0..<count).map { LinePlot.Series("a method with a name \($0)", x: [1, 2], y: [1, 2]) }
      let svg = LinePlot(title: "t", xLabel: "x", series: series).svg
      // No name begins or ends outside of the drawing of 420 units.
      for text in svg.split(separator: "<text class=\"bs-tick\" x=\"").dropFirst() {
        let place = Double(text.prefix { $0 != "\"" }) ?? .infinity
        #expect(place + 6.8 * 22 <= 420 || count == 1)
      }
      return svg.split(separator: "viewBox=\"0 0 420 ").last.flatMap { Double($0.prefix { $0 != "\"" }) }
    }
    #expect(height(1) == 250 && height(2) == 250 && height(3) == 266 && height(8) == 298)
  }
}
