import DifferentiableCore

extension TestProblem {
  /// The weight of a cantilever of five boxes with a bound on its tip's deflection: Svanberg 1987, section 5, where
  /// the optimum is 1.340 at (6.016, 5.309, 4.494, 3.502, 2.153).
  public static let svanbergBeam = TestProblem(
    "Svanberg's cantilever beam", start: [5, 5, 5, 5, 5], lower: [Double](repeating: 1, count: 5),
    upper: [Double](repeating: 10, count: 5), optimum: 1.33996, minimizer: [6.016, 5.309, 4.494, 3.502, 2.153],
    objective: { x in (0.0624 * x.sum, DenseVector(repeating: 0.0624, count: 5)) },
    constraints: [
      { x in
        let loads: [Double] = [61, 37, 19, 7, 1]
        let parts = zip(loads, x.elements).map { $0 / ($1 * $1 * $1) }
        return (parts.reduce(0, +) - 1, DenseVector(zip(parts, x.elements).map { -3 * $0 / $1 }))
      }
    ])

  /// Two bars with bounds on their stresses: Svanberg 1987, section 5, where the optimum is 1.51 at (1.41, 0.38).
  public static let svanbergTruss = TestProblem(
    "Svanberg's two-bar truss", start: [1.5, 0.5], lower: [0.2, 0.1], upper: [4, 1.6], optimum: 1.50865,
    minimizer: [1.41163, 0.377072],
    objective: { x in
      let length = (1 + x[1] * x[1]).squareRoot()
      return (x[0] * length, [length, x[0] * x[1] / length])
    },
    constraints: [stress(sign: 1), stress(sign: -1)])

  private static func stress(sign: Double) -> @Sendable (DenseVector) -> (Double, DenseVector) {
    { x in
      let length = (1 + x[1] * x[1]).squareRoot()
      let sum = 8 / x[0] + sign / (x[0] * x[1])
      return (
        0.124 * length * sum - 1,
        [
          -0.124 * length * sum / x[0],
          0.124 * (x[1] / length * sum - sign * length / (x[0] * x[1] * x[1])),
        ]
      )
    }
  }

  /// Two spheres to stay within: the example of Svanberg's 2007 notes, where the optimum is at
  /// (2.0175, 1.7800, 1.2375).
  public static let twoSpheres = TestProblem(
    "Svanberg's two spheres", start: [4, 3, 2], lower: [0, 0, 0], upper: [5, 5, 5], optimum: 8.7702,
    minimizer: [2.0175, 1.7800, 1.2375],
    objective: { x in (x.dot(x), x.scaled(by: 2)) },
    constraints: [sphere([5, 2, 1]), sphere([3, 4, 3])])

  private static func sphere(_ center: DenseVector) -> @Sendable (DenseVector) -> (Double, DenseVector) {
    { x in
      let offset = x - center
      return (offset.dot(offset) - 9, offset.scaled(by: 2))
    }
  }
}
