import Backsolve
import Foundation

/// Gradients beside central differences, extrapolated over two steps; and the rate at which the first-order remainder
/// falls.
///
/// Of several steps the closest counts: larger ones show the curvature of the function, smaller ones its last digits.
enum GradientStudy {
  static let cases: [(name: String, condition: FlowCondition, steps: [Double], bar: Double)] = [
    ("panels at an angle, M 0.2", FlowCondition(.angle(0.05), mach: 0.2), [0.03, 0.01], 1e-9),
    ("panels at a lift, M 0.1", FlowCondition(.lift(0.4), mach: 0.1), [0.03, 0.01], 1e-9),
    ("viscous at an angle, M 0.2", FlowCondition(.angle(0.04), reynolds: 8e5, mach: 0.2), [1e-3, 3e-4], 1e-6),
    (
      "viscous at a lift, upper side tripped",
      FlowCondition(.lift(0.4), reynolds: 2e6, mach: 0.1, upperTrip: 0.3), [1e-3, 3e-4], 1e-6
    ),
    ("viscous near stall", FlowCondition(.angle(0.19), reynolds: 1e6), [1e-3, 3e-4], 1e-6),
  ]

  static func checks() throws -> [Check] {
    var checks: [Check] = []
    for study in cases {
      let flow = AirfoilFlow(nodeCount: 80, condition: study.condition)
      let start = flow.parameters(surface: surface)
      let isViscous = study.condition.reynolds != nil
      var scales = [Double](repeating: 2e-4, count: 160)
      scales += [
        2e-2, 2e-2 * (study.condition.reynolds ?? 0), study.condition.mach > 0 ? 2e-2 : 0, isViscous ? 0.2 : 0,
      ]
      let direction = DenseVector(scales.enumerated().map { $1 * sin(1.7 * Double($0) + 0.3) })
      var workspace = flow.makeWorkspace()
      let linearization = try flow.linearize(at: start, in: &workspace)
      func state(_ h: Double) throws -> DenseVector {
        var moved = start, workspace = flow.makeWorkspace()
        moved.add(direction, scaledBy: h)
        return try flow.solution(at: moved, in: &workspace).state
      }
      var coefficients: [AirfoilCoefficient] = [.moment]
      if case .angle = study.condition.loading { coefficients.append(.lift) } else { coefficients.append(.angle) }
      if isViscous { coefficients += [.drag, .upperTransition] }
      var worst = 0.0, slowest = Double.infinity
      for coefficient in coefficients where !(coefficient == .upperTransition && study.condition.upperTrip != nil) {
        let index = coefficient.rawValue
        var seed = DenseVector(zeros: flow.layout.count)
        seed[index] = 1
        let exact = try linearization.pullback(seed).dot(direction)
        func difference(_ h: Double) throws -> Double { (try state(h)[index] - state(-h)[index]) / (2 * h) }
        let errors = try study.steps.map { h in
          abs((4 * (try difference(h)) - (try difference(2 * h))) / 3 / exact - 1)
        }
        worst = max(worst, errors.min() ?? .nan)
        func remainder(_ h: Double) throws -> Double {
          abs(try state(h)[index] - linearization.state[index] - h * exact)
        }
        // The remainder is of the second order from the step on below which transition stays within its panel.
        let rates = try (isViscous ? [0.01, 0.003, 0.001] : [0.1, 0.03]).map { h in
          log2(try remainder(h) / remainder(h / 2))
        }
        slowest = min(slowest, rates.max() ?? .nan)
      }
      checks.append(Check("gradient, \(study.name): beside differences", worst, .atMost(study.bar)))
      checks.append(Check("gradient, \(study.name): rate of Taylor's remainder", slowest, .atLeast(1.9)))
    }
    return checks
  }

  private static var surface: DenseVector {
    DenseVector(
      (0..<80).flatMap { i -> [Double] in
        let x = 0.5 * (1 + cos(2 * .pi * (Double(i) / 79))), sign = i < 40 ? 1.0 : -1.0
        let shape = 0.2969 * x.squareRoot() - 0.126 * x - 0.3516 * x * x + 0.2843 * x * x * x - 0.1036 * x * x * x * x
        return [x, sign * (0.6 * shape + 0.0015 * x) + 0.08 * x * (1 - x)]
      })
  }
}
