import Aerodynamics
import DifferentiableCore
import Foundation
import Testing

#if !DEBUG
  /// Four hundred flows: a second with optimization, minutes without.
  ///
  /// Drag is continuous; where transition crosses a node its slope changes, by a factor of up to four on this line. A step
  /// would be a change that the slopes at its two ends do not explain.
  @Suite("Drag along a line of shapes")
  struct SmoothnessTests {
    @Test("has no steps where transition crosses panels")
    func drag() throws {
      let steps = 400
      var workspace = AirfoilFlow(nodeCount: 120, condition: FlowCondition(.angle(0), reynolds: 1e6)).makeWorkspace()
      var drag: [Double] = [], slope: [Double] = [], transition: [Double] = []
      for step in 0...steps {
        // The upper side fuller ahead of the middle by up to one and a half percent of the chord.
        let height = 0.015 * Double(step) / Double(steps)
        var bump: [Double] = []
        let surface = DenseVector(
          (0..<120).flatMap { i -> [Double] in
            let x = 0.5 * (1 + cos(2 * .pi * (Double(i) / 119))), sign = i < 60 ? 1.0 : -1.0
            let root = x.squareRoot()
            let shape = 0.2969 * root - 0.126 * x - 0.3516 * x * x + 0.2843 * x * x * x - 0.1036 * x * x * x * x
            let rise = i < 60 ? pow(sin(.pi * pow(x, 0.6)), 2) : 0
            bump += [0, rise * 0.015 / Double(steps)]
            return [x, sign * (0.6 * shape + 0.0015 * x) + 0.08 * x * (1 - x) + height * rise]
          })
        let flow = AirfoilFlow(nodeCount: 120, condition: FlowCondition(.angle(0.03), reynolds: 1e6))
        let found = try flow.linearize(surface: surface, in: &workspace)
        drag.append(found.solution.drag)
        transition.append(found.solution.upperTransition)
        slope.append(try found.gradient(of: .drag).surface.dot(DenseVector(bump)))
      }
      // Panels there are about 0.025 chords long.
      let way = abs(transition[0] - transition[steps])
      #expect(way > 0.06, "transition goes from \(transition[0]) to \(transition[steps])")
      let largest = slope.map(abs).max() ?? 0
      for step in 0..<steps {
        let change = drag[step + 1] - drag[step]
        let least = min(slope[step], slope[step + 1]), most = max(slope[step], slope[step + 1])
        #expect(change > least - 0.005 * largest && change < most + 0.005 * largest, "step \(step)")
      }
    }
  }
#endif
