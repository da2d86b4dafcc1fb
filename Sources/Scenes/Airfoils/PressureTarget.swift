import DifferentiableCore
import Foundation

/// A pressure distribution that is wanted, given at places along the chord on both sides.
struct PressureTarget: Sendable {
  /// Rising, in chords.
  let x: [Double]
  let upper: [Double]
  let lower: [Double]

  /// Reads a table with a header and the columns x, upper, lower.
  ///
  /// - Throws: what is wrong, in words with the line.
  init(csv bytes: [UInt8]) throws(Refusal) {
    var rows: [(x: Double, upper: Double, lower: Double)] = []
    let text = String(decoding: bytes, as: UTF8.self)
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      if words.isEmpty || words == [""] { continue }
      let numbers = words.compactMap { Double($0) }.filter(\.isFinite)
      if numbers.count != words.count || numbers.count != 3 {
        if rows.isEmpty, index == 0 { continue }
        throw Refusal(words: "line \(index + 1): found `\(line.prefix(60))`, expected three numbers: x, upper, lower")
      }
      if let last = rows.last, numbers[0] <= last.x {
        throw Refusal(words: "line \(index + 1): x does not rise")
      }
      rows.append((numbers[0], numbers[1], numbers[2]))
    }
    guard rows.count >= 2 else { throw Refusal(words: "found \(rows.count) rows, expected at least 2") }
    x = rows.map(\.x)
    upper = rows.map(\.upper)
    lower = rows.map(\.lower)
  }

  struct Refusal: Error {
    let words: String
  }

  /// The mean over the panels, by their extent along x, of the squared difference.
  func value(_ nodes: DenseVector, _ pressure: [Double]) -> Double {
    let (differences, weights) = differences(nodes, pressure)
    var sum = 0.0, total = 0.0
    for (difference, weight) in zip(differences, weights) {
      sum += weight * difference.value * difference.value
      total += weight
    }
    return sum / total
  }

  func gradient(_ nodes: DenseVector, _ pressure: [Double]) -> (byPressure: [Double], byNodes: DenseVector) {
    let (differences, weights) = differences(nodes, pressure)
    let total = weights.reduce(0, +)
    let mean = value(nodes, pressure)
    var byPressure = [Double](repeating: 0, count: pressure.count)
    var byNodes = DenseVector(zeros: nodes.count)
    let last = pressure.count - 1
    for i in pressure.indices {
      let d = differences[i].value
      byPressure[i] = 2 * weights[i] * d / total
      byNodes[2 * i] -= 2 * weights[i] * d * differences[i].targetSlope / total
      // A node's weight is half the extent of the panels beside it.
      let byWeight = (d * d - mean) / total
      for (a, b) in [(i - 1, i), (i, i + 1)] where a >= 0 && b <= last {
        let sign = nodes[2 * b] > nodes[2 * a] ? 0.5 : -0.5
        byNodes[2 * b] += sign * byWeight
        byNodes[2 * a] -= sign * byWeight
      }
    }
    return (byPressure, byNodes)
  }

  private func differences(_ nodes: DenseVector, _ pressure: [Double])
    -> ([(value: Double, targetSlope: Double)], [Double])
  {
    let last = pressure.count - 1
    let nose = nodes.foremostNode
    var weights = [Double](repeating: 0, count: last + 1)
    for i in 0..<last {
      let extent = abs(nodes[2 * i + 2] - nodes[2 * i]) / 2
      weights[i] += extent
      weights[i + 1] += extent
    }
    let values = (0...last).map { i -> (value: Double, targetSlope: Double) in
      let wanted = interpolate(i <= nose ? upper : lower, at: nodes[2 * i])
      return (pressure[i] - wanted.value, wanted.slope)
    }
    return (values, weights)
  }

  private func interpolate(_ y: [Double], at place: Double) -> (value: Double, slope: Double) {
    var low = 0, high = x.count - 1
    if place <= x[0] { return (y[0], 0) }
    if place >= x[high] { return (y[high], 0) }
    while high - low > 1 {
      let middle = (low + high) / 2
      if x[middle] <= place { low = middle } else { high = middle }
    }
    let slope = (y[high] - y[low]) / (x[high] - x[low])
    return (y[low] + slope * (place - x[low]), slope)
  }
}
