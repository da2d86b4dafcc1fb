/// Named values at the nodes or in the cells of a grid or mesh, for a file or a picture.
public struct Field: Sendable, Hashable {
  public enum Location: Sendable, Hashable { case nodes, cells }

  /// What ParaView lists it under. A unit belongs into the name: `stress [Pa]`.
  public var name: String
  public var location: Location
  /// Values per node or cell.
  public var components: Int
  /// `[count, components]`, component fastest.
  public var values: [Double]

  public init(_ name: String, at location: Location, components: Int = 1, values: [Double]) {
    precondition(components > 0 && values.count % components == 0, "field \(name): values per place do not fit")
    self.name = name
    self.location = location
    self.components = components
    self.values = values
  }

  public var count: Int { values.count / components }

  /// Vectors in the plane with a zero z component added: readers of VTK files take vectors to be spatial.
  var spatial: Field {
    guard components == 2 else { return self }
    var padded: [Double] = []
    padded.reserveCapacity(3 * count)
    for i in 0..<count { padded += [values[2 * i], values[2 * i + 1], 0] }
    return Field(name, at: location, components: 3, values: padded)
  }
}
