import Backsolve
import DesignSamplers
import NeuralNetworks
import TestSupport
import Testing

extension GradientTable {
  private static func row(
    _ name: String, _ layout: ParameterLayout, inputs shapes: [[Int]],
    _ network: @escaping @Sendable ([Variable<Double>], BoundParameters<Double>) -> Variable<Double>
  ) -> GradientCase {
    var generator = SeededGenerator(seed: 21)
    let parameters: Tensor<Double> = layout.initialParameters(seed: 3)
    return .network(
      name, layout, parameters: DenseVector(parameters.elements), inputs: shapes, firstStep: 1e-3, using: &generator,
      network)
  }

  static let networkArchitectures: [GradientCase] = [
    perceptron(), residualBlock(), uNet(axes: 2), uNet(axes: 3), graphNetwork(), transformer(), fourierOperator(),
    embedding(), denoisingPerceptron(), denoisingTransformer(), sketchedUNet(), learnedCoupling(),
  ]

  private static func denoisingPerceptron() -> GradientCase {
    let network = DenoisingPerceptron(size: 3, width: 6, blocks: 2, conditions: 2)
    return row("denoising perceptron", network.layout, inputs: [[2, 3], [2, 2]]) {
      network.answer($0[0], times: [3, 60], condition: $0[1], $1)
    }
  }

  private static func denoisingTransformer() -> GradientCase {
    let network = DenoisingTransformer(size: 3, width: 4, heads: 2, blocks: 1, conditions: 2)
    return row("denoising transformer", network.layout, inputs: [[2, 3], [2, 2]]) {
      network.answer($0[0], times: [3, 60], condition: $0[1], $1)
    }
  }

  private static func sketchedUNet() -> GradientCase {
    var options = UNet.Options()
    options.channels = [2, 4]
    options.embedding = 4
    options.conditions = 1
    options.groups = 2
    let network = SketchedUNet(options, cells: [4, 4])
    return row("sketched U-Net", network.layout, inputs: [[2, 4, 4, 1], [2, 17]]) {
      network.answer($0[0], times: [0.3, 2], condition: $0[1], $1)
    }
  }

  private static func learnedCoupling() -> GradientCase {
    let coupling = LearnedCoupling(DenoisingPerceptron(size: 2, width: 4, blocks: 1), size: 2, width: 3)
    let designs = Tensor<Double>([0.3, -1, 0.8, 0.1, -0.4, 1.2], shape: [3, 2])
    let noise = Tensor<Double>([-0.5, 0.9, 1.1, -0.2, 0.4, -1.3], shape: [3, 2])
    return row("learned coupling", coupling.layout, inputs: []) {
      coupling.loss(designs, noise: noise, times: [0.2, 0.5, 0.9], $1)
    }
  }

  private static func perceptron() -> GradientCase {
    var layout = ParameterLayout()
    let network = MultilayerPerceptron("network", widths: [3, 8, 8, 2], in: &layout)
    return row("multilayer perceptron", layout, inputs: [[4, 3]]) { network($0[0], $1) }
  }

  private static func residualBlock() -> GradientCase {
    var layout = ParameterLayout()
    let block = ResidualBlock("block", 2, to: 4, axes: 2, embedding: 3, groups: 2, in: &layout)
    return row("residual block", layout, inputs: [[2, 3, 4, 2], [2, 3]]) { block($0[0], embedding: $0[1], $1) }
  }

  private static func uNet(axes: Int) -> GradientCase {
    var options = UNet.Options()
    options.axes = axes
    options.channels = [2, 4]
    options.embedding = 4
    options.conditions = 3
    options.groups = 2
    let network = UNet(options)
    let cells = [2, 4, 2].suffix(axes)
    return row("U-Net \(axes)D", network.layout, inputs: [[2] + cells + [1], [2, 3]]) {
      network($0[0], times: [0.3, 2], condition: $0[1], $1)
    }
  }

  private static func graphNetwork() -> GradientCase {
    var options = GraphNetwork.Options()
    (options.nodeInputs, options.edgeInputs, options.edgeOutputs, options.width) = (2, 1, 1, 4)
    options.rounds = 2
    let network = GraphNetwork(options)
    let graph = Graph(nodeCount: 4, senders: [0, 1, 2, 3, 0], receivers: [1, 2, 3, 0, 2])
    return row("graph network", network.layout, inputs: [[4, 2], [5, 1]]) {
      let answer = network(nodes: $0[0], edges: $0[1], of: graph, $1)
      return .joined([answer.nodes.reshaped(to: [1, 4])] + (answer.edges.map { [$0.reshaped(to: [1, 5])] } ?? []))
    }
  }

  private static func transformer() -> GradientCase {
    var options = Transformer.Options()
    (options.inputs, options.outputs, options.length, options.width, options.heads) = (2, 3, 4, 6, 2)
    (options.blocks, options.takesTime, options.conditions) = (1, true, 2)
    let network = Transformer(options)
    return row("transformer", network.layout, inputs: [[2, 3, 2], [2, 2]]) {
      network($0[0], times: [0.5, 1.5], condition: $0[1], $1)
    }
  }

  private static func fourierOperator() -> GradientCase {
    var options = FourierNeuralOperator.Options()
    (options.width, options.blocks, options.modes) = (3, 2, [2, 2])
    let network = FourierNeuralOperator(options)
    return row("Fourier neural operator", network.layout, inputs: [[1, 4, 5, 1]]) { network($0[0], $1) }
  }

  private static func embedding() -> GradientCase {
    var layout = ParameterLayout()
    let table = Embedding("kinds", count: 3, width: 2, in: &layout)
    return row("embedding", layout, inputs: [[3, 2]]) { $0[0] * table([2, 0, 2], $1) }
  }

  @Test(arguments: networkArchitectures)
  func networkArchitecture(_ row: GradientCase) throws { try row.check() }
}
