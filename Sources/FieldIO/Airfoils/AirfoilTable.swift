import Geometry

/// The numbers of a foil's file, before anything is known of their order.
struct AirfoilTable {
  var title: String?
  var points: [SIMD2<Double>] = []
  /// Where blank lines part the points: the number of points before each.
  var breaks: [Int] = []
  /// Points of the upper and the lower side, where a line says so.
  var counts: (upper: Int, lower: Int)?
  var repairs: [String] = []

  static let mostPoints = 100_000

  init(text: String, path: String) throws(FileFailure) {
    func malformed(_ words: String) -> FileFailure { FileFailure(.read, path: path, reason: .malformed(words)) }
    var thirdColumn: Double?
    var commentCount = 0
    for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let number = index + 1
      let line = Self.withoutComment(raw)
      if line.isEmpty {
        if !raw.allSatisfy(\.isWhitespace) { commentCount += 1 }
        if !points.isEmpty, breaks.last != points.count { breaks.append(points.count) }
        continue
      }
      let words = line.split { $0.isWhitespace || $0 == "," || $0 == ";" }
      let numbers = words.compactMap { Double($0) }
      guard numbers.count == words.count, !numbers.isEmpty else {
        if points.isEmpty, counts == nil {
          // Titles may take several lines; the first one counts.
          if title == nil { title = String(line.prefix(200)) }
          continue
        }
        throw malformed("line \(number): found `\(line.prefix(60))`, expected two coordinates")
      }
      // A title such as `23012` alone.
      if numbers.count == 1, points.isEmpty, title == nil {
        title = String(line)
        continue
      }
      guard (2...3).contains(numbers.count) else {
        throw malformed("line \(number): found \(numbers.count) numbers, expected two coordinates")
      }
      guard numbers.allSatisfy(\.isFinite), numbers.allSatisfy({ abs($0) < 1e6 }) else {
        throw malformed("line \(number): found `\(line.prefix(60))`, expected finite coordinates")
      }
      if points.isEmpty, counts == nil, let sides = Self.counts(numbers) {
        counts = sides
        continue
      }
      if numbers.count == 3 {
        if let thirdColumn, thirdColumn != numbers[2] {
          throw malformed(
            "line \(number): found a third coordinate that changes (\(numbers[2])), expected a section in a plane")
        }
        thirdColumn = numbers[2]
      }
      guard points.count < Self.mostPoints else {
        throw malformed("line \(number): expected at most \(Self.mostPoints) points")
      }
      points.append(SIMD2(numbers[0], numbers[1]))
    }
    if thirdColumn != nil { repairs.append("the third column, the same everywhere, was left out") }
    if commentCount > 0 {
      repairs.append("\(commentCount) comment line\(commentCount == 1 ? " was" : "s were") skipped")
    }
    guard points.count >= 6 else {
      throw malformed("found \(points.count) points, expected at least 6 from a foil")
    }
    breaks.removeAll { $0 == points.count }
  }

  private static func withoutComment(_ line: Substring) -> Substring {
    var line = line
    for mark in ["#", "!", "%", "//"] {
      if let range = line.firstRange(of: mark) { line = line[..<range.lowerBound] }
    }
    while line.first?.isWhitespace == true { line.removeFirst() }
    while line.last?.isWhitespace == true { line.removeLast() }
    return line
  }

  /// Two whole numbers that cannot be coordinates of a foil: as many points on the upper and on the lower side.
  private static func counts(_ numbers: [Double]) -> (upper: Int, lower: Int)? {
    guard numbers.count == 2, numbers.allSatisfy({ $0 >= 2 && $0 < 50_000 && $0 == $0.rounded() }) else { return nil }
    return (Int(numbers[0]), Int(numbers[1]))
  }
}
