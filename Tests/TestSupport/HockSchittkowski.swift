import DifferentiableCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// Problems of Hock & Schittkowski, "Test Examples for Nonlinear Programming Codes" (1981), by their numbers. Their
// constraints are g(x) >= 0; here they are written as -g(x) <= 0.

private func squared(_ x: Double) -> Double { x * x }
private func cubed(_ x: Double) -> Double { x * x * x }

extension TestProblem {
  private static func valley(_ x: DenseVector) -> (Double, DenseVector) {
    let rise = x[1] - x[0] * x[0]
    return (100 * rise * rise + squared(1 - x[0]), [-400 * x[0] * rise - 2 * (1 - x[0]), 200 * rise])
  }

  /// Bounds only.
  public static let boundConstrained: [TestProblem] = [
    TestProblem(
      "HS1", start: [-2, 1], lower: [-.infinity, -1.5], optimum: 0, minimizer: [1, 1], objective: valley),
    // From the published start (-2, 1) the local minimum 4.9412 at (-1.221, 1.5) attracts descent methods.
    TestProblem(
      "HS2", start: [2, 2], lower: [-.infinity, 1.5], optimum: 0.0504261879, minimizer: [1.224370749, 1.5],
      objective: valley),
    TestProblem(
      "HS3", start: [10, 1], lower: [-.infinity, 0], optimum: 0, minimizer: [0, 0],
      objective: { x in
        (x[1] + 1e-5 * squared(x[1] - x[0]), [-2e-5 * (x[1] - x[0]), 1 + 2e-5 * (x[1] - x[0])])
      }),
    TestProblem(
      "HS4", start: [1.125, 0.125], lower: [1, 0], optimum: 8.0 / 3, minimizer: [1, 0],
      objective: { x in (cubed(x[0] + 1) / 3 + x[1], [squared(x[0] + 1), 1]) }),
    TestProblem(
      "HS5", start: [0, 0], lower: [-1.5, -3], upper: [4, 3], optimum: -1.913222954981037,
      minimizer: [-0.547197551, -1.547197551],
      objective: { x in
        let slope = cos(x[0] + x[1])
        return (
          sin(x[0] + x[1]) + squared(x[0] - x[1]) - 1.5 * x[0] + 2.5 * x[1] + 1,
          [slope + 2 * (x[0] - x[1]) - 1.5, slope - 2 * (x[0] - x[1]) + 2.5]
        )
      }),
  ]

  /// Equality constraints, each as a pair of inequalities; HS71 has an inequality too, and its constraints are divided
  /// by their constants, as a problem of the library would have them.
  public static let equalityConstrained: [TestProblem] = [
    TestProblem(
      "HS6", start: [-1.2, 1], optimum: 0, minimizer: [1, 1],
      objective: { x in (squared(1 - x[0]), [2 * (x[0] - 1), 0]) },
      constraints: pair { x in (10 * (x[1] - x[0] * x[0]), [-20 * x[0], 10]) }),
    TestProblem(
      "HS7", start: [2, 2], optimum: -3.0.squareRoot(), minimizer: [0, 3.0.squareRoot()],
      objective: { x in (log(1 + x[0] * x[0]) - x[1], [2 * x[0] / (1 + x[0] * x[0]), -1]) },
      constraints: pair { x in
        (squared(1 + x[0] * x[0]) + x[1] * x[1] - 4, [4 * x[0] * (1 + x[0] * x[0]), 2 * x[1]])
      }),
    TestProblem(
      "HS71", start: [1, 5, 5, 1], lower: [1, 1, 1, 1], upper: [5, 5, 5, 5], optimum: 17.0140173,
      minimizer: [1, 4.742994, 3.8211503, 1.3794082],
      objective: { x in
        let sum = x[0] + x[1] + x[2]
        return (x[0] * x[3] * sum + x[2], [x[3] * (sum + x[0]), x[0] * x[3], x[0] * x[3] + 1, x[0] * sum])
      },
      constraints: [
        { x in
          let product = x[0] * x[1] * x[2] * x[3]
          let slope: DenseVector = [1 / x[0], 1 / x[1], 1 / x[2], 1 / x[3]]
          return (1 - product / 25, slope.scaled(by: -product / 25))
        }
      ] + pair { x in (x.dot(x) / 40 - 1, x.scaled(by: 1.0 / 20)) }),
  ]

  private static func pair(_ row: @escaping @Sendable (DenseVector) -> (Double, DenseVector))
    -> [@Sendable (DenseVector) -> (Double, DenseVector)]
  {
    [
      row,
      { x in
        let (value, gradient) = row(x)
        return (-value, gradient.scaled(by: -1))
      },
    ]
  }

