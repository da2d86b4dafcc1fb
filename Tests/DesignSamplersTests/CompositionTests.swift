import DesignSamplers
import Foundation
import Testing

@Suite("Composition") struct CompositionTests {
  @Test("Windows cover the time and overlap")
  func windows() {
    for steps in 24...90 {
      for overlap in [0, 6, 12, 23] {
        let windows = TrajectoryLayout(steps: steps, bodies: 2, features: 4).windows(length: 24, overlap: overlap)
        #expect(windows.first?.lowerBound == 0 && windows.last?.upperBound == steps)
        #expect(windows.allSatisfy { $0.count == 24 })
        #expect(zip(windows, windows.dropFirst()).allSatisfy { $0.upperBound - $1.lowerBound >= overlap })
      }
    }
    #expect(TrajectoryLayout(steps: 24, bodies: 2, features: 4).windows(length: 24, overlap: 12) == [0..<24])
  }

  @Test("A piece lists its bodies' numbers as a trajectory of their own")
  func pieces() {
    let layout = TrajectoryLayout(steps: 3, bodies: 3, features: 2)
    #expect(layout.piece(bodies: [0, 2], steps: 1..<3) == [6, 7, 10, 11, 12, 13, 16, 17])
    #expect(layout.count == 18 && layout.number(step: 2, body: 1, feature: 1) == 15)
  }

  /// Pairs in a row of normal numbers, each with its neighbours: joint density = product of pairs over the numbers in
  /// between, so the sum of the energies with the singles taken off is exact.
  @Test("Pairs less what is counted twice are the whole, exactly where they hang together as a chain")
  func chain() throws {
    // A chain x0 - x1 - x2 with correlation r between neighbours: x0 and x2 have r².
    let r = 0.7
    let pair = CorrelatedDenoiser(covariance: [[1, r], [r, 1]])
    let single = CorrelatedDenoiser(covariance: [[1]])
    let whole = CorrelatedDenoiser(covariance: [[1, r, r * r], [r, 1, r], [r * r, r, 1]])
    let sum = SummedDenoiser(
      count: 3, [.init(pair, pieces: [[0, 1], [1, 2]]), .init(single, pieces: [[1]], weight: -1)])
    // Exact where there is no noise; with noise the sum is of the noisy energies, near it while noise is small.
    let level = NoiseLevel(signal: 0.9998, deviation: 0.02)
    let x = Tensor<Float>([0.4, -0.8, 1.1], shape: [1, 3])
    let a = try sum.denoise(x, at: level).elements, b = whole.denoise(x, at: level).elements
    // What denoising moves is the score: it agrees to the noise's part, where the mean over models does not.
    let mean = try SummedDenoiser(count: 3, [.init(pair, pieces: [[0, 1], [1, 2]])]).denoise(x, at: level).elements
    let moved = zip(b, x.elements).map { abs($0 - $1) }.max() ?? 0
    let miss = zip(a, b).map { abs($0 - $1) }.max() ?? 1
    let missOfMean = zip(mean, b).map { abs($0 - $1) }.max() ?? 0
    #expect(miss < 0.02 * moved, "\(miss) of \(moved)")
    #expect(missOfMean > 10 * miss, "\(missOfMean) \(miss)")
  }

  @Test("More steps than a model knows hang together as their windows say, and bodies apart stay apart")
  func more() throws {
    // Numbers that follow their body's number of the step before, by 0.9; nothing joins two bodies.
    let window = 4
    func covariance(_ bodies: Int) -> [[Double]] {
      (0..<window * bodies).map { i in
        (0..<window * bodies).map { j in
          i % bodies == j % bodies ? pow(0.9, Double(abs(i / bodies - j / bodies))) : 0
        }
      }
    }
    let layout = TrajectoryLayout(steps: 10, bodies: 3, features: 1)
    for single in [nil, CorrelatedDenoiser(covariance: covariance(1))] {
      let sum = SummedDenoiser(
        layout, pair: CorrelatedDenoiser(covariance: covariance(2)), single: single, window: window, overlap: 2)
      let x = try Sampling(sum, .cosine, AncestralSampler(steps: 15)).designs(count: 24, seed: 4).elements
      var (square, along, across) = (0.0, 0.0, 0.0)
      for row in 0..<24 {
        for step in 0..<9 {
          func number(_ step: Int, _ body: Int) -> Double {
            Double(x[row * layout.count + layout.number(step: step, body: body % 3)])
          }
          for body in 0..<3 {
            square += number(step, body) * number(step, body)
            along += number(step, body) * number(step + 1, body)
            across += number(step, body) * number(step, body + 1)
          }
        }
      }
      // One where windows are the whole; the mean of several varies less.
      #expect((0.35...1.6).contains(square / 648), "mean square \(square / 648)")
      #expect(along / square > 0.6, "from step to step \(along / square)")
      #expect(abs(across / square) < 0.3, "from body to body \(across / square)")
    }
  }
}

/// The exact denoiser of designs that are normal with mean zero: x0 = α Σ (α² Σ + σ²)⁻¹ x.
private struct CorrelatedDenoiser: Denoiser {
  let covariance: [[Double]]
  var shape: [Int] { [covariance.count] }

  func denoise(_ x: Tensor<Float>, at level: NoiseLevel) -> Tensor<Float> {
    let n = covariance.count
    let rows = (0..<x.shape[0]).flatMap { row -> [Float] in
      var a = (0..<n).map { i in
        (0..<n).map { j in
          level.signal * level.signal * covariance[i][j] + (i == j ? level.deviation * level.deviation : 0)
        } + [Double(x[row * n + i])]
      }
      for k in 0..<n {
        for i in 0..<n where i != k {
          let factor = a[i][k] / a[k][k]
          for j in k...n { a[i][j] -= factor * a[k][j] }
        }
      }
      let y = (0..<n).map { a[$0][n] / a[$0][$0] }
      return (0..<n).map { i in Float(level.signal * (0..<n).reduce(0) { $0 + covariance[i][$1] * y[$1] }) }
    }
    return Tensor(rows, shape: x.shape)
  }

  /// Symmetric, so its own transpose.
  func linearize(
    _ x: Tensor<Float>, at level: NoiseLevel
  ) -> (clean: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
    (denoise(x, at: level), { denoise($0, at: level) })
  }
}
