/// A number with a unit as a scene writes it: `210 GPa`, `4 cm`, `0.3`.
struct Quantity: Equatable {
  /// In SI units of `dimension`.
  var value: Double
  var dimension: Dimension
  /// False for a plain number, which stands for the SI unit that the place asks for.
  var hasUnit: Bool

  /// Why a text is not a quantity, with what can be done about it.
  struct Failure: Error, Equatable {
    var problem: String
    var remedy: String?
  }

  static func parse(_ text: String) throws(Failure) -> Quantity {
    let (number, unitText) = try splitNumber(text)
    guard !unitText.isEmpty else { return Quantity(value: number, dimension: .one, hasUnit: false) }
    do {
      let unit = try UnitExpression.parse(unitText)
      let value = number * unit.factor
      guard value.isFinite else { throw Failure(problem: "`\(text)` is too large for a double-precision number") }
      return Quantity(value: value, dimension: unit.dimension, hasUnit: true)
    } catch let failure as UnitExpression.Failure {
      throw Self.failure(failure, number: number, unitText: unitText)
    } catch {
      throw error as? Failure ?? Failure(problem: "`\(text)` is not a quantity")
    }
  }

  private static func failure(_ failure: UnitExpression.Failure, number: Double, unitText: String) -> Failure {
    let unitName = abbreviated(unitText)
    switch failure {
    case .empty: return Failure(problem: "the unit is missing")
    case .unknown(let symbol):
      let near =
        nearestSpelling(of: symbol, among: UnitExpression.symbols).map { "did you mean `\($0)`?" }
        ?? "units are SI: m, kg, s, K, N, Pa, J, W and g with prefixes such as k, M, G, c, m"
      return Failure(problem: "`\(abbreviated(symbol))` is not a known unit", remedy: near)
    case .offset(let symbol):
      let celsius = symbol.hasSuffix("C") || symbol.lowercased() == "celsius"
      let kelvin = celsius ? number + 273.15 : (number - 32) / 1.8 + 273.15
      return Failure(
        problem: "`\(symbol)` counts from another zero, so it is not accepted",
        remedy: "write the temperature in kelvin: `\(shortest(kelvin)) K`")
    case .malformed(let reason):
      return Failure(problem: "`\(unitName)` is not a unit: \(reason)", remedy: "write it as in `W/(m K)` or `kg/m^3`")
    }
  }

  private static func splitNumber(_ text: String) throws(Failure) -> (Double, String) {
    let trimmed = text.trimmingSpaces()
    let bytes = Array(trimmed.utf8)
    var index = 0
    func isDigit(_ i: Int) -> Bool { i < bytes.count && (48...57).contains(bytes[i]) }
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") { index += 1 }
    let firstDigit = index
    while isDigit(index) { index += 1 }
    let integerDigits = index - firstDigit
    var fractionDigits = 0
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      let point = index
      index += 1
      while isDigit(index) { index += 1 }
      fractionDigits = index - point - 1
    }
    guard integerDigits + fractionDigits > 0 else { throw notANumber(trimmed) }
    if integerDigits > 1, bytes[firstDigit] == UInt8(ascii: "0") {
      throw Failure(
        problem: "`\(abbreviated(trimmed))` starts with a zero, which some programs read as octal",
        remedy: "write decimal numbers without leading zeros")
    }
    let mantissaEnd = index
    if index < bytes.count, bytes[index] == UInt8(ascii: "e") || bytes[index] == UInt8(ascii: "E") {
      var after = index + 1
      if after < bytes.count, bytes[after] == UInt8(ascii: "-") || bytes[after] == UInt8(ascii: "+") { after += 1 }
      if isDigit(after) {
        while isDigit(after) { after += 1 }
        index = after
      }
    }
    let numberText = String(decoding: bytes[..<index], as: UTF8.self)
    let unit = String(decoding: bytes[index...], as: UTF8.self)
    guard let number = Double(numberText), number.isFinite else {
      throw Failure(
        problem: "`\(abbreviated(numberText))` is too large for a double-precision number",
        remedy: "the largest is about 1.8e308")
    }
    if number == 0, bytes[firstDigit..<mantissaEnd].contains(where: { (49...57).contains($0) }) {
      throw Failure(
        problem: "`\(abbreviated(numberText))` is too small for a double-precision number",
        remedy: "the smallest is about 5e-324; write 0 if that is meant")
    }
    switch unit.first {
    case "_":
      throw Failure(
        problem: "`\(abbreviated(trimmed))` has an underscore",
        remedy: "write the digits without separators")
    case ",":
      throw Failure(
        problem: "`\(abbreviated(trimmed))` has a comma", remedy: "write the decimal point as `.`")
    case "x", "X":
      throw Failure(problem: "`\(abbreviated(trimmed))` is hexadecimal", remedy: "write it in decimal")
    case "o" where numberText == "0",
      "b" where numberText == "0" && unit.dropFirst().allSatisfy { $0 == "0" || $0 == "1" }:
      throw Failure(problem: "`\(abbreviated(trimmed))` is not decimal", remedy: "write it in decimal")
    case ".", ":", "+", "-": throw notANumber(trimmed)
    default: return (number, unit.trimmingSpaces())
    }
  }

  private static func notANumber(_ text: String) -> Failure {
    let word = text.lowercased().filter { $0 != "." && $0 != "+" && $0 != "-" }
    if ["nan", "inf", "infinity"].contains(word) {
      return Failure(problem: "`\(abbreviated(text))` is not a finite number", remedy: "write a finite one")
    }
    if ["true", "false", "yes", "no", "on", "off"].contains(word) {
      return Failure(problem: "`\(abbreviated(text))` is a truth value, not a number")
    }
    return Failure(problem: "`\(abbreviated(text))` is not a number")
  }
}

/// The shortest decimal that reads well: at most six significant digits, no trailing zero.
func shortest(_ value: Double) -> String {
  // Decimals that came with units are cut; a small number would vanish.
  let isShort = Double(Float(value)) == value || abs(value) < 1e-3
  let rounded = isShort ? value : (value * 1e6).rounded() / 1e6
  if rounded == rounded.rounded(), abs(rounded) < 1e9 { return String(Int(rounded)) }
  return "\(rounded)"
}

extension String {
  func trimmingSpaces() -> String {
    var view = self[...]
    while let c = view.first, c == " " || c == "\t" { view.removeFirst() }
    while let c = view.last, c == " " || c == "\t" { view.removeLast() }
    return String(view)
  }
}
