/// Foils that a name describes: `naca0012`, `naca 23012`.
public enum NamedAirfoil {
  /// The surface of a NACA four- or five-digit foil, `[nodeCount, 2]`, its trailing edge open as published; nil where the
  /// name is of no such foil.
  public static func surface(_ name: String, stations: ChordStations = ChordStations()) -> DenseVector? {
    guard let digits = digits(name), let parameters = parameters(name) else { return nil }
    return digits.count == 4
      ? NACA4(stations: stations).apply(parameters) : NACA5(stations: stations).apply(parameters)
  }

  /// The four or five digits of a name.
  public static func digits(_ name: String) -> [Int]? {
    let text = name.lowercased().filter { !$0.isWhitespace && $0 != "-" && $0 != "_" }
    guard text.hasPrefix("naca") else { return nil }
    let rest = text.dropFirst(4)
    guard rest.allSatisfy({ $0.isASCII && $0.isNumber }), (4...5).contains(rest.count) else { return nil }
    return rest.compactMap(\.wholeNumberValue)
  }

  /// What `NACA4` or `NACA5` makes of the digits; nil where they mean no foil.
  public static func parameters(_ name: String) -> DenseVector? {
    guard let numbers = digits(name)?.map(Double.init) else { return nil }
    let thickness = (10 * numbers[numbers.count - 2] + numbers[numbers.count - 1]) / 100
    guard thickness > 0 else { return nil }
    if numbers.count == 4 {
      // Without camber its place means nothing.
      let position = numbers[0] == 0 ? 0.4 : numbers[1] / 10
      return position > 0 ? [numbers[0] / 100, position, thickness] : nil
    }
    // The third digit tells a reflexed camber line, which this family does not have.
    guard (1...5).contains(numbers[1]), numbers[2] == 0, numbers[0] > 0 else { return nil }
    return [0.15 * numbers[0], numbers[1] / 20, thickness]
  }
}
