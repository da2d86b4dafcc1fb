import Backsolve

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
  value.isFinite ? NumberFormat.significant(value, digits: digits) : "-"
}
