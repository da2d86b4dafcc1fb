import Foundation

/// One number beside its bar.
struct Check {
  enum Bar {
    case atMost(Double), atLeast(Double)
    /// Told, not asked.
    case none
  }

  let name: String
  let found: Double
  let bar: Bar
  var unit = ""

  init(_ name: String, _ found: Double, _ bar: Bar = .none, unit: String = "") {
    self.name = name
    self.found = found
    self.bar = bar
    self.unit = unit
  }

  var isMet: Bool {
    switch bar {
    case .atMost(let bound): found <= bound
    case .atLeast(let bound): found >= bound
    case .none: found.isFinite
    }
  }

  var row: String {
    func text(_ value: Double) -> String { String(format: "%.3g", value) + unit }
    let asked =
      switch bar {
      case .atMost(let bound): text(bound)
      case .atLeast(let bound): "at least " + text(bound)
      case .none: ""
      }
    return "| \(name) | \(asked) | \(text(found)) | \(isMet ? "" : "MISSED") |"
  }
}

/// What a study stands on is not there.
struct StudyFailure: Error, CustomStringConvertible {
  let description: String
}

func median(_ values: [Double]) -> Double { values.isEmpty ? .nan : values.sorted()[values.count / 2] }
