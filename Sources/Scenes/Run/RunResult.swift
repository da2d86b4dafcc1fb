import Foundation

/// The contents of `result.json`.
public struct RunResult: Codable, Sendable {
  public struct Objective: Codable, Sendable {
    public var name: String
    /// At the first evaluation.
    public var first: Double
    /// At the final design.
    public var last: Double
  }

  public struct Constraint: Codable, Sendable {
    public var name: String
    public var value: Double
    public var bound: Double
    /// `at-most`, `at-least` or `equals`.
    public var sense: String
    public var satisfied: Bool
  }

  public struct Solver: Codable, Sendable {
    public var name: String
    /// Why it was chosen.
    public var reason: String
    /// Iterations summed over the run; zero for a direct solver.
    public var iterations: Int
    /// The largest true relative residual of the run.
    public var relativeResidual: Double
    public var unknowns: Int
  }

  public struct Versions: Codable, Sendable {
    public var backsolve: String
    public var swift: String
    public var system: String
  }

  public var title: String
  public var status: String
  /// The status in words.
  public var reason: String
  public var objective: Objective
  public var constraints: [Constraint]
  public var iterations: Int
  public var wallSeconds: Double
  public var cpuSeconds: Double
  /// Medians over iterations.
  public var wallSecondsPerIteration: Double
  public var cpuSecondsPerIteration: Double
  public var peakMemoryBytes: Int
  public var solver: Solver
  public var optimizer: String
  public var threads: Int
  public var versions: Versions
  /// Remarks of the solvers, such as a retry with a stronger setting.
  public var notes: [String]

  /// The file's text: sorted keys, so that two results compare line by line.
  public func json() throws -> String {
    String(decoding: try JSONEncoder.forResults.encode(self), as: UTF8.self) + "\n"
  }

  /// The middle of some numbers; NaN for none.
  static func median(_ numbers: [Double]) -> Double {
    let sorted = numbers.sorted()
    let n = sorted.count
    if n == 0 { return .nan }
    return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2
  }
}

extension JSONEncoder {
  /// Sorted keys; numbers that JSON has no word for are texts: "inf", "-inf", "nan".
  static var forResults: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }
}

extension RunResult {
  /// Reads the file's text.
  init(json bytes: [UInt8]) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    self = try decoder.decode(RunResult.self, from: Data(bytes))
  }
}