  /// Inequality constraints.
  public static let constrained: [TestProblem] = [
    TestProblem(
      "HS21", start: [-1, -1], lower: [2, -50], upper: [50, 50], optimum: -99.96, minimizer: [2, 0],
      objective: { x in (0.01 * x[0] * x[0] + x[1] * x[1] - 100, [0.02 * x[0], 2 * x[1]]) },
      constraints: [{ x in (-(10 * x[0] - x[1] - 10), [-10, 1]) }]),
    TestProblem(
      "HS24", start: [1, 0.5], lower: [0, 0], optimum: -1, minimizer: [3, 1.7320508],
      objective: { x in
        let scale = 1 / (27 * 3.0.squareRoot())
        let q = squared(x[0] - 3) - 9
        return (q * cubed(x[1]) * scale, [2 * (x[0] - 3) * cubed(x[1]) * scale, 3 * q * squared(x[1]) * scale])
      },
      constraints: [
        { x in (-(x[0] / 3.0.squareRoot() - x[1]), [-1 / 3.0.squareRoot(), 1]) },
        { x in (-(x[0] + 3.0.squareRoot() * x[1]), [-1, -3.0.squareRoot()]) },
        { x in (-(6 - x[0] - 3.0.squareRoot() * x[1]), [1, 3.0.squareRoot()]) },
      ]),
    TestProblem(
      "HS30", start: [1, 1, 1], lower: [1, -10, -10], upper: [10, 10, 10], optimum: 1, minimizer: [1, 0, 0],
      objective: { x in (x.dot(x), x.scaled(by: 2)) },
      constraints: [{ x in (-(x[0] * x[0] + x[1] * x[1] - 1), [-2 * x[0], -2 * x[1], 0]) }]),
    TestProblem(
      "HS35", start: [0.5, 0.5, 0.5], lower: [0, 0, 0], optimum: 1.0 / 9,
      minimizer: [4.0 / 3, 7.0 / 9, 4.0 / 9],
      objective: { x in
        let linear = 9 - 8 * x[0] - 6 * x[1] - 4 * x[2]
        let square = 2 * x[0] * x[0] + 2 * x[1] * x[1] + x[2] * x[2]
        return (
          linear + square + 2 * x[0] * x[1] + 2 * x[0] * x[2],
          [-8 + 4 * x[0] + 2 * x[1] + 2 * x[2], -6 + 4 * x[1] + 2 * x[0], -4 + 2 * x[2] + 2 * x[0]]
        )
      },
      constraints: [{ x in (-(3 - x[0] - x[1] - 2 * x[2]), [1, 1, 2]) }]),
    TestProblem(
      "HS36", start: [10, 10, 10], lower: [0, 0, 0], upper: [20, 11, 42], optimum: -3300, minimizer: [20, 11, 15],
      objective: { x in (-x[0] * x[1] * x[2], [-x[1] * x[2], -x[0] * x[2], -x[0] * x[1]]) },
      constraints: [{ x in (-(72 - x[0] - 2 * x[1] - 2 * x[2]), [1, 2, 2]) }]),
    TestProblem(
      "HS37", start: [10, 10, 10], lower: [0, 0, 0], upper: [42, 42, 42], optimum: -3456, minimizer: [24, 12, 12],
      objective: { x in (-x[0] * x[1] * x[2], [-x[1] * x[2], -x[0] * x[2], -x[0] * x[1]]) },
      constraints: [
        { x in (-(72 - x[0] - 2 * x[1] - 2 * x[2]), [1, 2, 2]) },
        { x in (-(x[0] + 2 * x[1] + 2 * x[2]), [-1, -2, -2]) },
      ]),
    TestProblem(
      "HS43", start: [0, 0, 0, 0], optimum: -44, minimizer: [0, 1, 2, -1],
      objective: { x in
        (
          x[0] * x[0] + x[1] * x[1] + 2 * x[2] * x[2] + x[3] * x[3] - 5 * x[0] - 5 * x[1] - 21 * x[2] + 7 * x[3],
          [2 * x[0] - 5, 2 * x[1] - 5, 4 * x[2] - 21, 2 * x[3] + 7]
        )
      },
      constraints: [
        { x in
          (
            x.dot(x) + x[0] - x[1] + x[2] - x[3] - 8,
            [2 * x[0] + 1, 2 * x[1] - 1, 2 * x[2] + 1, 2 * x[3] - 1]
          )
        },
        { x in
          (
            x[0] * x[0] + 2 * x[1] * x[1] + x[2] * x[2] + 2 * x[3] * x[3] - x[0] - x[3] - 10,
            [2 * x[0] - 1, 4 * x[1], 2 * x[2], 4 * x[3] - 1]
          )
        },
        { x in
          (
            2 * x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + 2 * x[0] - x[1] - x[3] - 5,
            [4 * x[0] + 2, 2 * x[1] - 1, 2 * x[2], -1]
          )
        },
      ]),
    TestProblem(
      "HS76", start: [0.5, 0.5, 0.5, 0.5], lower: [0, 0, 0, 0], optimum: -4.681818181818,
      minimizer: [0.2727273, 2.090909, 0, 0.5454545],
      objective: { x in
        let square = x[0] * x[0] + 0.5 * x[1] * x[1] + x[2] * x[2] + 0.5 * x[3] * x[3]
        return (
          square - x[0] * x[2] + x[2] * x[3] - x[0] - 3 * x[1] + x[2] - x[3],
          [2 * x[0] - x[2] - 1, x[1] - 3, 2 * x[2] - x[0] + x[3] + 1, x[3] + x[2] - 1]
        )
      },
      constraints: [
        { x in (x[0] + 2 * x[1] + x[2] + x[3] - 5, [1, 2, 1, 1]) },
        { x in (3 * x[0] + x[1] + 2 * x[2] - x[3] - 4, [3, 1, 2, -1]) },
        { x in (-(x[1] + 4 * x[2] - 1.5), [0, -1, -4, 0]) },
      ]),
  ]
}
