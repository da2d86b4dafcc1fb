/// One number of a case beside its bar.
struct Check {
  let name: String
  let found: Double
  /// The bound: at most this.
  let bar: Double

  var isMet: Bool { found <= bar }

  /// A row of the table, in per cent.
  var row: String {
    "| \(name) | \(percent(bar)) | \(percent(found)) | \(isMet ? "met" : "MISSED") |"
  }
}

func percent(_ x: Double) -> String {
  guard x.isFinite, x < 1e6 else { return "\(x)" }
  let hundredths = Int((x * 1e4).rounded())
  let rest = hundredths % 100
  return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) %"
}

/// A flow whose answer is known. The size of the study or, to see that it runs, a tiny one.
protocol ValidationCase: Sendable {
  static var name: String { get }
  static func run(smoke: Bool) throws -> [Check]
}
