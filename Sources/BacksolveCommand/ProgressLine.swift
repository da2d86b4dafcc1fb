import InverseDesign

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The line that follows a run: rewritten in place on a terminal, one line an iteration otherwise.
struct ProgressLine {
  let isTerminal = StandardError.isTerminal
  let iterations: Int
  private let start = ProcessUsage.wallSeconds
  private var firstIteration: Int?

  init(iterations: Int) { self.iterations = iterations }

  mutating func show(_ row: HistoryRow) {
    if firstIteration == nil { firstIteration = row.iteration }
    let done = row.iteration - firstIteration! + 1
    let left = (ProcessUsage.wallSeconds - start) / Double(done) * Double(max(0, iterations - row.iteration))
    var parts = [
      "\(row.iteration)/\(iterations)",
      "objective \(number(row.objective, digits: 6))",
      "worst constraint \(number(row.worstViolation, digits: 2))",
      "change \(number(row.change, digits: 3))",
    ]
    if row.solverIterations > 0 { parts.append("\(row.solverIterations) solver iterations") }
    parts.append("\(number(left, digits: 2)) s left")
    let line = parts.joined(separator: "  ")
    StandardError.write(isTerminal ? "\r\u{1B}[2K" + line : line + "\n")
  }

  func finish() { if isTerminal { StandardError.write("\n") } }
}

/// A number with some significant digits, the way a person writes it.
func number(_ value: Double, digits: Int) -> String {
  if !value.isFinite { return "-" }
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
    withVaList([Int32(digits), value]) { _ = vsnprintf(buffer.baseAddress!, 64, "%.*g", $0) }
    return String(cString: buffer.baseAddress!)
  }
}
