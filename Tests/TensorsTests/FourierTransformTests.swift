import TestSupport
import Tensors
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Fourier transforms of tensors") struct FourierTransformTests {
  @Test("The transform of a 2D signal is the sum of its definition")
  func definition() {
    var generator = SeededGenerator(seed: 4)
    let (h, w) = (3, 6)
    let x = Tensor<Double>(normal: [1, h, w, 2], using: &generator)
    let frequencies = Tape().input(x).fourierTransformed()
    #expect(frequencies.shape == [1, 3, 4, 2, 2])
    for k in 0..<h {
      for l in 0..<(w / 2 + 1) {
        for channel in 0..<2 {
          var (real, imaginary) = (0.0, 0.0)
          for i in 0..<h {
            for j in 0..<w {
              let angle = -2 * Double.pi * (Double(k * i) / Double(h) + Double(l * j) / Double(w))
              real += x[(i * w + j) * 2 + channel] * cos(angle)
              imaginary += x[(i * w + j) * 2 + channel] * sin(angle)
            }
          }
          let at = ((k * 4 + l) * 2 + channel) * 2
          #expect(abs(frequencies.value[at] - real) < 1e-12)
          #expect(abs(frequencies.value[at + 1] - imaginary) < 1e-12)
        }
      }
    }
  }

  @Test("There and back is where it was, in both precisions", arguments: [[7], [8], [5, 6], [4, 3, 5]])
  func roundTrip(cells: [Int]) {
    func largestError<S: TensorScalar>(_: S.Type) -> S {
      var generator = SeededGenerator(seed: 5)
      let x = Tensor<S>(normal: [2] + cells + [3], using: &generator)
      let back = Tape<S>().input(x).fourierTransformed().fourierTransformedBack(cells: cells)
      #expect(back.shape == x.shape)
      return zip(x.elements, back.value.elements).map { abs($0 - $1) }.max() ?? .infinity
    }
    #expect(largestError(Double.self) < 1e-14)
    #expect(largestError(Float.self) < 1e-6)
  }

  @Test("A spectral convolution answers the same on a finer grid")
  func resolution() {
    var generator = SeededGenerator(seed: 6)
    let modes = SpectralModes([2, 3])
    let weights = Tensor<Double>(normal: [modes.count, 1, 1, 2], using: &generator)
    /// A wave within the modes, at n by n cells.
    func answer(_ n: Int) -> Tensor<Double> {
      let wave = (0..<n * n).map { cell in
        let (y, x) = (Double(cell / n) / Double(n), Double(cell % n) / Double(n))
        return cos(2 * .pi * (y - 2 * x)) + 0.3
      }
      let tape = Tape<Double>()
      return tape.input(Tensor(wave, shape: [1, n, n, 1])).spectrallyConvolved(with: tape.input(weights), modes).value
    }
    let (coarse, fine) = (answer(6), answer(12))
    for y in 0..<6 {
      for x in 0..<6 { #expect(abs(coarse[y * 6 + x] - fine[2 * y * 12 + 2 * x]) < 1e-12) }
    }
    #expect(coarse.vector.largestMagnitude > 0.1)
  }

  @Test("The largest of each block, and the seed to where it was")
  func maxPooling() {
    let tape = Tape<Float>()
    let x = tape.input(Tensor([1, 5, 2, 2, -3, 0, 7, -1], shape: [1, 2, 4, 1]))
    let y = x.maxPooled()
    #expect(y.value.elements == [5, 7])
    #expect(tape.pullback(Tensor([10, 20], shape: y.shape), from: y)[x].elements == [0, 10, 0, 0, 0, 0, 20, 0])
  }
}
