import Aerodynamics
import DifferentiableCore
import Foundation
import Testing

#if !DEBUG
  /// Four hundred flows: a second with optimization, minutes without.
  @Suite("Drag along a line of shapes")
  struct SmoothnessTests {
    @Test("has no steps where transition crosses panels")
    func drag() throws {
      let steps = 400
      var workspace = AirfoilFlow(nodeCount: 120, condition: FlowCondition(.angle(0), reynolds: 1e6)).makeWorkspace()
      var drag: [Double] = [], transition: [Double] = []
      for step in 0...steps {
        // The upper side fuller ahead of the middle by up to one and a half percent of the chord.
        let height = 0.015 * Double(step) / Double(steps)
        let surface = DenseVector(
          (0..<120).flatMap { i -> [Double] in
            let x = 0.5 * (1 + cos(2 * .pi * (Double(i) / 119))), sign = i < 60 ? 1.0 : -1.0
            let root = x.squareRoot()
            let shape = 0.2969 * root - 0.126 * x - 0.3516 * x * x + 0.2843 * x * x * x - 0.1036 * x * x * x * x
            let bump = i < 60 ? height * pow(sin(.pi * pow(x, 0.6)), 2) : 0
            return [x, sign * (0.6 * shape + 0.0015 * x) + 0.08 * x * (1 - x) + bump]
          })
        let flow = AirfoilFlow(nodeCount: 120, condition: FlowCondition(.angle(0.03), reynolds: 1e6))
        let solution = try flow.solve(surface: surface, in: &workspace)
        drag.append(solution.drag)
        transition.append(solution.upperTransition)
      }
      // Panels there are about 0.025 chords long.
      #expect(abs(transition[0] - transition[steps]) > 0.05, "transition goes from \(transition[0]) to \(transition[steps])")
      let changes = zip(drag.dropFirst(), drag).map { $0 - $1 }
      let bends = zip(changes.dropFirst(), changes).map { abs($0 - $1) }
      let range = drag.max()! - drag.min()!
      // A step of a hundredth of all that drag changes would show as a bend of its height.
      #expect(bends.max()! < 0.002 * range, "largest bend \(bends.max()!), range \(range)")
    }
  }
#endif
