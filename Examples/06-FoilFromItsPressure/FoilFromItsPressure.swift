import Backsolve
import _Differentiation

/// The pressure along a foil is given, the foil is not. Swift differentiates the misfit through shape, panels and flow;
/// the gradient of the flow itself is its adjoint.
@main struct FoilFromItsPressure {
  static func main() throws {
    let (misfit, error) = try run()
    print("misfit \(misfit), largest distance from the hidden foil \(error) chords")
  }

  /// - Returns: the root of the mean squared difference in pressure at the end, and the largest distance between the
  ///   foil found and the hidden one, in chords.
  static func run(nodeCount: Int = 100, iterations: Int = 40) throws -> (misfit: Double, error: Double) {
    let shape = CST(weightsPerSide: 5, hasLeadingEdgeTerm: false, trailingEdgeThickness: 0.002)
    let panels = Repanelling(nodeCount: nodeCount)
    let flow = AirfoilFlow(nodeCount: nodeCount, condition: FlowCondition(.angle(2 * .pi / 180)))
    let asked = AtCondition(flow: flow), pressure = PressureOfState(range: flow.layout.pressure)

    // The measurement, of a foil that the search knows nothing of.
    let hidden = try CSTFit(NACA4().apply([0.03, 0.4, 0.11]), by: shape).design
    var workspace = flow.makeWorkspace()
    let seen = pressure.apply(try flow.solve(asked.apply(panels.apply(shape.apply(hidden))), in: &workspace))

    let misfit = Functional("misfit") { weights in
      let difference = pressure(flow(asked(panels(shape(weights))))) - seen
      return difference.dot(difference) / Double(nodeCount)
    }
    let start = try CSTFit(NACA4().apply([0, 0.4, 0.12]), by: shape).design
    let problem = DesignProblem(
      responses: misfit, layout: [Block("weights", shape: [start.count])],
      bounds: Bounds(-0.5...0.5, count: start.count),
      start: start, objective: .row(0, .minimize))
    let outcome = try DesignLoop(
      problem: problem, optimizer: SequentialQuadraticProgramming(), stopping: StoppingCriteria(iterations: iterations)
    ).run()
    let distance = shape.apply(outcome.design) - shape.apply(hidden)
    return (outcome.values[0].squareRoot(), distance.largestMagnitude)
  }
}

/// A surface to the parameters of the flow: what else there is, angle and Mach number, stays. A linear map.
struct AtCondition: Transform {
  let flow: AirfoilFlow
  func apply(_ surface: DenseVector) -> DenseVector { flow.parameters(surface: surface) }
  func pullback(_ seed: DenseVector, at surface: DenseVector) -> DenseVector {
    DenseVector(seed.elements.prefix(surface.count))
  }
}

/// The state to the pressure coefficients of the nodes. A linear map.
struct PressureOfState: Transform {
  let range: Range<Int>
  func apply(_ state: DenseVector) -> DenseVector { DenseVector(state.elements[range]) }
  func pullback(_ seed: DenseVector, at state: DenseVector) -> DenseVector {
    if seed.isEmpty { return seed }
    var whole = DenseVector(zeros: state.count)
    for (place, entry) in zip(range, seed.elements) { whole[place] = entry }
    return whole
  }
}
