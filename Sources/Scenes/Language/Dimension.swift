/// Exponents of the SI base units that scenes use: metre, kilogram, second, kelvin.
public struct Dimension: Sendable, Hashable, CustomStringConvertible {
  public var metre = 0
  public var kilogram = 0
  public var second = 0
  public var kelvin = 0

  public init(metre: Int = 0, kilogram: Int = 0, second: Int = 0, kelvin: Int = 0) {
    self.metre = metre
    self.kilogram = kilogram
    self.second = second
    self.kelvin = kelvin
  }

  public static func * (a: Self, b: Self) -> Self {
    Dimension(
      metre: a.metre + b.metre, kilogram: a.kilogram + b.kilogram, second: a.second + b.second,
      kelvin: a.kelvin + b.kelvin)
  }

  public func power(_ n: Int) -> Self {
    Dimension(metre: n * metre, kilogram: n * kilogram, second: n * second, kelvin: n * kelvin)
  }

  public static func / (a: Self, b: Self) -> Self { a * b.power(-1) }

  public static let one = Dimension()
  public static let length = Dimension(metre: 1)
  public static let area = Dimension(metre: 2)
  public static let volume = Dimension(metre: 3)
  public static let time = Dimension(second: 1)
  public static let mass = Dimension(kilogram: 1)
  public static let temperature = Dimension(kelvin: 1)
  public static let acceleration = Dimension(metre: 1, second: -2)
  public static let speed = Dimension(metre: 1, second: -1)
  public static let kinematicViscosity = Dimension(metre: 2, second: -1)
  public static let force = Dimension(metre: 1, kilogram: 1, second: -2)
  public static let momentum = mass * speed
  public static let pressure = force / area
  public static let forcePerVolume = force / volume
  public static let energy = force * length
  public static let power = energy / time
  public static let massDensity = mass / volume
  public static let conductivity = power / length / temperature
  public static let heatFlux = power / area
  public static let heatSource = power / volume
  public static let thermalCompliance = power * temperature

  /// Named dimensions: what they are called and the unit they are written in.
  private static let names: [(dimension: Dimension, name: String, unit: String)] = [
    (.one, "a number without unit", ""), (.length, "a length", "m"), (.area, "an area", "m^2"),
    (.volume, "a volume", "m^3"), (.time, "a time", "s"), (.mass, "a mass", "kg"), (.temperature, "a temperature", "K"),
    (.acceleration, "an acceleration", "m/s^2"), (.force, "a force", "N"), (.pressure, "a pressure", "Pa"),
    (.forcePerVolume, "a force per volume", "N/m^3"), (.energy, "an energy", "J"), (.power, "a power", "W"),
    (.massDensity, "a mass density", "kg/m^3"), (.conductivity, "a conductivity", "W/(m K)"),
    (.heatFlux, "a heat flux", "W/m^2"), (.heatSource, "a heat source", "W/m^3"),
    (.thermalCompliance, "a power times a temperature", "W K"), (.force / .length, "a force per length", "N/m"),
    (.speed, "a speed", "m/s"), (Dimension(second: -1), "a frequency", "Hz"),
    (.kinematicViscosity, "a kinematic viscosity", "m^2/s"),
    (.momentum, "a momentum", "kg m/s"),
  ]

  /// "a pressure", or the base units where the dimension has no name here.
  public var description: String {
    Self.names.first { $0.dimension == self }?.name ?? "a quantity in \(baseUnits)"
  }

  /// The SI unit: "Pa"; empty for a plain number.
  public var unit: String { Self.names.first { $0.dimension == self }?.unit ?? baseUnits }

  private var baseUnits: String {
    [("kg", kilogram), ("m", metre), ("s", second), ("K", kelvin)]
      .filter { $0.1 != 0 }.map { $0.1 == 1 ? $0.0 : "\($0.0)^\($0.1)" }.joined(separator: " ")
  }
}
