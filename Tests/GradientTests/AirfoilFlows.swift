import Backsolve
import Foundation
import TestSupport
import Testing

// The flow about a foil with respect to its nodes, the loading, the Reynolds and Mach numbers and the critical
// amplification; all parameters scaled to be of the order of one.
extension GradientTable {
  #if DEBUG
    // A viscous flow takes seconds without optimization, a row a dozen of them.
    static let airfoilFlows = inviscidFlows + [foilAndFlap]
  #else
    static let airfoilFlows = inviscidFlows + [foilAndFlap] + viscousFlows(count: 80)
  #endif

  private static let inviscidFlows: [GradientCase] = [
    airfoilCase("panels at an angle", FlowCondition(.angle(0.05), mach: 0.2), count: 60),
    airfoilCase("panels at a lift", FlowCondition(.lift(0.4), mach: 0.1), count: 60),
    airfoilCase("panels with a sharp edge", FlowCondition(.angle(0.05), mach: 0.1), count: 60, gap: 0),
  ]

  private static func viscousFlows(count: Int) -> [GradientCase] {
    [
      airfoilCase("viscous flow at an angle", FlowCondition(.angle(0.04), reynolds: 8e5, mach: 0.2), count: count),
      airfoilCase(
        "viscous flow at a lift", FlowCondition(.lift(0.4), reynolds: 2e6, mach: 0.1, upperTrip: 0.3), count: count),
      airfoilCase(
        "viscous flow with a sharp edge", FlowCondition(.angle(0.03), reynolds: 1e6, mach: 0.1), count: count, gap: 0),
    ]
  }

  @Test("the flow about a foil", arguments: airfoilFlows)
  func airfoilFlow(_ row: GradientCase) throws { try row.check() }

  /// A cambered foil of NACA's four-digit family with cosine spacing.
  static func foil(count: Int, gap: Double) -> DenseVector {
    let half = count / 2
    return DenseVector(
      (0..<count).flatMap { i -> [Double] in
        let t = Double.pi * (Double(i) / Double(count - 1))
        let x = 0.5 * (1 + cos(2 * t)), sign = i < half ? 1.0 : -1.0
        let root = x.squareRoot()
        let shape = 0.2969 * root - 0.126 * x - 0.3516 * x * x + 0.2843 * x * x * x - 0.1036 * x * x * x * x
        return [x, sign * (0.6 * shape + 0.5 * gap * x) + 0.08 * x * (1 - x)]
      })
  }

  private static let foilAndFlap: GradientCase = {
    let main = foil(count: 40, gap: 0.003), flap = foil(count: 30, gap: 0.003)
    let placed = DenseVector(flap.elements.enumerated().map { $0 % 2 == 0 ? 1.02 + 0.3 * $1 : 0.3 * $1 - 0.08 })
    let flow = MultiElementFlow(nodeCounts: [40, 30], condition: FlowCondition(.lift(0.9), mach: 0.1))
    let start = flow.parameters(surfaces: [main, placed])
    let scales = [Double](repeating: 2e-4, count: 140) + [2e-2, 2e-2]
    @Sendable func parameters(_ z: DenseVector) -> DenseVector {
      DenseVector((0..<z.count).map { start[$0] + scales[$0] * z[$0] })
    }
    return GradientCase(
      name: "panels of a foil and its flap", at: DenseVector(zeros: start.count), firstStep: 0.01,
      image: { z in
        var workspace = flow.makeWorkspace()
        return try flow.solve(parameters(z), in: &workspace)
      },
      pullback: { seed, z in
        var workspace = flow.makeWorkspace()
        let gradient = try flow.linearize(at: parameters(z), in: &workspace).pullback(seed)
        return DenseVector((0..<gradient.count).map { scales[$0] * gradient[$0] })
      })
  }()

  private static func airfoilCase(
    _ name: String, _ condition: FlowCondition, count: Int, gap: Double = 0.003
  ) -> GradientCase {
    let surface = foil(count: count, gap: gap)
    let flow = AirfoilFlow(nodeCount: count, condition: condition)
    let start = flow.parameters(surface: surface)
    // Changes are small beside a panel, and large enough for differences to stand clear of round-off.
    let scales =
      [Double](repeating: 2e-4, count: 2 * count) + [
        2e-2, 2e-2 * (condition.reynolds ?? 0), 2e-2, condition.reynolds == nil ? 0 : 0.2,
      ]
    let point = DenseVector(zeros: start.count)
    let isSharp = gap == 0
    @Sendable func parameters(_ z: DenseVector) -> DenseVector {
      var p = start
      for i in 0..<z.count { p[i] += scales[i] * z[i] }
      // A sharp edge stays sharp.
      if isSharp {
        p[2 * count - 2] = p[0]
        p[2 * count - 1] = p[1]
      }
      return p
    }
    // The layer beside a sharp edge bends within smaller changes.
    let firstStep = isSharp && condition.reynolds != nil ? 0.001 : 0.01
    return GradientCase(
      name, at: point, firstStep: firstStep,
      image: { z in
        var workspace = flow.makeWorkspace()
        return try flow.solve(parameters(z), in: &workspace)
      },
      pullback: { seed, z in
        var workspace = flow.makeWorkspace()
        var gradient = try flow.linearize(at: parameters(z), in: &workspace).pullback(seed)
        if isSharp {
          for k in 0..<2 {
            gradient[k] += gradient[2 * count - 2 + k]
            gradient[2 * count - 2 + k] = 0
          }
        }
        for i in 0..<gradient.count { gradient[i] *= scales[i] }
        return gradient
      })
  }
}
