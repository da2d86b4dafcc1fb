import Backsolve

/// A wing section for one lift: NACA 0012 becomes a laminar foil with less drag, as thick where the spar is. The chain is
/// design → shape → panels → flow with its boundary layer → drag; each link knows its own adjoint.
@main struct WingSection {
  static func main() throws { _ = try run() }

  /// - Returns: the drag coefficient at the start and at the end.
  static func run(nodeCount: Int = 160, iterations: Int = 40) throws -> (start: Double, end: Double) {
    let shape = CST(weightsPerSide: 6, trailingEdgeThickness: 0.002)
    let flow = AirfoilFlow(nodeCount: nodeCount, condition: FlowCondition(.lift(0.5), reynolds: 1e6))
    let spar = SectionThickness(at: [0.33]), tail = SectionThickness(at: [0.9])
    let chain = DesignChain(
      field: TransformChain([shape, Repanelling(nodeCount: nodeCount)]), parameters: SurfaceInFlow(flow: flow),
      model: flow,
      rows: [
        .state(name: "drag", Coefficient(.drag)), .state(name: "moment", Coefficient(.moment)),
        .field(name: "spar", OfSurface(spar)), .field(name: "tail", OfSurface(tail)),
      ])

    let start = try CSTFit(NACA4().apply([0, 0.4, 0.12]), by: shape).design
    let n = shape.weightsPerSide
    let bounds = Bounds(
      lower: DenseVector([Double](repeating: -0.5, count: n) + [Double](repeating: -0.25, count: n) + [-1]),
      upper: DenseVector([Double](repeating: 0.25, count: n) + [Double](repeating: 0.5, count: n) + [1]))
    let problem = DesignProblem(
      responses: chain, layout: [Block("weights", shape: [start.count])], bounds: bounds, start: start,
      objective: .row(0, .minimize),
      constraints: [
        .init(row: 1, .atLeast(-0.08)), .init(row: 2, .atLeast(0.118)), .init(row: 3, .atLeast(0.014)),
      ])
    let outcome = try DesignLoop(
      problem: problem, optimizer: SequentialQuadraticProgramming(), stopping: StoppingCriteria(iterations: iterations)
    ).run(
      hooks: .init(afterIteration: { history, _, _ in
        guard let row = history.rows.last else { return }
        print("\(row.iteration)  drag \(row.objective)  worst violation \(row.worstViolation)")
      }))
    return (outcome.history.rows[0].objective, outcome.values[0])
  }
}

/// A surface to the parameters of the flow.
struct SurfaceInFlow: ParameterMap {
  let flow: AirfoilFlow
  func parameters(of surface: DenseVector) -> DenseVector { flow.parameters(surface: surface) }
  func pullback(_ seed: DenseVector, at surface: DenseVector) -> DenseVector {
    DenseVector(seed.elements.prefix(surface.count))
  }
}

/// A coefficient as a functional of the flow's state.
struct Coefficient: StateFunctional {
  let coefficient: AirfoilCoefficient
  init(_ coefficient: AirfoilCoefficient) { self.coefficient = coefficient }
  func value(_ parameters: DenseVector, _ state: DenseVector) -> Double { state[coefficient.rawValue] }
  func partials(_ parameters: DenseVector, _ state: DenseVector) -> (state: DenseVector, parameters: DenseVector) {
    var seed = DenseVector(zeros: state.count)
    seed[coefficient.rawValue] = 1
    return (seed, .zero)
  }
}

/// A functional of a surface, of which it is known that it has a value on every surface that a flow has been found for.
struct OfSurface: FieldFunctional {
  let functional: any SurfaceFunctional
  init(_ functional: any SurfaceFunctional) { self.functional = functional }
  func value(_ surface: DenseVector) -> Double { (try? functional.value(surface)) ?? .nan }
  func gradient(_ surface: DenseVector) -> DenseVector {
    (try? functional.evaluate(surface, wantsGradient: true).gradient) ?? DenseVector(zeros: surface.count)
  }
}
