/// Foils that a name describes: `naca0012`, `naca 23012`.
public enum NamedAirfoil {
  /// The surface of a NACA four- or five-digit foil, `[nodeCount, 2]`, its trailing edge open as published; nil where the
  /// name is of no such foil.
  public static func surface(_ name: String, stations: ChordStations = ChordStations()) -> DenseVector? {
    var digits = name.lowercased().filter { !$0.isWhitespace && $0 != "-" && $0 != "_" }[...]
    guard digits.hasPrefix("naca") else { return nil }
    digits = digits.dropFirst(4)
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    let numbers = digits.compactMap(\.wholeNumberValue).map(Double.init)
    switch numbers.count {
    case 4:
      let thickness = (10 * numbers[2] + numbers[3]) / 100
      guard thickness > 0 else { return nil }
      // Without camber its place means nothing.
      let position = numbers[0] == 0 ? 0.4 : numbers[1] / 10
      guard position > 0 else { return nil }
      return NACA4(stations: stations).apply([numbers[0] / 100, position, thickness])
    case 5:
      // The third digit tells a reflexed camber line, which this family does not have.
      guard (1...5).contains(numbers[1]), numbers[2] == 0, numbers[0] > 0 else { return nil }
      let thickness = (10 * numbers[3] + numbers[4]) / 100
      guard thickness > 0 else { return nil }
      return NACA5(stations: stations).apply([0.15 * numbers[0], numbers[1] / 20, thickness])
    default: return nil
    }
  }
}
