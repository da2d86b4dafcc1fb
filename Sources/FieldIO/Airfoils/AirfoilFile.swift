import Foundation
import Geometry

/// A foil in a `.dat` file: a title and coordinates, as Selig's collection has them (once round from the trailing edge)
/// or Lednicer's (the number of points, the upper side, the lower side, each from the leading edge).
///
/// What is found in the wild is read too: comments (`#`, `!`, `%`, `//`), blank lines, commas, clockwise order, a start
/// at the leading edge, a third column without content, points written twice, a blunt trailing edge with its base,
/// chords of other lengths than one. What was mended is said in `repairs`; what cannot be a foil is refused in words.
public struct AirfoilFile: Sendable {
  public var title: String
  /// `[nodeCount, 2]`, in chords, from the upper trailing edge over the leading edge to the lower trailing edge.
  public var surface: DenseVector
  /// What differed from the format, each in a sentence.
  public var repairs: [String]

  public init(title: String, surface: DenseVector) {
    self.title = title
    self.surface = surface
    repairs = []
  }

  /// - Throws: `FileFailure` with the line and what was found there.
  public init(bytes: [UInt8], path: String) throws(FileFailure) {
    let table = try AirfoilTable(text: String(decoding: bytes, as: UTF8.self), path: path)
    title = table.title ?? Self.name(of: path)
    var order = AirfoilPoints(table, path: path)
    try order.mend()
    surface = DenseVector(order.points.flatMap { [$0.x, $0.y] })
    repairs = table.repairs + order.repairs
  }

  /// Reads a file.
  public static func read(_ path: String) throws(FileFailure) -> AirfoilFile {
    try AirfoilFile(bytes: try AtomicFile.read(path), path: path)
  }

  /// The file in Selig's form, seven digits behind the point.
  public var text: String {
    var lines = [title.split(whereSeparator: \.isNewline).joined(separator: " ")]
    for i in 0..<surface.count / 2 {
      lines.append(String(format: "%11.7f %11.7f", surface[2 * i], surface[2 * i + 1]))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func name(of path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(".dat") ? String(file.dropLast(4)) : file
  }
}
