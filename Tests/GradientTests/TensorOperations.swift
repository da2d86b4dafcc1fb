import Backsolve
import TestSupport
import Tensors
import Testing

extension GradientTable {
  /// A row for an operation on tensors, in double precision: its operands one after the other are the point.
  private static func row(
    _ name: String, _ shapes: [[Int]], firstStep: Double = 1e-2,
    _ operation: @escaping @Sendable ([Variable<Double>]) -> Variable<Double>
  ) -> GradientCase {
    var generator = SeededGenerator(seed: 9)
    let counts = shapes.map { $0.reduce(1, *) }
    @Sendable func operands(_ point: DenseVector, on tape: Tape<Double>) -> [Variable<Double>] {
      var start = 0
      return zip(shapes, counts).map { shape, count in
        defer { start += count }
        return tape.input(Tensor(Array(point.elements[start..<(start + count)]), shape: shape))
      }
    }
    return GradientCase(
      name, at: generator.vector(count: counts.reduce(0, +)), firstStep: firstStep,
      image: { point in operation(operands(point, on: Tape())).value.vector },
      pullback: { seed, point in
        let tape = Tape<Double>()
        let inputs = operands(point, on: tape)
        let output = operation(inputs)
        guard !seed.isEmpty else { return DenseVector(zeros: point.count) }
        let gradients = tape.pullback(Tensor(seed, shape: output.shape), from: output)
        return DenseVector(inputs.flatMap { gradients[$0].elements })
      })
  }

