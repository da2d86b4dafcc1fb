/// STL: the triangles of a surface for a 3D printer or a CAD program, written in the binary form. The format carries no unit.
public enum STLFile {
  /// The bytes of a file. Coordinates are rounded to single precision; a triangle whose corners then coincide is left
  /// out, which keeps the surface closed because both neighbours meet on the edge that remains.
  public static func encode(_ surface: TriangleSurface, title: String = "") -> [UInt8] {
    let corners = surface.vertices.map { SIMD3<Float>($0) }
    let kept = surface.triangles.filter { t in
      let a = corners[Int(t.x)], b = corners[Int(t.y)], c = corners[Int(t.z)]
      return a != b && b != c && c != a
    }
    var writer = ByteWriter(capacity: 84 + 50 * kept.count)
    // A binary file must not begin with "solid", which marks the text form.
    let header = Array(("binary STL " + title).utf8.prefix(80))
    writer.append(bytes: header + [UInt8](repeating: 0x20, count: 80 - header.count))
    writer.append(UInt32(kept.count))
    for t in kept {
      let normal = surface.normal(of: t)
      for value in [SIMD3<Float>(normal), corners[Int(t.x)], corners[Int(t.y)], corners[Int(t.z)]] {
        for axis in 0..<3 { writer.append(value[axis]) }
      }
      writer.append(UInt16(0))
    }
    return writer.bytes
  }

  /// Reads a file, binary or text; corners at the same coordinates become one vertex. `path` is only named in errors.
  public static func decode(_ bytes: [UInt8], path: String = "surface") throws(FileFailure) -> TriangleSurface {
    func malformed(_ words: String) -> FileFailure {
      FileFailure(.read, path: path, reason: .malformed("not a binary STL file: \(words)"))
    }
    if let surface = try decodeText(bytes, path: path) { return surface }
    guard bytes.count >= 84 else { throw malformed("\(bytes.count) bytes, fewer than the 84 of the header") }
    let count = bytes.withUnsafeBytes { Int($0.littleEndian(UInt32.self, at: 80)) }
    guard bytes.count == 84 + 50 * count else {
      throw malformed("\(count) triangles need \(84 + 50 * count) bytes, there are \(bytes.count)")
    }
    var corners: [SIMD3<Double>] = []
    bytes.withUnsafeBytes { raw in
      for t in 0..<count {
        for c in 0..<3 {
          var point = SIMD3<Float>()
          for axis in 0..<3 {
            let offset = 84 + 50 * t + 12 + 12 * c + 4 * axis
            point[axis] = Float(bitPattern: raw.littleEndian(UInt32.self, at: offset))
          }
          corners.append(SIMD3<Double>(point))
        }
      }
    }
    return welded(corners)
  }
}
