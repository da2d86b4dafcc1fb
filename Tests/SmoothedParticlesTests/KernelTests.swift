import Foundation
import Testing

@testable import SmoothedParticles

@Suite("Smoothing kernels")
struct KernelTests {
  @Test("the integral is one, in one, two and three dimensions", arguments: SmoothingKernel.allCases)
  func integral(_ kernel: SmoothingKernel) {
    let h = 0.7, support = kernel.supportRatio * h
    for dimension in 1...3 {
      let count = 4000, width = support / Double(count)
      var sum = 0.0
      for i in 0..<count {
        let r = (Double(i) + 0.5) * width
        let shell = [2, 2 * .pi * r, 4 * .pi * r * r][dimension - 1]
        sum += kernel.evaluate(r, smoothingLength: h, dimension: dimension).value * shell * width
      }
      #expect(abs(sum - 1) < 1e-6, "\(kernel) in \(dimension)D")
    }
  }

  @Test("slope and curvature are the derivatives", arguments: SmoothingKernel.allCases)
  func derivatives(_ kernel: SmoothingKernel) {
    let h = 0.7, step = 1e-5
    for q in stride(from: 0.15, to: kernel.supportRatio, by: 0.31) {
      let r = q * h
      let here = kernel.evaluate(r, smoothingLength: h, dimension: 2)
      let ahead = kernel.evaluate(r + step, smoothingLength: h, dimension: 2)
      let behind = kernel.evaluate(r - step, smoothingLength: h, dimension: 2)
      #expect(abs((ahead.value - behind.value) / (2 * step) - here.slope) < 1e-6)
      #expect(abs((ahead.slope - behind.slope) / (2 * step) - here.curvature) < 1e-4)
    }
  }

  @Test("nothing is left at the support", arguments: SmoothingKernel.allCases)
  func support(_ kernel: SmoothingKernel) {
    let end = kernel.evaluate(kernel.supportRatio * 0.7 * 1.000001, smoothingLength: 0.7, dimension: 3)
    #expect(end.value == 0 && end.slope == 0 && end.curvature == 0)
  }
}
