import Testing

@testable import Scenes

struct QuantityTests {
  @Test(arguments: [
    ("210 GPa", 210e9, Dimension.pressure), ("4 cm", 0.04, .length), ("0.25 in", 0.00635, .length),
    ("385 W/(m K)", 385, .conductivity), ("385 W/m/K", 385, .conductivity), ("5 N/m^2", 5, .pressure),
    ("7.85 g/cm^3", 7850, .massDensity), ("7850 kg/m³", 7850, .massDensity), ("2 kN/m", 2000, .force / .length),
    ("-9.81 m/s^2", -9.81, .acceleration), ("9.81 m s^-2", 9.81, .acceleration), ("40 %", 0.4, .one),
    ("1e3mm", 1, .length), ("2.5 MN m", 2.5e6, .energy), ("3 1/s", 3, Dimension(second: -1)), ("5 µm", 5e-6, .length),
    ("1 kg·m/s²", 1, .force), ("1 J/(m^3)", 1, .pressure), ("2 mW", 2e-3, .power), ("+.5e-1 m", 0.05, .length),
  ])
  func quantitiesAreReadInSIUnits(_ text: String, _ value: Double, _ dimension: Dimension) throws {
    let quantity = try Quantity.parse(text)
    #expect(abs(quantity.value - value) <= 1e-14 * abs(value))
    #expect(quantity.dimension == dimension && quantity.hasUnit)
  }

  @Test(arguments: [
    ("3", 3.0), ("-0.5", -0.5), ("1.", 1), (".5", 0.5), ("1e-9", 1e-9), ("2E+3", 2000), ("0", 0), ("0e5", 0),
  ])
  func plainNumbersHaveNoUnit(_ text: String, _ value: Double) throws {
    #expect(try Quantity.parse(text) == Quantity(value: value, dimension: .one, hasUnit: false))
  }

  @Test(arguments: [
    ("nan", "not a finite number"), (".inf", "not a finite number"), ("1e400", "too large"), ("-1e400 m", "too large"),
    ("1e308 km", "too large"), ("1e-400", "too small"), ("0x10", "hexadecimal"), ("0o17", "not decimal"),
    ("0b1", "not decimal"),
    ("017", "octal"), ("1_000", "underscore"), ("1,5", "comma"), ("yes", "truth value"), ("true", "truth value"),
    ("word", "not a number"), ("", "not a number"), ("-", "not a number"), ("1.2.3", "not a number"),
    ("1:30", "not a number"),
    ("3 furlong", "`furlong` is not a known unit"), ("20 °C", "another zero"), ("70 degF", "another zero"),
    ("1 m^", "power"),
    ("1 m^99", "power"), ("1 (m", "`)` is missing"), ("1 m)", "left over"), ("1 m/", "ends too early"),
    ("1 ((((((((((m))))))))))", "parentheses"),
    ("1 m$", "not part of a unit"), ("1e", "`e` is not a known unit"),
  ])
  func otherTextsAreRefusedInWords(_ text: String, _ words: String) {
    let failure = #expect(throws: Quantity.Failure.self) { try Quantity.parse(text) }
    #expect(failure?.problem.contains(words) == true, "\(failure?.problem ?? "")")
  }

  @Test func temperaturesInCelsiusAreTurnedIntoKelvinForTheReader() {
    let failure = #expect(throws: Quantity.Failure.self) { try Quantity.parse("20 °C") }
    #expect(failure?.remedy == "write the temperature in kelvin: `293.15 K`")
  }
}
