import Backsolve
import DesignSamplers
import TestSupport
import Testing

extension GradientTable {
  /// A row for what pulls seeds of clean designs back through a denoiser. Denoisers are in single precision, so that steps
  /// are large, and differences are extrapolated (Richardson) in place of being small.
  private static func row(_ name: String, _ denoiser: any Denoiser, rows: Int, firstStep: Double = 0.2) -> GradientCase
  {
    let level = NoiseLevel(signal: 0.6, deviation: 0.8)
    let shape = [rows] + denoiser.shape
    var generator = SeededGenerator(seed: 8)
    return GradientCase(
      name, at: generator.vector(count: shape.reduce(1, *)), firstStep: firstStep,
      image: { x in try denoiser.denoise(Tensor(x, shape: shape), at: level).vector },
      pullback: { seed, x in
        let pullback = try denoiser.linearize(Tensor(x, shape: shape), at: level).pullback
        guard !seed.isEmpty else { return DenseVector(zeros: x.count) }
        return pullback(Tensor(seed, shape: shape)).vector
      },
      pushforward: { direction, x in
        func image(_ step: Double) throws -> DenseVector {
          try denoiser.denoise(Tensor(x + direction.scaled(by: step), shape: shape), at: level).vector
        }
        func difference(_ step: Double) throws -> DenseVector {
          (try image(step) - image(-step)).scaled(by: 0.5 / step)
        }
        let wide = try difference(0.1), narrow = try difference(0.05)
        return narrow.scaled(by: 4.0 / 3) - wide.scaled(by: 1.0 / 3)
      })
  }

  private static let set = NearestDenoiser(Tensor<Float>([1, 0, -1, 0.5, 0.3, -1, 0.2, 0.8], shape: [4, 2]))

  static let denoisers: [GradientCase] = [
    row("exact denoiser of a set", set, rows: 3),
    row(
      "sum of denoisers",
      SummedDenoiser(count: 3, [.init(set, numbers: [0, 1]), .init(set, numbers: [2, 1], weight: 2)]), rows: 2),
    row(
      "sum of denoisers, one taken off",
      SummedDenoiser(
        count: 3, [.init(set, pieces: [[0, 1], [2, 1]], weight: 2), .init(set, numbers: [1, 2], weight: -1)]), rows: 2),
  ]

  /// A small network that was not trained: its last layer, which begins as zero, is drawn too.
  private static let network: NetworkDenoiser = {
    let network = DenoisingPerceptron(size: 2, width: 8, blocks: 1, conditions: 1)
    var generator = SeededGenerator(seed: 5)
    let parameters = Tensor<Float>(generator.vector(count: network.layout.count, in: -1.5...1.5))
    return NetworkDenoiser(network, parameters: parameters, prediction: .velocity, shape: [2], condition: [0.7])
  }()

  static let networkDenoisers: [GradientCase] = [
    row("network as a denoiser", network, rows: 3),
    row(
      "network asked more strongly for its condition", ConditionGuidance(network, weight: 1.5), rows: 2,
      firstStep: 0.1),
  ]

  /// A problem of design as a cost, where one constraint of each kind is violated and one is not.
  static let costs: [GradientCase] = {
    let problem = DesignProblem(
      responses: SummedRows(count: 3), layout: [Block("x", shape: [3])], bounds: Bounds(-5...5, count: 3),
      start: DenseVector(zeros: 3), objective: .row(0, .minimize),
      constraints: [
        .init(row: 1, .atLeast(9)), .init(row: 1, .equal(4)), .init(row: 1, .atMost(0.5)), .init(row: 0, .atMost(100)),
      ])
    let scaling = DesignScaling(mean: [0.3, 0, -0.2], deviation: [2, 0.5, 1])
    let cost = ProblemCost(problem, scaling, objectiveScale: 3, weight: 2)
    return [
      GradientCase(
        "problem of design as a cost", at: [0.4, 0.8, 0.6], firstStep: 0.2,
        image: { x in DenseVector(cost.costs(Tensor(x, shape: [1, 3]))) },
        pullback: { seed, x in
          guard !seed.isEmpty else { return DenseVector(zeros: 3) }
          return cost.linearize(Tensor(x, shape: [1, 3])).gradients.vector.scaled(by: seed[0])
        },
        pushforward: { direction, x in
          func image(_ step: Double) -> DenseVector {
            DenseVector(cost.costs(Tensor(x + direction.scaled(by: step), shape: [1, 3])))
          }
          return (image(0.01) - image(-0.01)).scaled(by: 50)
        })
    ]
  }()

  @Test(arguments: networkDenoisers + costs)
  func networkDenoiserOrCost(_ row: GradientCase) throws { try row.check(relativeTolerance: 1e-3) }

  @Test(arguments: denoisers)
  func denoiser(_ row: GradientCase) throws { try row.check(relativeTolerance: 1e-3) }
}

/// The sum of squares and the sum of some numbers, as rows.
private struct SummedRows: Responses {
  let count: Int
  let names = ["squares", "sum"]
  func makeSession() -> any ResponseSession { Session() }

  private final class Session: ResponseSession {
    func evaluate(_ design: DenseVector, gradientsOf rows: Set<Int>) throws(SolveFailure) -> ResponseValues {
      ResponseValues(
        values: [design.dot(design), design.elements.reduce(0, +)],
        gradients: [0: design.scaled(by: 2), 1: DenseVector(repeating: 1, count: design.count)])
    }
  }
}
