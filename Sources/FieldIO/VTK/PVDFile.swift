/// A ParaView collection (`.pvd`): files of a series with their times or iterations.
public enum PVDFile {
  /// The bytes of a file. `files` are paths relative to the collection.
  public static func encode(_ steps: [(time: Double, file: String)]) -> [UInt8] {
    var text = """
      <?xml version="1.0"?>
      <VTKFile type="Collection" version="1.0" byte_order="LittleEndian">
        <Collection>

      """
    for step in steps {
      text += "    <DataSet timestep=\"\(step.time)\" part=\"0\" file=\"\(XMLText.escaped(step.file))\"/>\n"
    }
    return Array((text + "  </Collection>\n</VTKFile>\n").utf8)
  }
}