  static let tensorOperations: [GradientCase] = [
    row("tensors: sum, difference, product", [[3, 4], [3, 4]]) { ($0[0] + $0[1]) * ($0[0] - $0[1]) },
    row("tensors: scaled and shifted", [[7]]) { $0[0].scaled(by: 3).shifted(by: 1) * $0[0] },
    row("tensors: one operand twice", [[5]]) { $0[0] * $0[0] + $0[0] },
    row("row added to rows", [[2, 3, 5], [5]]) { $0[0].addingRow($0[1]) * $0[0] },
    row("rows of the batch added to places", [[2, 3, 5], [2, 5]]) { $0[0].addingRowOfBatch($0[1]) * $0[0] },
    row("mean of places", [[2, 6, 3]]) { $0[0].meanOfPlaces() * $0[0].meanOfPlaces() },
    row("sum", [[3, 5]]) { ($0[0] * $0[0]).sum() },
    row("mean square", [[3, 5]]) { $0[0].meanSquare() },
    row("matrix product with bias", [[2, 3, 7], [7, 11], [11]]) { $0[0].times($0[1], bias: $0[2]) },
    row("matrix product across blocks of depth", [[2, 300], [300, 3]]) { $0[0].times($0[1]) },
    row("batched product", [[2, 3, 4], [2, 4, 5]]) { $0[0].batchedTimes($0[1]) },
    row("batched product with a transpose", [[2, 3, 4], [2, 5, 4]]) { $0[0].batchedTimes($0[1], transposed: true) },
    row("softmax", [[3, 11]]) { $0[0].softmax() },
    row("attention", [[2, 3, 4], [2, 5, 4], [2, 5, 2]]) { $0[0].attention(keys: $0[1], values: $0[2]) },
    row("sigmoid", [[9]]) { $0[0].sigmoid() },
    row("tanh", [[9]]) { $0[0].tanh() },
    row("SiLU", [[9]]) { $0[0].silu() },
    row("GELU", [[9]]) { $0[0].gelu() },
    row("exponential", [[9]]) { $0[0].exp() },
    // Small steps stay on one side of the kink.
    row("rectified linear", [[9]], firstStep: 1e-4) { ($0[0] * $0[0]).relu() * $0[0].relu() },
    row("convolution 1D", [[2, 9, 3], [3, 3, 5], [5]]) { $0[0].convolved(with: $0[1], bias: $0[2]) },
    row("convolution 2D", [[2, 5, 7, 3], [3, 3, 3, 9], [9]]) { $0[0].convolved(with: $0[1], bias: $0[2]) },
    row("convolution 3D", [[1, 4, 3, 5, 2], [3, 3, 3, 2, 3]]) { $0[0].convolved(with: $0[1]) },
    row("convolution by two cells", [[2, 6, 8, 2], [3, 3, 2, 3]]) {
      $0[0].convolved(with: $0[1], ConvolutionOptions(stride: 2))
    },
    row("convolution by two cells of an odd number", [[1, 7, 9, 2], [3, 3, 2, 3]]) {
      $0[0].convolved(with: $0[1], ConvolutionOptions(stride: 2))
    },
    row("convolution without padding", [[1, 6, 8, 2], [3, 5, 2, 3]]) {
      $0[0].convolved(with: $0[1], ConvolutionOptions(padding: 0))
    },
    row("convolution over a periodic domain", [[2, 4, 6, 2], [3, 3, 2, 3]]) {
      $0[0].convolved(with: $0[1], ConvolutionOptions(border: .periodic))
    },
    row("transposed convolution", [[2, 3, 4, 3], [2, 2, 5, 3]]) {
      $0[0].transposedConvolved(with: $0[1], cells: [6, 8], ConvolutionOptions(stride: 2, padding: 0))
    },
    row("group normalization", [[2, 3, 4, 6], [6], [6]]) {
      $0[0].groupNormalized(groups: 2, scale: $0[1], shift: $0[2])
    },
    row("instance normalization", [[2, 5, 3], [3], [3]]) {
      $0[0].groupNormalized(groups: 3, scale: $0[1], shift: $0[2])
    },
    row("layer normalization", [[3, 10], [10], [10]]) { $0[0].layerNormalized(scale: $0[1], shift: $0[2]) },
    row("columns joined", [[3, 2], [3, 5]]) { .joined([$0[0] * $0[0], $0[1]]) },
    row("some columns", [[3, 6]]) { ($0[0] * $0[0]).columns(1..<4) },
    row("axes permuted", [[2, 3, 4]]) { ($0[0] * $0[0]).permuted([2, 0, 1]) },
    row("rows gathered", [[4, 3]]) { ($0[0] * $0[0]).rows([3, 0, 0, 2, 1]) },
    row("segment sums", [[5, 3]]) { ($0[0] * $0[0]).segmentSums([1, 0, 1, 3, 3], count: 4) },
    row("average pooling", [[2, 4, 6, 3]]) { ($0[0] * $0[0]).averagePooled() },
    // Apart by more than the steps of the test, so that the largest stays the same.
    row("max pooling", [[2, 4, 6, 3]], firstStep: 1e-4) { ($0[0] * $0[0]).maxPooled() },
    row("complex product", [[3, 4, 2], [3, 4, 2]]) { $0[0].complexTimes($0[1]) },
    row("complex batched product", [[2, 3, 4, 2], [2, 4, 5, 2]]) { $0[0].complexBatchedTimes($0[1]) },
    row("Fourier transform 1D", [[2, 8, 3]]) { ($0[0] * $0[0]).fourierTransformed() },
    row("Fourier transform of an odd number of cells", [[1, 7, 2]]) { ($0[0] * $0[0]).fourierTransformed() },
    row("Fourier transform 2D", [[2, 5, 6, 2]]) { ($0[0] * $0[0]).fourierTransformed() },
    row("Fourier transform 3D", [[1, 3, 4, 6, 2]]) { ($0[0] * $0[0]).fourierTransformed() },
    row("Fourier transform back 1D", [[2, 4, 3, 2]]) { ($0[0] * $0[0]).fourierTransformedBack(cells: [7]) },
    row("Fourier transform back 2D", [[2, 5, 4, 2, 2]]) { ($0[0] * $0[0]).fourierTransformedBack(cells: [5, 6]) },
    row("Fourier transform back 3D", [[1, 3, 4, 4, 2, 2]]) {
      ($0[0] * $0[0]).fourierTransformedBack(cells: [3, 4, 6])
    },
    row("spectral convolution", [[2, 5, 6, 3], [6, 3, 4, 2]]) {
      $0[0].spectrallyConvolved(with: $0[1], SpectralModes([2, 2]))
    },
    row("up-sampling", [[2, 2, 3, 3]]) { ($0[0] * $0[0]).upsampled() },
  ]

  @Test(arguments: tensorOperations)
  func tensorOperation(_ row: GradientCase) throws { try row.check() }
}
