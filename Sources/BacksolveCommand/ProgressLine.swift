import InverseDesign
import Scenes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The line that follows a run.
struct ProgressLine {
  private let status = StatusLine()
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
      "objective \(NumberFormat.significant(row.objective, digits: 6))",
      "worst constraint \(NumberFormat.significant(row.worstViolation, digits: 2))",
      "change \(NumberFormat.significant(row.change, digits: 3))",
    ]
    if row.solverIterations > 0 { parts.append("\(row.solverIterations) solver iterations") }
    parts.append("\(NumberFormat.significant(left, digits: 2)) s left")
    status.show(parts.joined(separator: "  "))
  }

  func finish() { status.finish() }
}
