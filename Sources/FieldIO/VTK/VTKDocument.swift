/// The XML of a VTK file whose arrays lie in one appended, raw, little-endian section ("VTK XML Formats",
/// https://docs.vtk.org/en/latest/design_documents/VTKFileFormats.html). Each array is preceded by its byte count, UInt64.
struct VTKDocument {
  private var body = ""
  private var appended = ByteWriter()
  private var depth = 2
  private let type: String

  init(type: String) { self.type = type }

  mutating func open(_ element: String, _ attributes: [(String, String)] = []) {
    body += indent + "<" + element + Self.text(attributes) + ">\n"
    depth += 1
  }

  mutating func close(_ element: String) {
    depth -= 1
    body += indent + "</" + element + ">\n"
  }

  mutating func add(_ name: String, components: Int = 1, reals: [Double]) {
    declare(name, "Float64", components, byteCount: 8 * reals.count)
    appended.append(array: reals)
  }

  mutating func add(_ name: String, integers: [Int64]) {
    declare(name, "Int64", 1, byteCount: 8 * integers.count)
    for value in integers { appended.append(value) }
  }

  mutating func add(_ name: String, bytes: [UInt8]) {
    declare(name, "UInt8", 1, byteCount: bytes.count)
    appended.append(bytes: bytes)
  }

  /// `PointData` and `CellData` with the fields at either place.
  mutating func add(fields: [Field], nodeCount: Int, cellCount: Int) {
    for (element, location, count) in [("PointData", Field.Location.nodes, nodeCount), ("CellData", .cells, cellCount)]
    {
      open(element)
      for field in fields where field.location == location {
        precondition(field.count == count, "field \(field.name) has \(field.count) entries, not \(count)")
        let spatial = field.spatial
        add(spatial.name, components: spatial.components, reals: spatial.values)
      }
      close(element)
    }
  }

  private mutating func declare(_ name: String, _ kind: String, _ components: Int, byteCount: Int) {
    // A count of one is left out: some readers make a matrix of one column of it.
    let count = components == 1 ? [] : [("NumberOfComponents", "\(components)")]
    let attributes =
      [("type", kind), ("Name", name)] + count + [("format", "appended"), ("offset", "\(appended.bytes.count)")]
    body += indent + "<DataArray\(Self.text(attributes))/>\n"
    appended.append(UInt64(byteCount))
  }

  private var indent: String { String(repeating: "  ", count: depth) }

  private static func text(_ attributes: [(String, String)]) -> String {
    attributes.map { " \($0.0)=\"\(XMLText.escaped($0.1))\"" }.joined()
  }

  func bytes(datasetAttributes: [(String, String)]) -> [UInt8] {
    let head = """
      <?xml version="1.0"?>
      <VTKFile type="\(type)" version="1.0" byte_order="LittleEndian" header_type="UInt64">
        <\(type)\(Self.text(datasetAttributes))>

      """
    let tail = "  </\(type)>\n  <AppendedData encoding=\"raw\">\n_"
    return Array((head + body + tail).utf8) + appended.bytes + Array("\n  </AppendedData>\n</VTKFile>\n".utf8)
  }
}
