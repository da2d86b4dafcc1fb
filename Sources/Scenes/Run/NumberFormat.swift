import Foundation

/// Numbers the way a person writes them.
public enum NumberFormat {
  /// Some significant digits; a dash for what is not a number.
  public static func significant(_ value: Double, digits: Int) -> String {
    value.isFinite ? String(format: "%.\(digits)g", value) : "-"
  }
}
