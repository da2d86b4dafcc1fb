import Foundation

/// A unit such as `GPa`, `W/(m K)` or `kg/m^3`: its dimension and its size in SI units.
struct UnitExpression: Equatable {
  var dimension: Dimension
  var factor: Double

  static let one = UnitExpression(dimension: .one, factor: 1)

  enum Failure: Error, Equatable {
    case empty
    case unknown(String)
    /// Degrees Celsius or Fahrenheit: an offset, not a factor.
    case offset(String)
    case malformed(String)
  }

  /// Units that take SI prefixes.
  private static let prefixable: [String: UnitExpression] = [
    "m": UnitExpression(dimension: .length, factor: 1), "g": UnitExpression(dimension: .mass, factor: 1e-3),
    "s": UnitExpression(dimension: .time, factor: 1), "K": UnitExpression(dimension: .temperature, factor: 1),
    "N": UnitExpression(dimension: .force, factor: 1), "Pa": UnitExpression(dimension: .pressure, factor: 1),
    "J": UnitExpression(dimension: .energy, factor: 1), "W": UnitExpression(dimension: .power, factor: 1),
    "Hz": UnitExpression(dimension: Dimension(second: -1), factor: 1),
    "bar": UnitExpression(dimension: .pressure, factor: 1e5),
  ]

  /// Units that take no prefix.
  private static let plain: [String: UnitExpression] = [
    "rad": UnitExpression(dimension: .one, factor: 1), "deg": UnitExpression(dimension: .one, factor: .pi / 180),
    "%": UnitExpression(dimension: .one, factor: 0.01), "in": UnitExpression(dimension: .length, factor: 0.0254),
    "ft": UnitExpression(dimension: .length, factor: 0.3048),
    "lbf": UnitExpression(dimension: .force, factor: 4.448_221_615_260_5),
    "psi": UnitExpression(dimension: .pressure, factor: 4.448_221_615_260_5 / (0.0254 * 0.0254)),
    "min": UnitExpression(dimension: .time, factor: 60), "h": UnitExpression(dimension: .time, factor: 3600),
    "t": UnitExpression(dimension: .mass, factor: 1000), "l": UnitExpression(dimension: .volume, factor: 1e-3),
  ]

  private static let prefixes: [Character: Double] = [
    "p": 1e-12, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "m": 1e-3, "c": 1e-2, "d": 1e-1, "h": 1e2, "k": 1e3,
    "M": 1e6, "G": 1e9, "T": 1e12,
  ]

  /// All symbols without prefix, for did-you-mean.
  static var symbols: [String] {
    (Array(prefixable.keys) + Array(plain.keys) + [
      "kPa", "MPa", "GPa", "kN", "MN", "mm", "cm", "km", "kg", "ms", "kJ", "mW", "kW",
    ])
    .sorted()
  }

  private static let offsets: Set<String> = ["°C", "degC", "celsius", "Celsius", "C", "°F", "degF", "F"]

  static func symbol(_ text: String) throws(Failure) -> UnitExpression {
    if let unit = prefixable[text] ?? plain[text] { return unit }
    if let first = text.first, let scale = prefixes[first], let unit = prefixable[String(text.dropFirst())] {
      return UnitExpression(dimension: unit.dimension, factor: unit.factor * scale)
    }
    if offsets.contains(text) { throw .offset(text) }
    throw .unknown(text)
  }

  /// Reads products by a space, `*` or `·`, one or more `/`, integer powers (`m^2`, `m2`, `m²`, `s^-2`) and parentheses.
  static func parse(_ text: String) throws(Failure) -> UnitExpression {
    guard text.unicodeScalars.count <= 64 else { throw .malformed("the unit is too long") }
    var reader = UnitReader(characters: Array(text))
    let unit = try reader.product(depth: 0)
    guard reader.atEnd else { throw .malformed("`\(reader.rest)` is left over") }
    guard unit.factor.isFinite, unit.factor > 0 else { throw .malformed("its size is not a finite number") }
    return unit
  }
}

/// Recursive descent over the characters of a unit.
private struct UnitReader {
  let characters: [Character]
  var index = 0

  var atEnd: Bool { index >= characters.count }
  var rest: String { String(characters[index...]) }
  private var current: Character? { atEnd ? nil : characters[index] }

  private static let superscripts: [Character: Character] = [
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9", "⁻": "-",
  ]

  private mutating func skipSpaces() { while current == " " { index += 1 } }

  mutating func product(depth: Int) throws(UnitExpression.Failure) -> UnitExpression {
    guard depth < 8 else { throw .malformed("too many parentheses") }
    var result = try factor(depth: depth)
    while true {
      skipSpaces()
      guard let next = current, next != ")" else { return result }
      var divides = false
      if next == "/" || next == "*" || next == "·" {
        divides = next == "/"
        index += 1
      }
      let other = try factor(depth: depth)
      result.dimension = divides ? result.dimension / other.dimension : result.dimension * other.dimension
      result.factor = divides ? result.factor / other.factor : result.factor * other.factor
    }
  }

  private mutating func factor(depth: Int) throws(UnitExpression.Failure) -> UnitExpression {
    skipSpaces()
    guard let next = current else { throw index == 0 ? .empty : .malformed("it ends too early") }
    var unit: UnitExpression
    if next == "(" {
      index += 1
      unit = try product(depth: depth + 1)
      skipSpaces()
      guard current == ")" else { throw .malformed("a `)` is missing") }
      index += 1
    } else if next == "1" {
      index += 1
      unit = .one
    } else {
      let start = index
      while let c = current, c.isLetter || c == "%" || c == "°" { index += 1 }
      guard index > start else { throw .malformed("`\(next)` is not part of a unit") }
      unit = try UnitExpression.symbol(String(characters[start..<index]))
    }
    if let n = try exponent() {
      unit.dimension = unit.dimension.power(n)
      unit.factor = pow(unit.factor, Double(n))
    }
    return unit
  }

  private mutating func exponent() throws(UnitExpression.Failure) -> Int? {
    var digits = ""
    if current == "^" {
      index += 1
      if let c = current, c == "-" || c == "+" {
        digits.append(c)
        index += 1
      }
      while let c = current, c.isASCII, c.isNumber {
        digits.append(c)
        index += 1
      }
      if digits.isEmpty || digits == "-" || digits == "+" { throw .malformed("a power is missing after `^`") }
    } else {
      while let c = current, let digit = Self.superscripts[c] ?? (c.isASCII && c.isNumber ? c : nil) {
        digits.append(digit)
        index += 1
      }
      if digits.isEmpty { return nil }
    }
    guard let n = Int(digits), abs(n) <= 9 else { throw .malformed("the power `\(digits)` is not from -9 to 9") }
    return n
  }
}
