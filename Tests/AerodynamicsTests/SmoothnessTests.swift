import Aerodynamics
import DifferentiableCore
import Foundation
import Testing

#if !DEBUG
  /// Four hundred flows: a second with optimization, minutes without.
  ///
  /// Drag is continuous; where transition crosses a node its slope changes, by a factor of up to four on this line. A step
  /// would be a change that the slopes at its two ends do not explain, however finely it is looked at.
  @Suite("Drag along a line of shapes")
  struct SmoothnessTests {
    private struct Point {
      let height: Double, drag: Double, slope: Double, transition: Double
    }

    private let flow = AirfoilFlow(nodeCount: 120, condition: FlowCondition(.angle(0.03), reynolds: 1e6))

    /// A foil whose upper side is fuller ahead of the middle by a height, in chords.
    private func point(_ height: Double, _ workspace: inout AirfoilFlow.Workspace) throws -> Point {
      var bump: [Double] = []
      let surface = DenseVector(
        (0..<120).flatMap { i -> [Double] in
          let x = 0.5 * (1 + cos(2 * .pi * (Double(i) / 119))), sign = i < 60 ? 1.0 : -1.0
          let root = x.squareRoot()
          let shape = 0.2969 * root - 0.126 * x - 0.3516 * x * x + 0.2843 * x * x * x - 0.1036 * x * x * x * x
          let rise = i < 60 ? pow(sin(.pi * pow(x, 0.6)), 2) : 0
          bump += [0, rise]
          return [x, sign * (0.6 * shape + 0.0015 * x) + 0.08 * x * (1 - x) + height * rise]
        })
      let found = try flow.linearize(surface: surface, in: &workspace)
      return Point(
        height: height, drag: found.solution.drag,
        slope: try found.gradient(of: .drag).surface.dot(DenseVector(bump)), transition: found.solution.upperTransition)
    }

    /// True where the slopes at the ends explain the change, or those at the ends of ever smaller parts of it do: two
    /// changes of slope come apart, a step stays.
    private func isExplained(
      _ a: Point, _ b: Point, slack: Double, halvings: Int, _ workspace: inout AirfoilFlow.Workspace
    ) throws -> Bool {
      let slope = (b.drag - a.drag) / (b.height - a.height)
      if slope > min(a.slope, b.slope) - slack && slope < max(a.slope, b.slope) + slack { return true }
      if halvings == 0 { return false }
      let middle = try point(0.5 * (a.height + b.height), &workspace)
      return try isExplained(a, middle, slack: slack, halvings: halvings - 1, &workspace)
        && isExplained(middle, b, slack: slack, halvings: halvings - 1, &workspace)
    }

    @Test("has no steps where transition crosses panels")
    func drag() throws {
      let steps = 400
      var workspace = flow.makeWorkspace()
      var line: [Point] = []
      for step in 0...steps { line.append(try point(0.015 * Double(step) / Double(steps), &workspace)) }
      // Panels there are about 0.025 chords long.
      let way = abs(line[0].transition - line[steps].transition)
      #expect(way > 0.06, "transition goes from \(line[0].transition) to \(line[steps].transition)")
      let largest = line.map { abs($0.slope) }.max() ?? 0
      for step in 0..<steps {
        #expect(
          try isExplained(line[step], line[step + 1], slack: 0.005 * largest, halvings: 7, &workspace), "step \(step)")
      }
    }
  }
#endif
