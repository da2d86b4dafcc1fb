import Geometry

/// The text form of STL: `solid NAME`, then for each triangle `facet normal …`, `outer loop`, three lines `vertex X Y Z`,
/// `endloop`, `endfacet`, and `endsolid`. Normals are not read: the corners' order says where a triangle faces.
extension STLFile {
  /// Nil where the bytes are no text that begins with `solid`.
  static func decodeText(_ bytes: [UInt8], path: String) throws(FileFailure) -> TriangleSurface? {
    guard bytes.starts(with: Array("solid".utf8)), !bytes.contains(0) else { return nil }
    var corners: [SIMD3<Double>] = [], isInLoop = false, number = 0, loop = 0
    func malformed(_ words: String) -> FileFailure {
      FileFailure(.read, path: path, reason: .malformed("not a text STL file: line \(number): \(words)"))
    }
    for line in bytes.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 0x0A }) {
      number += 1
      let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      switch words.first?.lowercased() {
      case "vertex":
        let place = words.dropFirst().compactMap { Double($0) }
        guard words.count == 4, place.count == 3, place.allSatisfy(\.isFinite) else {
          throw malformed("found `\(words.joined(separator: " "))`, expected `vertex` and three numbers")
        }
        guard isInLoop else { throw malformed("a vertex outside of a loop") }
        corners.append(SIMD3(place[0], place[1], place[2]))
        loop += 1
      case "outer":
        isInLoop = true
        loop = 0
      case "endloop":
        guard loop == 3 else { throw malformed("\(loop) corners where a triangle has 3") }
        isInLoop = false
      case "solid", "facet", "endfacet", "endsolid", nil: break
      case let word?: throw malformed("found `\(word)`")
      }
    }
    if isInLoop { throw malformed("the file ends within a triangle") }
    return welded(corners)
  }

  /// A surface of triangles that share the corners at the same coordinates.
  static func welded(_ corners: [SIMD3<Double>]) -> TriangleSurface {
    var surface = TriangleSurface()
    var index: [SIMD3<Double>: Int32] = [:]
    func vertex(_ corner: SIMD3<Double>) -> Int32 {
      if let known = index[corner] { return known }
      let new = Int32(surface.vertices.count)
      index[corner] = new
      surface.vertices.append(corner)
      return new
    }
    for first in stride(from: 0, to: corners.count - 2, by: 3) {
      surface.triangles.append(
        SIMD3(vertex(corners[first]), vertex(corners[first + 1]), vertex(corners[first + 2])))
    }
    return surface
  }
}
