import DifferentiableCore

/// The right-hand side of a scheme: from positions, velocities and what else a scheme carries to their rates, with the
/// transposed derivative. Holds its own buffers: one per caller.
///
/// State and rates have the same layout, `[position | velocity | carried blocks]`; the rates of position hold only what
/// is added to the velocity (transport, shifting).
protocol RateEngine: AnyObject {
  /// Rates at a state and a time, s.
  func rates(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into rates: UnsafeMutablePointer<Double>
  ) throws(SolveFailure)

  /// Adds to `stateSeed` and `gradient` what `rateSeed` on the rates at the same state is worth.
  func pullRates(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    rateSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure)
}
