#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Maps values to 0...1 along an axis and says where its ticks are.
struct AxisScale: Sendable {
  let isLogarithmic: Bool
  let low: Double
  let high: Double
  let ticks: [Double]

  /// Covers all finite values (positive ones on a logarithmic axis) with a little room; `wanted` ticks or so.
  init(values: some Sequence<Double>, logarithmic: Bool, wanted: Int = 5, room: Double = 0.05) {
    let usable = values.filter { $0.isFinite && (!logarithmic || $0 > 0) }.map { logarithmic ? log10($0) : $0 }
    isLogarithmic = logarithmic
    var a = usable.min() ?? 0, b = usable.max() ?? 1
    if b - a <= 1e-12 * max(abs(a), abs(b)) || b == a {
      let half = logarithmic ? 0.5 : max(abs(a) * 0.05, 1e-12)
      a -= half
      b += half
    }
    let gap = (b - a) * room
    low = a - gap
    high = b + gap
    let step = logarithmic ? max(1, ((b - a) / Double(wanted)).rounded(.up)) : Self.roundStep((b - a) / Double(wanted))
    var found: [Double] = []
    var k = (low / step).rounded(.up)
    while k * step <= high + 1e-9 * step && found.count < 40 {
      found.append(logarithmic ? pow(10, k * step) : k * step)
      k += 1
    }
    if logarithmic && found.count < 3 {
      // Less than two decades: 1, 2 and 5 of each, or even steps where these are too coarse.
      found = []
      for decade in Int(low.rounded(.down))...Int(high.rounded(.up)) {
        for m in [1.0, 2, 5] where (low...high).contains(log10(m) + Double(decade)) {
          found.append(m * pow(10, Double(decade)))
        }
      }
      if found.count < 3 {
        found = AxisScale(values: [pow(10, a), pow(10, b)], logarithmic: false, wanted: wanted, room: room).ticks
          .filter { $0 > 0 }
      }
    }
    ticks = found
  }

  /// Where a value lies from the low end (0) to the high end (1); nil where the axis cannot show it.
  func place(_ value: Double) -> Double? {
    guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
    return ((isLogarithmic ? log10(value) : value) - low) / (high - low)
  }

  /// The next of 1, 2, 5 times a power of ten.
  private static func roundStep(_ raw: Double) -> Double {
    let power = pow(10, log10(raw).rounded(.down))
    let ratio = raw / power
    return (ratio <= 1 ? 1 : (ratio <= 2 ? 2 : (ratio <= 5 ? 5 : 10))) * power
  }
}
