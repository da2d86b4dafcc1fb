import DesignSamplers
import Foundation
import NeuralNetworks

/// A trained model's clean pair of ln K and p, whose pressure a second network corrects where it misses the equation. ln K is
/// the first model's, which is not trained any more: what the second learns cannot touch it.
///
/// Each round adds to p what the network answers to the noisy pair, ln K, p and what a step of Jacobi's method would add. That
/// last one is given with size one and gives its own size to the answer: each round may then lower what the one before has
/// left by as much, and there may be more rounds than in training.
struct CorrectedPressure: DenoisingNetwork {
  let first: UNet
  /// `[first.layout.count]`.
  let parameters: Tensor<Float>
  /// What the first answers.
  let prediction: Prediction
  let second: UNet
  var rounds: Int
  /// `[batch, cells, cells, 2]`, of size one, to div(K grad p) + f, `[batch, cells * cells]`.
  let residual: @Sendable (Variable<Float>) -> Variable<Float>
  /// `[batch, cells, cells, 1]`, of size one, to the negated derivative of a cell's residual in its own p, of size one.
  let diagonal: @Sendable (Tensor<Float>) -> Tensor<Float>

  init(
    _ first: UNet, _ parameters: Tensor<Float>, _ prediction: Prediction, rounds: Int,
    residual: @escaping @Sendable (Variable<Float>) -> Variable<Float>,
    diagonal: @escaping @Sendable (Tensor<Float>) -> Tensor<Float>
  ) {
    var options = first.options
    (options.inputs, options.outputs) = (5, 1)
    (self.first, self.parameters, self.prediction, second) = (first, parameters, prediction, UNet(options))
    (self.rounds, self.residual, self.diagonal) = (rounds, residual, diagonal)
  }

  var layout: ParameterLayout { second.layout }
  var conditions: Int { 0 }

  func answer<S: TensorScalar>(
    _ x: Variable<S>, times: [Double], condition: Variable<S>?, _ p: BoundParameters<S>
  ) -> Variable<S> {
    guard let x = x as? Variable<Float>, let p = p as? BoundParameters<Float>,
      let answer = corrected(x, times, p) as? Variable<S>
    else { preconditionFailure("the equation is in single precision") }
    return answer
  }

  private func corrected(_ x: Variable<Float>, _ times: [Double], _ p: BoundParameters<Float>) -> Variable<Float> {
    let tape = Tape<Float>(recordsDerivatives: false)
    let frozen = BoundParameters(parameters, first.layout, on: tape, isTracked: false)
    let noisy = tape.constant(x.value)
    let start = x.tape.constant(clean(noisy, first(noisy, times: times, frozen), times).value)
    let ground = start.columns(0..<1)
    var water = start.columns(1..<2)
    let inverse = x.tape.constant(Tensor(diagonal(ground.value).elements.map { 1 / $0 }, shape: water.shape))
    let batch = x.shape[0]
    for _ in 0..<rounds {
      let step = residual(.joined([ground, water])).reshaped(to: water.shape) * inverse
      let values = step.value.elements, size = values.count / batch
      let sizes = (0..<batch).flatMap { row in
        let square = values[row * size..<(row + 1) * size].reduce(0) { $0 + $1 * $1 } / Float(size)
        return [Float](repeating: max(1e-12, square.squareRoot()), count: size)
      }
      let whole = x.tape.constant(Tensor(sizes.map { 1 / $0 }, shape: water.shape))
      let answer = second(.joined([x, ground, water, step * whole]), times: times, p)
      water = water + answer * x.tape.constant(Tensor(sizes, shape: water.shape))
    }
    return .joined([ground, water])
  }

  private func clean(_ x: Variable<Float>, _ answer: Variable<Float>, _ times: [Double]) -> Variable<Float> {
    let size = x.count / times.count
    // Levels are angles from signal to noise; x has size one at each.
    let factors = times.map { time in
      let angle = Double.pi / 200 * time
      return prediction.cleaning(at: NoiseLevel(signal: max(0, cos(angle)), deviation: sin(angle)))
    }
    func rows(_ numbers: [Double]) -> Variable<Float> {
      x.tape.constant(Tensor(numbers.flatMap { [Float](repeating: Float($0), count: size) }, shape: x.shape))
    }
    return x * rows(factors.map(\.state)) + answer * rows(factors.map(\.answer))
  }
}
