import CFFTW
import DifferentiableCore
import Synchronization

/// A real Fourier transform of FFTW (Frigo & Johnson 2005) over `[cells…, channels]`: over the cells, channel by channel.
///
/// Frequencies are `[cells…, last / 2 + 1, channels, 2]`: those of the last axis that a real signal does not repeat.
/// Plans are made once for each shape and kept for good. They are made without measuring and for memory of any
/// alignment, so that every run computes the same bits.
struct FourierPlan<S: TensorScalar>: @unchecked Sendable {
  private let plan: OpaquePointer
  private let direction: FourierDirection

  static func of(cells: [Int], channels: Int, _ direction: FourierDirection) -> FourierPlan {
    let key = PlanKey(scalar: ObjectIdentifier(S.self), cells: cells, channels: channels, direction: direction)
    // FFTW plans on one thread at a time; plans made are used from any number.
    let known = plans.withLock { plans in
      if let plan = plans[key] { return plan }
      let plan = KeptPlan(pointer: Self.make(cells: cells, channels: channels, direction))
      plans[key] = plan
      return plan
    }
    return FourierPlan(plan: known.pointer, direction: direction)
  }

  /// - Parameter from: Overwritten where the transform is from frequencies to cells.
  func run(from: UnsafeMutablePointer<S>, to: UnsafeMutablePointer<S>) {
    let (from, to) = (UnsafeMutableRawPointer(from), UnsafeMutableRawPointer(to))
    switch (direction, S.self == Float.self) {
    case (.toFrequencies, true):
      fftwf_execute_dft_r2c(
        plan, from.assumingMemoryBound(to: Float.self), to.assumingMemoryBound(to: fftwf_complex.self))
    case (.toFrequencies, false):
      fftw_execute_dft_r2c(
        plan, from.assumingMemoryBound(to: Double.self), to.assumingMemoryBound(to: fftw_complex.self))
    case (.toCells, true):
      fftwf_execute_dft_c2r(
        plan, from.assumingMemoryBound(to: fftwf_complex.self), to.assumingMemoryBound(to: Float.self))
    case (.toCells, false):
      fftw_execute_dft_c2r(
        plan, from.assumingMemoryBound(to: fftw_complex.self), to.assumingMemoryBound(to: Double.self))
    }
  }

  private static func make(cells: [Int], channels: Int, _ direction: FourierDirection) -> OpaquePointer {
    precondition(S.self == Float.self || S.self == Double.self, "no Fourier transform of \(S.self)")
    let frequencies = cells.dropLast() + [cells[cells.count - 1] / 2 + 1]
    // FFTW takes the extents of its arrays as 32-bit numbers.
    var extents = cells.map { Int32($0) }
    let (rank, many) = (Int32(cells.count), Int32(channels))
    let flags = UInt32(FFTW_ESTIMATE | FFTW_UNALIGNED)
    let real = TensorStorage<S>(count: cells.reduce(channels, *), pool: nil)
    let complex = TensorStorage<S>(count: frequencies.reduce(2 * channels, *), pool: nil)
    let (r, c) = (UnsafeMutableRawPointer(real.pointer), UnsafeMutableRawPointer(complex.pointer))
    let plan: OpaquePointer? =
      switch (direction, S.self == Float.self) {
      case (.toFrequencies, true):
        fftwf_plan_many_dft_r2c(
          rank, &extents, many, r.assumingMemoryBound(to: Float.self), nil, many, 1,
          c.assumingMemoryBound(to: fftwf_complex.self), nil, many, 1, flags)
      case (.toFrequencies, false):
        fftw_plan_many_dft_r2c(
          rank, &extents, many, r.assumingMemoryBound(to: Double.self), nil, many, 1,
          c.assumingMemoryBound(to: fftw_complex.self), nil, many, 1, flags)
      case (.toCells, true):
        fftwf_plan_many_dft_c2r(
          rank, &extents, many, c.assumingMemoryBound(to: fftwf_complex.self), nil, many, 1,
          r.assumingMemoryBound(to: Float.self), nil, many, 1, flags)
      case (.toCells, false):
        fftw_plan_many_dft_c2r(
          rank, &extents, many, c.assumingMemoryBound(to: fftw_complex.self), nil, many, 1,
          r.assumingMemoryBound(to: Double.self), nil, many, 1, flags)
      }
    guard let plan else { preconditionFailure("FFTW has no plan for \(cells) cells of \(channels) channels") }
    withExtendedLifetime((real, complex)) {}
    return plan
  }
}

enum FourierDirection: Hashable { case toFrequencies, toCells }

private struct PlanKey: Hashable {
  let scalar: ObjectIdentifier
  let cells: [Int]
  let channels: Int
  let direction: FourierDirection
}

private struct KeptPlan: @unchecked Sendable { let pointer: OpaquePointer }

private let plans = Mutex<[PlanKey: KeptPlan]>([:])
