import FieldIO
import Geometry

/// Loads the foils that scenes and commands name.
enum AirfoilLoader {
  /// What is wrong with a foil that was asked for.
  struct Refusal: Error {
    let problem: String
    var expected: String?
    var remedy: String?
  }

  /// The surface of a name such as `naca2412`.
  static func named(_ name: String) throws(Refusal) -> DenseVector {
    guard let surface = NamedAirfoil.surface(name) else {
      throw Refusal(
        problem: "there is no foil `\(name.prefix(60))`",
        expected: "a NACA foil of four or five digits, such as `naca2412`",
        remedy: "for a file write `{ file: NAME.dat }`")
    }
    return surface
  }

  /// The surface of a file, its points joined by a spline and written down again densely.
  static func file(_ path: String) throws(FileFailure) -> (surface: DenseVector, title: String, repairs: [String]) {
    let file = try AirfoilFile.read(path)
    // The files in the wild have 20 to 200 points; panels need the curve between them.
    return (Repanelling(nodeCount: 321).apply(file.surface.refined(toAtLeast: 200)), file.title, file.repairs)
  }
}

extension DenseVector {
  /// The surface with points of its spline put between its nodes, evenly, until there are so many.
  func refined(toAtLeast count: Int) -> DenseVector {
    let nodes = self.count / 2
    let pieces = max(1, (count + nodes - 2) / (nodes - 1))
    guard pieces > 1 else { return self }
    let spline = SurfaceSpline(self)
    var points: [Double] = []
    for interval in 0..<nodes - 1 {
      let step = spline.length(of: interval) / Double(pieces)
      for piece in 0..<pieces {
        let point = spline.point(.init(interval: interval, offset: step * Double(piece)))
        points += [point.x, point.y]
      }
    }
    return DenseVector(points + [self[2 * nodes - 2], self[2 * nodes - 1]])
  }
}
