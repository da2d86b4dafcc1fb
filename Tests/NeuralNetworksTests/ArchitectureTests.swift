import NeuralNetworks
import Testing

@Suite("Architectures") struct ArchitectureTests {
  @Test("A layout lays its slots end to end and draws them by the seed")
  func layout() {
    var layout = ParameterLayout()
    _ = Linear("a", 3, to: 2, in: &layout)
    _ = LayerNormalization("b", width: 4, in: &layout)
    #expect(layout.slots.map(\.name) == ["a.weights", "a.bias", "b.scale", "b.shift"])
    #expect(layout.slots.map(\.range) == [0..<6, 6..<8, 8..<12, 12..<16] && layout.count == 16)
    let first: Tensor<Float> = layout.initialParameters(seed: 1)
    #expect(first == layout.initialParameters(seed: 1) && first != layout.initialParameters(seed: 2))
    #expect(first.elements[8..<12].allSatisfy { $0 == 1 } && first.elements[12...].allSatisfy { $0 == 0 })
    #expect(first.elements[..<6].allSatisfy { abs($0) <= 0.5774 })
  }

  @Test("The U-Net of the benchmark has 348,257 parameters")
  func parameterCount() { #expect(UNet().layout.count == 348_257) }

  @Test("A graph network does not know how nodes and edges are numbered")
  func permutation() {
    var options = GraphNetwork.Options()
    (options.width, options.rounds) = (6, 2)
    let network = GraphNetwork(options)
    let parameters: Tensor<Double> = network.layout.initialParameters(seed: 5)
    func answer(_ nodes: [Double], _ edges: [Double], _ graph: Graph) -> [Double] {
      let p = BoundParameters(parameters, network.layout, on: Tape())
      let (v, e) = (Tensor(nodes, shape: [nodes.count, 1]), Tensor(edges, shape: [edges.count, 1]))
      return network(nodes: p.tape.constant(v), edges: p.tape.constant(e), of: graph, p).nodes.value.elements
    }
    let plain = answer([0.1, 0.5, -0.4], [1, 2, 3], Graph(nodeCount: 3, senders: [0, 1, 2], receivers: [1, 2, 0]))
    // Nodes 0, 1, 2 become 2, 0, 1, and the edges come in reverse.
    let renamed = answer([0.5, -0.4, 0.1], [3, 2, 1], Graph(nodeCount: 3, senders: [1, 0, 2], receivers: [2, 1, 0]))
    for (node, other) in [(0, 2), (1, 0), (2, 1)] { #expect(abs(plain[node] - renamed[other]) < 1e-12) }
    #expect(abs(plain[0] - plain[1]) > 1e-6)
  }

  @Test("A transformer of a set does not know the order of its members; one of a sequence does")
  func order() {
    func answers(length: Int) -> ([Double], [Double]) {
      var options = Transformer.Options()
      (options.length, options.width, options.heads, options.blocks) = (length, 8, 2, 1)
      let network = Transformer(options)
      let parameters: Tensor<Double> = network.layout.initialParameters(seed: 5)
      func answer(_ x: [Double]) -> [Double] {
        let p = BoundParameters(parameters, network.layout, on: Tape())
        return network(p.tape.constant(Tensor(x, shape: [1, x.count, 1])), p).value.elements
      }
      return (answer([0.1, 0.7, -0.4]), answer([-0.4, 0.7, 0.1]).reversed())
    }
    let (set, sequence) = (answers(length: 0), answers(length: 4))
    #expect(zip(set.0, set.1).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(zip(sequence.0, sequence.1).contains { abs($0 - $1) > 1e-6 })
  }

  @Test("A Fourier neural operator answers the same on a finer grid")
  func resolution() {
    var options = FourierNeuralOperator.Options()
    (options.width, options.blocks, options.modes) = (3, 1, [2])
    let network = FourierNeuralOperator(options)
    let parameters: Tensor<Double> = network.layout.initialParameters(seed: 5)
    func answer(_ n: Int) -> [Double] {
      let p = BoundParameters(parameters, network.layout, on: Tape())
      let wave = (0..<n).map { cell in 1 - 2 * abs(2 * Double(cell) / Double(n) - 1) }
      // A triangle's mean and first frequency are within the modes; what lies above is not in the answer's low part.
      let smooth = Tensor(wave, shape: [1, n, 1])
      let low = p.tape.constant(smooth).spectrallyConvolved(
        with: p.tape.constant(Tensor([1, 0, 1, 0], shape: [2, 1, 1, 2])), SpectralModes([2]))
      return network(low, p).value.elements
    }
    let (coarse, fine) = (answer(64), answer(128))
    for i in 0..<64 { #expect(abs(coarse[i] - fine[2 * i]) < 1e-3) }
  }

  @Test("Waves of a time have unit length and tell times apart")
  func waves() {
    let rows: Tensor<Double> = TimeEmbedding.waves([0, 1, 1.5], width: 8)
    #expect(
      rows.shape == [3, 8] && rows.elements[..<4].allSatisfy { $0 == 1 } && rows.elements[4..<8].allSatisfy { $0 == 0 })
    for row in 0..<3 {
      let sum = rows.elements[(8 * row)..<(8 * row + 8)].reduce(0) { $0 + $1 * $1 }
      #expect(abs(sum - 4) < 1e-12)
    }
    #expect(rows.elements[8..<16] != rows.elements[16..<24])
  }
}
