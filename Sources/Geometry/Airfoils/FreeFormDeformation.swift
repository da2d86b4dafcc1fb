/// A given foil in a box of control points: moving them moves the foil with Bernstein weights.
///
/// Design: the vertical displacement of each control point, in chords, row by row from the bottom, each from the nose to
/// the tail. Sederberg & Parry, SIGGRAPH 20 (1986) 151.
public struct FreeFormDeformation: Transform {
  public let surface: SurfaceModes

  /// - Parameters:
  ///   - base: `[nodeCount, 2]`, the foil that is deformed.
  ///   - columns: control points along the chord.
  ///   - rows: control points across it.
  ///   - holdsEnds: the first and the last column stay, and nose and tail with them.
  public init(base: DenseVector, columns: Int = 8, rows: Int = 2, holdsEnds: Bool = true) {
    let nodes = base.count / 2
    var low = (x: base[0], y: base[1]), high = low
    for node in 0..<nodes {
      low = (min(low.x, base[2 * node]), min(low.y, base[2 * node + 1]))
      high = (max(high.x, base[2 * node]), max(high.y, base[2 * node + 1]))
    }
    // A little room, so that the foil never touches the rim of the box.
    let margin = 0.05 * (high.y - low.y)
    low.y -= margin
    high.y += margin
    var modes: [DenseVector] = []
    for row in 0..<rows {
      for column in 0..<columns where !(holdsEnds && (column == 0 || column == columns - 1)) {
        var mode = DenseVector(zeros: base.count)
        for node in 0..<nodes {
          let u = min(max((base[2 * node] - low.x) / (high.x - low.x), 0), 1)
          let v = (base[2 * node + 1] - low.y) / (high.y - low.y)
          mode[2 * node + 1] = bernstein(column, degree: columns - 1, u) * bernstein(row, degree: rows - 1, v)
        }
        modes.append(mode)
      }
    }
    surface = SurfaceModes(base: base, modes: modes)
  }

  public var designCount: Int { surface.modes.count }
  public func apply(_ x: DenseVector) -> DenseVector { surface.apply(x) }
  public func pullback(_ seed: DenseVector, at x: DenseVector) -> DenseVector { surface.pullback(seed, at: x) }
}
