import DesignSamplers
import Foundation
import Testing

@Suite("Files of samplers") struct SamplerWeightsTests {
  private let network = DenoisingPerceptron(size: 2, width: 8, blocks: 1)
  private let scaling = DesignScaling(mean: [0.25, -2], deviation: [0.5, 4])

  private func withFile(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let weights = SamplerWeights(
      network.layout.initialParameters(seed: 1), scaling: scaling, recipe: ["seed": "1"])
    try weights.write(network, space: "pairs", to: path)
    try body(path)
  }

  @Test("What is read is what was written, to half precision") func roundTrip() throws {
    try withFile { path in
      let read = try SamplerWeights.read(path, network, space: "pairs", designCount: 2)
      let written: Tensor<Float> = network.layout.initialParameters(seed: 1)
      for (a, b) in zip(read.parameters.elements, written.elements) { #expect(abs(a - b) <= 0x1p-11 * abs(b)) }
      #expect(read.scaling == scaling)
      #expect(read.recipe["seed"] == "1")
    }
  }

  @Test("Another space, another network and damage are told apart") func refusals() throws {
    func message(_ path: String, _ network: DenoisingPerceptron, _ space: String) -> String {
      do {
        _ = try SamplerWeights.read(path, network, space: space, designCount: 2)
        return "read"
      } catch {
        return error.description
      }
    }
    try withFile { path in
      #expect(message(path, network, "triples").contains("it makes pairs, expected triples"))
      #expect(message(path, DenoisingPerceptron(size: 2, width: 12, blocks: 1), "pairs").contains("another network"))
      var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
      bytes[bytes.count - 20] ^= 1
      try Data(bytes).write(to: URL(filePath: path))
      #expect(message(path, network, "pairs").contains("checksum"))
      try NetworkWeights.write(network.layout.initialParameters(seed: 1), network.layout, to: path)
      #expect(message(path, network, "pairs").contains("not of a sampler"))
    }
  }
}

@Suite("Best of many") struct BestOfManyTests {
  @Test("The expected best of k is the mean over all choices") func expected() {
    let costs = [3.0, 1, 4, 1.5]
    #expect(BestOfMany.expected(costs, of: 1) == 2.375)
    // Six pairs: 1, 3, 1.5, 1, 1, 1.5.
    #expect(abs(BestOfMany.expected(costs, of: 2) - 9.0 / 6) < 1e-14)
    #expect(BestOfMany.expected(costs, of: 4) == 1)
    #expect(BestOfMany.expected([1, .infinity], of: 1) == .infinity)
  }

  @Test("Good designs that differ are taken first") func distinct() {
    let designs: [DenseVector] = [[0, 0], [0.1, 0], [2, 0], [5, 5]]
    #expect(BestOfMany.distinct(designs, costs: [1, 0.9, 2, .infinity], count: 2, distance: 1) == [1, 2])
    #expect(BestOfMany.distinct(designs, costs: [1, 0.9, 2, .infinity], count: 4, distance: 1) == [1, 2, 0])
  }

  @Test("What a simulator was asked is counted") func counting() {
    let cost = CountedCost(
      SeparateCost(DesignScaling(mean: [0], deviation: [1])) { x in
        if x[0] < 0 { throw SolveFailure(.diverged, "below") }
        return (x[0], [1])
      })
    let designs = Tensor<Float>([1, -1, 2], shape: [3, 1])
    #expect(cost.costs(designs) == [1, .infinity, 2])
    _ = cost.linearize(designs)
    #expect(cost.count.values == 3 && cost.count.gradients == 3 && cost.count.failures == 2)
  }
}
