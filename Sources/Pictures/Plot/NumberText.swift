#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Numbers for people.
enum NumberText {
  /// `value` with a number of significant digits: plain between 0.0001 and a million, else as `1.23e-7`.
  static func short(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return value.isNaN ? "not a number" : (value < 0 ? "-∞" : "∞") }
    if value == 0 { return "0" }
    let magnitude = abs(value)
    // Powers of ten below have no reciprocal.
    if magnitude < 1e-300 { return "\(value)" }
    var exponent = Int(log10(magnitude).rounded(.down))
    // Rounding may carry into the next power of ten.
    if (magnitude / pow(10, Double(exponent - digits + 1))).rounded() >= pow(10, Double(digits)) { exponent += 1 }
    let sign = value < 0 ? "-" : ""
    if exponent < -4 || exponent >= 6 {
      return sign + fixed(magnitude / pow(10, Double(exponent)), digits - 1) + "e\(exponent)"
    }
    return sign + fixed(magnitude, max(0, digits - 1 - exponent))
  }

  /// A coordinate of an SVG file: two decimals at most.
  static func coordinate(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    return value < 0 && value < -0.005 ? "-" + fixed(-value, 2) : fixed(abs(value), 2)
  }

  /// A magnitude with at most `decimals` decimals; zeros at the end are left out.
  private static func fixed(_ magnitude: Double, _ decimals: Int) -> String {
    let scaled = (magnitude * pow(10, Double(decimals))).rounded()
    guard scaled < 9e15 else { return "\(magnitude)" }
    var text = String(Int(scaled))
    guard decimals > 0 else { return text }
    text = String(repeating: "0", count: max(0, decimals + 1 - text.count)) + text
    var whole = text.dropLast(decimals), part = text.suffix(decimals)
    while part.last == "0" { part.removeLast() }
    if whole.isEmpty { whole = "0" }
    return part.isEmpty ? String(whole) : "\(whole).\(part)"
  }
}
