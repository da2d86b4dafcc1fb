import DesignSamplers
import Foundation
import Testing

@Suite("Samplers") struct SamplerTests {
  /// The largest distance from the exact flow over some designs.
  private func error(_ schedule: NoiseSchedule, _ sampler: any DesignSampler) throws -> Double {
    let denoiser = NormalDenoiser()
    let designs = try Sampling(denoiser, schedule, sampler).designs(count: 20, seed: 1)
    let noise = SampleNoise(seed: 1)([20, 2], draw: 0)
    let start = sampler.levels(of: schedule)[0]
    return (0..<40).map { abs(Double(designs[$0]) - denoiser.end(ofNoise: noise[$0], from: start)) }.max() ?? .infinity
  }

  @Test("Deterministic samplers follow the flow with their order", arguments: NoiseSchedule.allCases)
  func orders(schedule: NoiseSchedule) throws {
    func order(_ steps: Int, _ make: (Int) -> any DesignSampler) throws -> Double {
      log2(try error(schedule, make(steps)) / error(schedule, make(2 * steps)))
    }
    #expect(try order(40) { ImplicitSampler(steps: $0) } > 0.8)
    #expect(try order(20) { FlowMidpointSampler(steps: $0) } > 1.9)
    // Equal steps in time are equal steps of the ratio of noise to signal for these alone, up to the last step, which
    // is of first order by design.
    if schedule == .karras || schedule == .flow {
      #expect(try order(80) { HeunSampler(steps: $0) } > 1.7)
      #expect(try order(80) { MultistepSampler(steps: $0) } > 1.5)
    }
  }

  @Test("Samplers with noise give the deviation of the designs", arguments: NoiseSchedule.allCases)
  func deviations(schedule: NoiseSchedule) throws {
    for sampler in [AncestralSampler(steps: 200), HeunSampler(steps: 80, stirring: 0.1)] as [any DesignSampler] {
      let designs = try Sampling(NormalDenoiser(), schedule, sampler).designs(count: 1000, seed: 2)
      let square = designs.elements.reduce(0.0) { $0 + Double($1) * Double($1) } / 2000
      #expect(abs(square.squareRoot() - 0.5) < 0.025, "\(schedule), \(type(of: sampler)): \(square.squareRoot())")
    }
  }

  @Test("The implicit sampler with all noise is the ancestral one", arguments: NoiseSchedule.allCases)
  func ancestral(schedule: NoiseSchedule) throws {
    let a = try Sampling(NormalDenoiser(), schedule, AncestralSampler(steps: 12)).designs(count: 8, seed: 3)
    let b = try Sampling(NormalDenoiser(), schedule, ImplicitSampler(steps: 12, noise: 1)).designs(count: 8, seed: 3)
    #expect((a.vector - b.vector).largestMagnitude < 1e-5)
  }

  @Test("A design is the same whatever is sampled beside it")
  func alone() throws {
    let sampling = Sampling(NormalDenoiser(), .cosine, AncestralSampler(steps: 5))
    let many = try sampling.designs(count: 9, seed: 4), few = try sampling.designs(count: 3, seed: 4)
    #expect(Array(many.elements[..<6]) == few.elements)
    #expect(many != (try sampling.designs(count: 9, seed: 5)))
  }

  @Test("Recurrence keeps the deviation of the designs")
  func recurrence() throws {
    var sampling = Sampling(NormalDenoiser(), .cosine, ImplicitSampler(steps: 60))
    sampling.recurrences = 2
    let designs = try sampling.designs(count: 1000, seed: 6)
    let square = designs.elements.reduce(0.0) { $0 + Double($1) * Double($1) } / 2000
    #expect(abs(square.squareRoot() - 0.5) < 0.03, "\(square.squareRoot())")
  }

  @Test("Predictions and designs follow from each other", arguments: Prediction.allCases)
  func predictions(prediction: Prediction) {
    for schedule in NoiseSchedule.allCases {
      for time in [0.05, 0.5, 0.9] {
        let level = schedule.level(at: time)
        let (noise, design) = (0.7, -1.3)
        let x = level.signal * design + level.deviation * noise
        let (p, q) = prediction.mixture(at: level)
        let (a, b) = prediction.cleaning(at: level)
        #expect(abs(a * x + b * (p * noise + q * design) - design) < 1e-9)
      }
    }
  }

  @Test("Schedules end clean, and noise grows", arguments: NoiseSchedule.allCases)
  func schedules(schedule: NoiseSchedule) {
    let levels = schedule.levels(steps: 20, largestRatio: 160)
    #expect(levels.count == 21 && levels[20].isClean)
    #expect(zip(levels, levels.dropFirst()).allSatisfy { $0.halfLogRatio < $1.halfLogRatio })
    #expect(schedule.level(ofRatio: 3).deviation.isNear(3 * schedule.level(ofRatio: 3).signal))
  }
}

extension Double {
  fileprivate func isNear(_ other: Double) -> Bool { abs(self - other) < 1e-12 * Swift.max(1, abs(other)) }
}
