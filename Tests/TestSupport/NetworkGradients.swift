import NeuralNetworks

extension GradientCase {
  /// A network in double precision: its parameters, then its inputs, are the point.
  ///
  /// - Parameters:
  ///   - parameters: `[layout.count]`, where they are tested.
  ///   - shapes: Of the inputs.
  ///   - network: From inputs to an answer, on the tape.
  public static func network(
    _ name: String, _ layout: ParameterLayout, parameters: DenseVector, inputs shapes: [[Int]], firstStep: Double,
    using generator: inout SeededGenerator,
    _ network: @escaping @Sendable ([Variable<Double>], BoundParameters<Double>) -> Variable<Double>
  ) -> GradientCase {
    let inputs = generator.vector(count: shapes.reduce(0) { $0 + $1.reduce(1, *) })
    @Sendable func onTape(_ point: DenseVector) -> (BoundParameters<Double>, [Variable<Double>]) {
      let tape = Tape<Double>()
      var rest = point.elements[...]
      func next(_ shape: [Int]) -> Tensor<Double> {
        let count = shape.reduce(1, *)
        defer { rest = rest.dropFirst(count) }
        return Tensor(rest.prefix(count), shape: shape)
      }
      let bound = BoundParameters(next([layout.count]), layout, on: tape)
      return (bound, shapes.map { tape.input(next($0)) })
    }
    return GradientCase(
      name, at: DenseVector(parameters.elements + inputs.elements), firstStep: firstStep,
      image: { point in
        let (parameters, inputs) = onTape(point)
        return network(inputs, parameters).value.vector
      },
      pullback: { seed, point in
        let (parameters, inputs) = onTape(point)
        let output = network(inputs, parameters)
        guard !seed.isEmpty else { return DenseVector(zeros: point.count) }
        let gradients = parameters.tape.pullback(Tensor(seed, shape: output.shape), from: output)
        return DenseVector(parameters.gradient(gradients).elements + inputs.flatMap { gradients[$0].elements })
      })
  }
}
