import SmoothedParticles

/// Tells shapes that are far larger than the box before they are filled: their particles would not fit into memory, and
/// their number not into an integer. What lies a little outside is told later, particle by particle.
struct ShapeReach {
  private let lower: [Double]
  private let upper: [Double]
  private let diagonal: Double

  init(_ lattice: StructuredGrid) {
    lower = lattice.origin
    upper = zip(lattice.origin, lattice.size).map { $0 + $1 }
    diagonal = lattice.size.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Whether all places lie in the box or less than its diagonal beyond; reports the first that does not.
  ///
  /// - Parameter places: Whose hull holds the shape, m.
  func holds(
    _ places: some Sequence<[Double]>, at mark: SourceMark, _ name: String, _ diagnostics: inout DiagnosticList
  ) -> Bool {
    for place in places {
      for (axis, x) in place.enumerated() where !(x >= lower[axis] - diagonal && x <= upper[axis] + diagonal) {
        diagnostics.add(
          SceneDiagnostic(
            mark: mark, problem: "\(name) reaches far outside the box along \(Axis.allCases[axis])", found: "\(x) m",
            expected: "within \(lower[axis]) to \(upper[axis]) m"))
        return false
      }
    }
    return true
  }

  /// The corners of a cube about a place.
  static func around(_ place: [Double], _ reach: Double) -> [[Double]] {
    [place.map { $0 - reach }, place.map { $0 + reach }]
  }
}

extension SolidShape {
  /// Places whose hull holds it, m; none of a half-space, which has no end.
  var reach: [[Double]] {
    switch self {
    case .ball(let center, let radius): return ShapeReach.around(center, radius)
    case .box(let center, let halfSizes, _): return ShapeReach.around(center, halfSizes.reduce(0, +))
    case .capsule(let from, let to, let radius): return [from, to].flatMap { ShapeReach.around($0, radius) }
    case .halfSpace: return []
    case .polygon(let corners): return corners
    case .surface(let distance, let shift):
      guard let bounds = distance.surface.bounds else { return [] }
      return [bounds.lower, bounds.upper].map { corner in shift.indices.map { corner[$0] + shift[$0] } }
    }
  }
}
