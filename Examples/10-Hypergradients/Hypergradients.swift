import Backsolve
import Foundation

/// Numbers that are usually set by hand, tuned by the gradient of what they lead to: the radius of a filter and a
/// schedule of penalties through converged designs, the interval of a smoother through its steps, the weight of a
/// regularization through an inverse problem.
@main struct Hypergradients {
  /// Both ways to invert the Hessian of a converged problem.
  static let inverses: [(name: String, ImplicitSolve)] = [
    ("conjugate gradients", .conjugateGradient(relativeTolerance: 1e-9)),
    ("Neumann series", .neumannSeries(relativeTolerance: 1e-6, terms: 20_000)),
  ]

  static func main() throws {
    let design = try TunedDesign()
    try tune(
      "filter radius: mean cost when made by two tools", [log(0.3)], longest: 0.4, shown: { exp($0) },
      design.madeByTwoTools)
    try tune("penalties of three stages: cost at the end", [1, 2, 3], longest: 0.5, shown: { $0 }, design.schedule)
    try tune(
      "weight of smoothness: misfit of held-out sensors", [log(100)], longest: 1, shown: { exp($0) },
      TunedRegularization().heldOut)

    // Nothing is inverted here.
    let smoother = try TunedSmoother().energyLeft
    try tune(
      "interval of four smoothing steps: energy of the error", [log(0.05), log(2)], longest: 0.5, shown: { exp($0) },
      by: [("the steps", .conjugateGradient())]
    ) { h, _ in
      let (value, gradient, _) = try smoother.valueWithGradient(at: h)
      return (value, gradient)
    }
  }

  /// Descends and prints: the slope by each inverse at the start, and what was found.
  static func tune(
    _ name: String, _ start: DenseVector, longest: Double, shown: (Double) -> Double,
    by inverses: [(name: String, ImplicitSolve)] = inverses,
    _ value: (DenseVector, ImplicitSolve) throws -> (value: Double, gradient: DenseVector)
  ) throws {
    func text(_ numbers: [Double]) -> String { numbers.map { String(format: "%.4g", $0) }.joined(separator: ", ") }
    print(name)
    for (name, inverse) in inverses {
      print("  slope through \(name): \(text(try value(start, inverse).gradient.elements))")
    }
    let found = try descend(start, steps: 12, longest: longest) { try value($0, inverses[0].1) }
    for (when, h) in [("from", start), ("to", found)] {
      print("  \(when) \(text(h.elements.map(shown))): \(text([try value(h, inverses[0].1).value]))")
    }
  }
}
