import DesignSamplers
import Foundation
import Testing

@Suite("Physics-informed training") struct PhysicsInformedTests {
  /// How far points are from the unit circle: their own deviation is one where x² + y² = 2.
  private static let residual: PhysicsInformedLoss.Residual = { x in
    (x.columns(0..<1) * x.columns(0..<1) + x.columns(1..<2) * x.columns(1..<2)).shifted(by: -2)
  }

  private static let points = Tensor<Float>(
    (0..<64).flatMap { i in
      let angle = 2 * Double.pi * Double(i) / 64
      return [Float(2.0.squareRoot() * cos(angle)), Float(2.0.squareRoot() * sin(angle))]
    }, shape: [64, 2])

  private static let network = DenoisingPerceptron(size: 2, width: 16, blocks: 1)

  /// A loss at drawn parameters, with its gradient.
  private static func value(
    _ loss: PhysicsInformedLoss, at parameters: DenseVector
  ) -> (value: Double, gradient: DenseVector) {
    let tape = Tape<Float>()
    let p = BoundParameters(Tensor<Float>(parameters), network.layout, on: tape)
    var generator = SeededGenerator(seed: 3)
    let value = loss(network, points, p, using: &generator)
    return (Double(value.value[0]), p.gradient(tape.gradient(of: value)).vector)
  }

  private static let parameters: DenseVector = {
    var generator = SeededGenerator(seed: 5)
    return generator.vector(count: network.layout.count, in: -0.7...0.7)
  }()

  @Test("Without strength it is the plain loss")
  func plain() {
    let denoising = DenoisingLoss(.cosine, .velocity)
    let informed = PhysicsInformedLoss(denoising, strength: 0, residual: Self.residual)
    let tape = Tape<Float>()
    let p = BoundParameters(Tensor<Float>(Self.parameters), Self.network.layout, on: tape)
    var generator = SeededGenerator(seed: 3)
    let value = denoising(Self.network, Self.points, p, using: &generator).value[0]
    #expect(Self.value(informed, at: Self.parameters).value == Double(value))
  }

  @Test("One step of sampling is the mean", arguments: [Prediction.velocity, .sample, .flow])
  func oneStep(_ prediction: Prediction) {
    let denoising = DenoisingLoss(.flow, prediction)
    let mean = PhysicsInformedLoss(denoising, .mean, strength: 0.1, residual: Self.residual)
    let sample = PhysicsInformedLoss(denoising, .sample(steps: 1), strength: 0.1, residual: Self.residual)
    #expect(
      Self.value(mean, at: Self.parameters).value == Self.value(sample, at: Self.parameters).value)
  }

  @Test("The gradient is that of the loss", arguments: [PhysicsInformedLoss.Estimation.mean, .sample(steps: 3)])
  func gradient(_ estimation: PhysicsInformedLoss.Estimation) {
    let loss = PhysicsInformedLoss(
      DenoisingLoss(.cosine, .velocity), estimation, strength: 0.05, leastVariance: 0.05, residual: Self.residual)
    var generator = SeededGenerator(seed: 6)
    let direction = generator.vector(count: Self.parameters.count)
    func value(_ step: Double) -> Double {
      Self.value(loss, at: Self.parameters + direction.scaled(by: step)).value
    }
    let (wide, narrow) = ((value(0.02) - value(-0.02)) / 0.04, (value(0.01) - value(-0.01)) / 0.02)
    let difference = (4 * narrow - wide) / 3
    let slope = Self.value(loss, at: Self.parameters).gradient.dot(direction)
    #expect(abs(slope / difference - 1) < 5e-3, "\(slope) \(difference)")
  }
}
