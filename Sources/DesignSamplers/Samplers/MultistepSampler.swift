import Foundation

/// DPM-Solver++(2M): algorithm 2 of Lu et al. (2022), of second order with one answer of the network a step. The last step
/// is of first order, as the authors advise for few steps.
public struct MultistepSampler: DesignSampler {
  public let steps: Int
  public init(steps: Int) {
    precondition(steps > 0, "\(steps) steps")
    self.steps = steps
  }

  public func levels(of schedule: NoiseSchedule) -> [NoiseLevel] { schedule.levels(steps: steps, largestRatio: 160) }

  public func step(
    _ x: Tensor<Float>, _ step: SamplingStep, memory: inout SamplerMemory,
    clean: (Tensor<Float>, NoiseLevel) throws -> Tensor<Float>
  ) throws -> Tensor<Float> {
    let design = try clean(x, step.from)
    defer { memory.last = (design, step.from) }
    let (from, to) = (step.from, step.to)
    guard !to.isClean else { return .combined([(to.signal, design)]) }
    let h = to.halfLogRatio - from.halfLogRatio
    // σ_t / σ_s and α_t (1 - e^-h).
    let (ofState, ofDesign) = (to.deviation / from.deviation, -to.signal * expm1(-h))
    guard let (before, level) = memory.last else { return .combined([(ofState, x), (ofDesign, design)]) }
    let half = 0.5 * h / (from.halfLogRatio - level.halfLogRatio)
    return .combined([(ofState, x), (ofDesign * (1 + half), design), (-ofDesign * half, before)])
  }
}
