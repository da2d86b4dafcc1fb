#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return .nan }
  let half = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half])
}

/// Of a sample, with one less than their number.
func deviation(_ values: [Double]) -> Double {
  let center = mean(values)
  let square = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
  return (square / Double(max(1, values.count - 1))).squareRoot()
}

func short(_ value: Double, digits: Int = 4) -> String {
  guard value.isFinite else { return "-" }
  var text = [CChar](repeating: 0, count: 64)
  withVaList([value]) { _ = vsnprintf(&text, 64, "%.\(digits)g", $0) }
  return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// CPU seconds of this thread's process.
func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}
