import DesignSamplers
import Foundation

/// A trained model's clean point, which a second network moves in rounds where it misses x² + y² = 1: the circle's own
/// `CorrectedPressure`. Each round it sees the noisy point, the clean one and the sign of the equation's residual, and
/// its answer is taken times the residual's size.
struct CorrectedPoint: DenoisingNetwork {
  let first: DenoisingPerceptron
  /// `[first.layout.count]`.
  let parameters: Tensor<Float>
  /// What the first answers.
  let prediction: Prediction
  let second: DenoisingPerceptron
  var rounds: Int
  /// `[batch, 2]`, of size one, to x² + y² - 1, `[batch, 1]`.
  let residual: @Sendable (Variable<Float>) -> Variable<Float>

  init(
    _ first: DenoisingPerceptron, _ parameters: Tensor<Float>, _ prediction: Prediction, width: Int, rounds: Int,
    residual: @escaping @Sendable (Variable<Float>) -> Variable<Float>
  ) {
    (self.first, self.parameters, self.prediction) = (first, parameters, prediction)
    second = DenoisingPerceptron(size: 2, width: width, blocks: 2, conditions: 3)
    (self.rounds, self.residual) = (rounds, residual)
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
    let answer = first.answer(noisy, times: times, condition: nil, frozen)
    var point = x.tape.constant(clean(noisy, answer, times).value)
    for _ in 0..<rounds {
      let values = residual(point).value.elements
      let signs = Tensor(values.map { $0 < 0 ? Float(-1) : 1 }, shape: [values.count, 1])
      let sizes = Tensor(values.flatMap { [abs($0), abs($0)] }, shape: [values.count, 2])
      let seen = Variable<Float>.joined([x, x.tape.constant(signs)])
      point = point + second.answer(point, times: times, condition: seen, p) * x.tape.constant(sizes)
    }
    return point
  }

  private func clean(_ x: Variable<Float>, _ answer: Variable<Float>, _ times: [Double]) -> Variable<Float> {
    // Levels are angles from signal to noise; x has size one at each.
    let factors = times.map { time in
      let angle = Double.pi / 200 * time
      return prediction.cleaning(at: NoiseLevel(signal: max(0, cos(angle)), deviation: sin(angle)))
    }
    func rows(_ numbers: [Double]) -> Variable<Float> {
      x.tape.constant(Tensor(numbers.flatMap { [Float($0), Float($0)] }, shape: x.shape))
    }
    return x * rows(factors.map(\.state)) + answer * rows(factors.map(\.answer))
  }
}
