import DifferentiableCore
import NeuralNetworks
import Tensors

extension LearnedGuess.Network {
  /// The mean over some systems of a loss of their starts, for `Trainer`: a value whose derivative by each answer is given.
  ///
  /// - Parameters:
  ///   - descriptions: Of the systems, `[inputs]` each.
  ///   - scale: Of a start beside the network's answer.
  ///   - p: The network's parameters.
  ///   - loss: Of the start of a system, with its gradient; a system without one adds nothing.
  func meanLoss(
    _ descriptions: [[Double]], scale: Double, _ p: BoundParameters<Float>,
    _ loss: (_ system: Int, _ start: DenseVector) -> (value: Double, gradient: DenseVector)?
  ) -> Variable<Float> {
    let count = descriptions.count
    let given = descriptions.flatMap { $0.map { Float($0) } }
    let answer = perceptron(p.tape.constant(Tensor(given, shape: [count, inputs])), p)
    let starts = answer.value.vector.elements
    var total = 0.0
    var slopes: [Float] = []
    for system in 0..<count {
      let start = DenseVector(Array(starts[system * unknowns..<(system + 1) * unknowns])).scaled(by: scale)
      guard let (value, gradient) = loss(system, start) else {
        slopes += [Float](repeating: 0, count: unknowns)
        continue
      }
      total += value / Double(count)
      slopes += gradient.elements.map { Float($0 * scale / Double(count)) }
    }
    let slope = p.tape.constant(Tensor(slopes, shape: answer.shape))
    return ((answer - answer.detached()) * slope).sum().shifted(by: Float(total))
  }
}
