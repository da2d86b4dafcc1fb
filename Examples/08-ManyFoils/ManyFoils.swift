import Backsolve
import DesignSamplers

/// Many wing sections in place of one: a small diffusion model learns what foils look like, the adjoint of the flow guides
/// its samples to little drag, and the best of them are polished by the optimizer. They are different foils.
@main struct ManyFoils {
  static func main() throws {
    let result = try run(into: ".")
    print("valid samples \(result.valid), told apart from data at \(result.neighbourAccuracy)")
    print("drag, best sampled \(result.sampled), best guided \(result.guided), polished \(result.polished)")
  }

  struct Result {
    /// The part of plain samples that are foils.
    var valid = 0.0
    /// One half where samples and data cannot be told apart.
    var neighbourAccuracy = 0.0
    /// The least drag of a foil that keeps the constraints.
    var sampled = Double.infinity
    var guided = Double.infinity
    /// Of the guided foils that were polished, least first.
    var polished: [Double] = []
  }

  static let stations = ChordStations(perSide: 60)
  static let shape = CST(hasFreeTrailingEdge: true, stations: stations)

  static func run(
    foils: Int = 4000, steps: Int = 2000, width: Int = 192, samples: Int = 32, samplerSteps: Int = 20,
    nodeCount: Int = 160, polished: Int = 3, iterations: Int = 40, into folder: String
  ) throws -> Result {
    let family = FoilFamily(shape, stations: stations)
    let data = try (0..<foils).map { try family.foil($0, seed: 1) }
    let scaling = DesignScaling(of: data)
    let denoiser = try trained(on: scaling.scaled(data), steps: steps, width: width)

    var result = Result()
    var sampling = Sampling(denoiser, .cosine, MultistepSampler(steps: samplerSteps))
    let plain = try sampling.designs(count: 10 * samples, seed: 7)
    let plainFoils = scaling.designs(plain)
    let isFoil = plainFoils.map { design in
      let thickness = FoilFamily.thickness(of: shape.apply(design))
      return thickness.least > 0 && (0.03...0.30).contains(thickness.most)
    }
    result.valid = Double(isFoil.count { $0 }) / Double(isFoil.count)
    let others = try (foils..<foils + 10 * samples).map { try family.foil($0, seed: 1) }
    result.neighbourAccuracy = SetMeasures.neighbourAccuracy(
      rows(plain, of: scaling), rows(scaling.scaled(others), of: scaling))

    let problem = drag(nodeCount: nodeCount, startingAt: data[0])
    let cost = ProblemCost(problem, scaling, objectiveScale: 0.005)
    result.sampled = bestDrag(Array(plainFoils.prefix(samples)), problem)
    // Fresh noise after each move lets the model take back what the guide did to the foil's looks.
    sampling.sampler = AncestralSampler(steps: samplerSteps)
    sampling.guidance = [CostGuidance(cost, strength: 15, longestMove: 1, largestRatio: 3)]
    let guided = scaling.designs(try sampling.designs(count: samples, seed: 7))
    result.guided = bestDrag(guided, problem)

    let order = zip(guided.indices, cost.costs(scaling.scaled(guided))).sorted { $0.1 < $1.1 }
    var outlines: [FoilDrawing.Outline] = []
    for (index, _) in order.prefix(polished) {
      let problem = drag(nodeCount: nodeCount, startingAt: problem.bounds.project(guided[index]))
      let outcome = try DesignLoop(
        problem: problem, optimizer: SequentialQuadraticProgramming(),
        stopping: StoppingCriteria(iterations: iterations)
      ).run()
      result.polished.append(outcome.values[0])
      outlines.append(.init("sample \(index)", shape.apply(outcome.design)))
    }
    result.polished.sort()
    try AtomicFile.write(
      Array(FoilDrawing.svg(outlines, title: "Different foils of little drag").utf8), to: folder + "/many-foils.svg")
    return result
  }

  /// A perceptron that takes the noise off foils.
  static func trained(on foils: Tensor<Float>, steps: Int, width: Int) throws -> NetworkDenoiser {
    let size = foils.shape[1]
    let network = DenoisingPerceptron(size: size, width: width)
    var options = Trainer.Options()
    options.steps = steps
    options.rate = RateSchedule(2e-3, warmup: 100, decay: .cosine(final: 0.01))
    options.averageDecay = 0.995
    options.largestGradient = 1
    let trainer = Trainer(network.layout, AdamW(), options)
    var state = trainer.start(seed: 2)
    var loader = DataLoader(count: foils.shape[0], batch: min(256, foils.shape[0]), seed: 3)
    let loss = DenoisingLoss(.cosine, .velocity)
    while !trainer.isDone(state) {
      try trainer.advance(&state) {
        loss(network, foils.rows(loader.samples(ofStep: $1.step)), $0, using: &$1.generator)
      }
    }
    return NetworkDenoiser(network, parameters: trainer.answer(state), prediction: .velocity, shape: [size])
  }

  /// Least drag at a lift of one half and a Reynolds number of a million, for a moment and two thicknesses.
  static func drag(nodeCount: Int, startingAt start: DenseVector) -> DesignProblem {
    let flow = AirfoilFlow(nodeCount: nodeCount, condition: FlowCondition(.lift(0.5), reynolds: 1e6))
    let chain = DesignChain(
      field: TransformChain([shape, Repanelling(nodeCount: nodeCount)]), parameters: SurfaceInFlow(flow: flow),
      model: flow,
      rows: [
        .state(name: "drag", Coefficient(.drag)), .state(name: "moment", Coefficient(.moment)),
        .field(name: "spar", OfSurface(SectionThickness(at: [0.33]))),
        .field(name: "tail", OfSurface(SectionThickness(at: [0.9]))),
      ])
    let n = shape.weightsPerSide
    let sides = [Double](repeating: -0.5, count: n) + [Double](repeating: -0.25, count: n)
    let bounds = Bounds(
      lower: DenseVector(sides + [-1, 0]),
      upper: DenseVector([Double](repeating: 0.25, count: n) + [Double](repeating: 0.5, count: n) + [1, 0.006]))
    return DesignProblem(
      responses: chain, layout: [Block("weights", shape: [start.count])], bounds: bounds, start: start,
      objective: .row(0, .minimize),
      constraints: [
        .init(row: 1, .atLeast(-0.08)), .init(row: 2, .atLeast(0.118)), .init(row: 3, .atLeast(0.014)),
      ])
  }

  /// The least drag of the designs that keep the constraints to one percent.
  static func bestDrag(_ designs: [DenseVector], _ problem: DesignProblem) -> Double {
    designs.map { design in
      let session = problem.responses.makeSession()
      guard let values = try? session.evaluate(problem.bounds.project(design), gradientsOf: []).values,
        problem.worstViolation(values) < 0.01
      else { return .infinity }
      return values[0]
    }.min() ?? .infinity
  }

  private static func rows(_ scaled: Tensor<Float>, of scaling: DesignScaling) -> [DenseVector] {
    let size = scaling.mean.count, values = scaled.elements.map(Double.init)
    return stride(from: 0, to: values.count, by: size).map { DenseVector(Array(values[$0..<$0 + size])) }
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
