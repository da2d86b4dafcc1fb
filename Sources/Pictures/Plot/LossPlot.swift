/// How a training run went: the loss of its steps, means over equal stretches where there are many, on a logarithmic axis.
public struct LossPlot: Sendable {
  /// Curves drawn over each other, such as the loss in training and on samples not trained on.
  public var curves: [(name: String, losses: [Float])]
  /// Points of a curve; more steps are drawn as means.
  public var points = 400

  public init(_ curves: [(name: String, losses: [Float])]) { self.curves = curves }

  public var plot: LinePlot {
    let series = curves.map { curve in
      let stretch = max(1, (curve.losses.count + points - 1) / points)
      var (x, y): ([Double], [Double]) = ([], [])
      for start in stride(from: 0, to: curve.losses.count, by: stretch) {
        let part = curve.losses[start..<min(curve.losses.count, start + stretch)]
        x.append(Double(start) + Double(part.count + 1) / 2)
        y.append(part.reduce(0) { $0 + Double($1) } / Double(part.count))
      }
      return LinePlot.Series(curve.name, x: x, y: y)
    }
    let isPositive = series.allSatisfy { $0.y.allSatisfy { $0 > 0 } }
    return LinePlot(title: "Loss", xLabel: "step", isLogarithmic: isPositive, series: series)
  }

  public var svg: String { plot.svg }
}
